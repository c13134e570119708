using System.Text;
using System.Text.Json.Nodes;
using Sluice.Contracts.SenderApis;
using Sluice.Hosts.Tests.Fixtures;

namespace Sluice.Hosts.Tests.Reconciling;

/// <summary>Every sender's list, cut, turned and mixed up at random: whatever it is, there is a report, and nothing of Sluice's own fails.</summary>
public sealed class OddListTests
{
    private const int Variants = 150;

    private static readonly string[] Values = ["null", "true", "-1", "1e999", "99999999999999999999", "\"\"", "\"\\ud800\"", "\"\\u0000\"", "[]", "{}", "[[[]]]", "{\"id\":{}}", $"\"{new string('x', 3000)}\"", "\"next\"", "\"9999-12-31T23:59:59Z\"", "\"0001-01-01T00:00:00+14:00\""];

    [Theory]
    [InlineData("stripe")]
    [InlineData("square")]
    [InlineData("github")]
    [InlineData("gitlab")]
    [InlineData("paypal")]
    public async Task An_odd_list_is_reported_whatever_it_is(string provider)
    {
        var time = new SharedTime(RunningSluice.Start);
        await using var sender = Sender(provider, time);
        await sender.ListenAsync();
        var settings = Compared.Settings(sender, Needs(provider));
        if (provider == "paypal") (settings["WebhookId"], settings["Secrets"], settings["Reconcile"]!["Token"]) = ("8PT597110X687430L", null, "secret-of-the-double");
        if (provider == "square") settings["PublicUrl"] = "https://hooks.example.com/api/webhooks/square";
        await using var sluice = await RunningSluice.StartAsync(new SluiceFile().Source(provider, provider, settings));
        time.Of = sluice.Time;
        Assert.Equal((4, 4, 0), (await sluice.ReconcileAsync(provider, "?dryRun=true")) is var whole ? (whole.Listed, whole.Missing, whole.Failed) : default);

        var list = await ListOfAsync(sender, provider);
        var random = new Random(provider.Length);
        var answer = list;
        sender.Instead = async context =>
        {
            if (context.Request.Path.Value!.EndsWith("/token", StringComparison.Ordinal)) return false;
            context.Response.ContentType = "application/json";
            await context.Response.Body.WriteAsync(answer);
            return true;
        };
        // Nothing is asked for again: that takes time, and its answer is not what is tried here.
        var look = provider is "stripe" or "square" ? "" : "?dryRun=true";
        var read = 0;
        for (var i = 0; i < Variants; i++)
        {
            answer = Mixed(list, random);
            var report = await sluice.ReconcileAsync(provider, look);
            Assert.InRange(report.Listed, 0, 10_000);
            if (report.StoppedBecause is null) read++;
        }

        Assert.InRange(read, 1, Variants - 1);
        Assert.DoesNotContain(sluice.Log.Lines, line => line.Level >= Microsoft.Extensions.Logging.LogLevel.Error);
    }

    private static SenderDouble Sender(string provider, SharedTime time)
    {
        var webhooks = Enumerable.Range(0, 4).Select(i => new SentWebhook($"id-{i}", "issues.opened", """{"a":1}""", RunningSluice.Start.AddMinutes(-20 - i))).ToList();
        switch (provider)
        {
            case "stripe":
                var stripe = new StripeDouble(time);
                webhooks.ForEach(webhook => stripe.Happened(webhook.Id, webhook.At));
                return stripe;
            case "square":
                var square = new SquareDouble(time);
                webhooks.ForEach(square.Happened);
                return square;
            case "github":
                var github = new GitHubDouble(time);
                webhooks.ForEach(webhook => github.Sent(webhook));
                return github;
            case "gitlab":
                var gitlab = new GitLabDouble(time);
                webhooks.ForEach(webhook => gitlab.Sent(webhook, 500));
                return gitlab;
            default:
                var paypal = new PayPalDouble(time);
                webhooks.ForEach(paypal.Happened);
                return paypal;
        }
    }

    private static (string, JsonNode)[] Needs(string provider) => provider switch
    {
        "github" => [("Hook", "repos/octocat/hello-world/hooks/42")],
        "gitlab" => [("Hook", GitLabDouble.HookSetting)],
        "square" => [("Types", new JsonArray("*"))],
        "paypal" => [("ClientId", "client-of-the-double")],
        _ => [],
    };

    // What the double last answered with, asked for again as Sluice asked.
    private static async Task<byte[]> ListOfAsync(SenderDouble sender, string provider)
    {
        using var client = new HttpClient { BaseAddress = sender.Url };
        var asked = sender.Requests.First(request => !request.Contains("/token", StringComparison.Ordinal)).Split(' ', 2);
        using var request = new HttpRequestMessage(new HttpMethod(asked[0]), asked[1]) { Headers = { { "Authorization", $"Bearer {sender.Token}" }, { "User-Agent", "test" } } };
        if (provider == "gitlab") request.RequestUri = new Uri(sender.Url, $"/{GitLabDouble.HookSetting}/events");
        if (provider == "square") request.Content = new StringContent("""{"limit":100,"query":{"filter":{"created_at":{"start_at":"2020-01-01T00:00:00Z","end_at":"2030-01-01T00:00:00Z"}}}}""");
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, $"{provider}: {response.StatusCode}");
        return await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
    }

    private static byte[] Mixed(byte[] list, Random random)
    {
        var text = Encoding.UTF8.GetString(list);
        for (var times = random.Next(1, 4); times > 0; times--)
        {
            switch (random.Next(6))
            {
                case 0:
                    text = text[..random.Next(text.Length)];
                    break;
                case 1:
                    var at = random.Next(text.Length);
                    text = text[..at] + (char)random.Next(1, 127) + text[at..];
                    break;
                default:
                    // Another value after a colon: the usual mistake of an API.
                    var colon = text.IndexOf(':', random.Next(text.Length));
                    var end = colon < 0 ? -1 : text.AsSpan(colon).IndexOfAny(",}\n") + colon;
                    if (end > colon) text = text[..(colon + 1)] + Values[random.Next(Values.Length)] + text[end..];
                    break;
            }

            if (text.Length == 0) break;
        }

        return Encoding.UTF8.GetBytes(text);
    }
}
