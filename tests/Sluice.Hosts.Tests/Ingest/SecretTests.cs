using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using Sluice.Delivery;
using Sluice.Hosts.Tests.Fixtures;
using Sluice.LocalHost.Hosting;

namespace Sluice.Hosts.Tests.Ingest;

/// <summary>A secret shows nowhere: in no answer, no log line, no error of the configuration, no forwarded request, no file.</summary>
public sealed class SecretTests
{
    private const string Canary = "CANARY7f3a";

    /// <summary>What people get wrong around a secret; each holds it once.</summary>
    public static TheoryData<string> Mistakes => new()
    {
        """ "Sources": { "a": { "Provider": "stripe", "Secrets": "CANARY7f3a" } } """,
        """ "Sources": { "a": { "Provider": "stripe", "Secrets": [" CANARY7f3a "] } } """,
        """ "Sources": { "a": { "Provider": "stripe", "Secrets": [["CANARY7f3a"]] } } """,
        """ "Sources": { "a": { "Provider": "stripe", "Secrets": [{ "Valeu": "CANARY7f3a" }] } } """,
        """ "Sources": { "a": { "Provider": "stripe", "Secrets": [{ "Value": "CANARY7f3a", "NotBefore": "soon" }] } } """,
        """ "Sources": { "a": { "Provider": "stripe", "Secrets": [{ "Value": "CANARY7f3a", "NotBefore": "2026-02-01", "NotAfter": "2026-01-01" }] } } """,
        """ "Sources": { "a": { "Provider": "stripe", "Secret": "CANARY7f3a", "Secrets": [] } } """,
        """ "Sources": { "a": { "Provider": "strip", "Secrets": ["CANARY7f3a"] } } """,
        """ "Sources": { "a": { "Provider": "standard-webhooks", "Secrets": ["whsec_CANARY7f3a!"] } } """,
        """ "Sources": { "a": { "Provider": "stripe", "Secrets": ["file:secret.txt"] } } """,
        """ "Sources": { "a": "CANARY7f3a" } """,
        """ "Sources": { "a": { "Provider": "stripe", "Secrets": ["CANARY7f3a] } } """,
        """ "Sources": { "a": { "Provider": "stripe", "Secrets": ["CANARY7f3a"], "secrets": ["CANARY7f3a"] } } """,
        """ "Ops": { "Tokn": "CANARY7f3a" } """,
        """ "Ops": "CANARY7f3a", "Workers": -1 """,
        """ "Destinations": { "b": { "Handler": "http", "Url": "https://me:CANARY7f3a@example.com/" } } """,
        """ "Destinations": { "b": { "Handler": "http", "Url": "htps://example.com/?token=CANARY7f3a" } } """,
        """ "Destinations": { "b": { "Handler": "htp", "Url": "https://example.com/?token=CANARY7f3a" } } """,
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void An_error_of_the_configuration_does_not_show_a_secret(string mistake)
    {
        using var folder = new TemporaryFolder();
        folder.Write("secret.txt", $" {Canary} ");
        var path = folder.Write("sluice.json", $"{{ \"Sluice\": {{ {mistake} }} }}");
        using var clients = new HttpClients();
        var handlers = new HandlerCatalog(new HttpHandler(clients, TimeProvider.System));
        var file = ConfigurationFile.Find(path, new DataFolder(folder.Path));

        var error = Assert.Throws<CommandException>(() => file.ReadOrThrow(handlers));
        Assert.DoesNotContain(Canary, error.ToString(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_broken_configuration_that_is_not_taken_up_is_logged_without_its_secret()
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        sluice.Write($$"""{ "Sluice": { "Sources": { "stripe": { "Provider": "stripe", "Secrets": [" {{Canary}} "] } } } }""");
        await sluice.PassAsync(RunningSluice.WatchPeriod);
        await sluice.UntilAsync(() => sluice.Log.Text.Contains("is not taken up", StringComparison.Ordinal));

        Assert.DoesNotContain(Canary, sluice.Log.Text, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Nothing_that_a_running_host_says_or_writes_holds_a_secret()
    {
        await using var sink = await Sink.StartAsync(500);
        await using var sluice = await RunningSluice.StartAsync(Secretive(sink));
        var sender = new Sender("stripe", Canary + "-secret");
        string[] said =
        [
            .. await SayAsync(sluice, sender),
            .. sluice.Log.Lines.Select(line => line.Text),
            .. sink.Requests.SelectMany(request => request.Headers.Values),
            .. sink.Requests.Select(request => request.Path),
        ];

        Assert.All(said, text => Assert.DoesNotContain(Canary, text, StringComparison.OrdinalIgnoreCase));
        Assert.All(Files(sluice), bytes => Assert.True(bytes.AsSpan().IndexOf("CANARY"u8) < 0));
    }

    private static SluiceFile Secretive(Sink sink) => new SluiceFile()
        .Source(settings: new() { ["Secrets"] = new JsonArray(Canary + "-secret"), ["ExplainRejections"] = true })
        .Destination("billing", new Uri($"{sink.Url}?token={Canary}-query"))
        .Destination("gone", new Uri($"http://127.0.0.1:1/?token={Canary}-query"))
        .With("Ops", new JsonObject { ["Token"] = Canary + "-token" });

    // One of everything that a stranger, a sender and an operator can ask.
    private static async Task<IEnumerable<string>> SayAsync(RunningSluice sluice, Sender sender)
    {
        var webhook = sender.Sign("""{"id":"evt_1"}""", sluice.Now).Plus("Authorization", $"Bearer {Canary}-credential").Plus("Cookie", $"session={Canary}-cookie");
        var id = await sluice.AcceptAsync(webhook);
        await sluice.DieAsync(id);
        // Where it began its second attempt later than the other, its third is later too.
        await sluice.UntilAsync(async () =>
        {
            var gone = await sluice.DeliveryAsync(id, "gone");
            if (gone.NextAttemptAt > sluice.Now) sluice.Time.AdvanceTo(gone.NextAttemptAt.Value);
            return (gone.Status, gone.Attempts.Count) == (Events.DeliveryStatus.DeadLettered, 3);
        }, "gone is DeadLettered after 3 attempts");
        var answers = new List<Answered>
        {
            await sluice.PostAsync(webhook),
            await sluice.PostAsync(webhook.Without("Stripe-Signature")),
            await sluice.PostAsync(webhook.Carrying("{}")),
            await sluice.PostAsync(webhook.To($"/api/webhooks/stripe/{Canary}-path")),
            await sluice.GetAsync("/api/health/ready"),
        };
        foreach (var path in new[] { "events", $"events/{id}", $"events/{id}/body", "dead-letters", "sources", "destinations", "stats" })
        {
            answers.Add(await sluice.GetAsync($"/api/ops/{path}"));
            answers.Add(await sluice.SendAsync(new(HttpMethod.Get, $"/api/ops/{path}") { Headers = { { "Authorization", $"Bearer {Canary}-guess" } } }));
            var opened = await sluice.SendAsync(new(HttpMethod.Get, $"/api/ops/{path}") { Headers = { { "Authorization", $"Bearer {Canary}-token" } } });
            Assert.Equal(200, opened.Status);
            answers.Add(opened);
        }

        return answers.Select(answer => $"{answer.Text} {answer.Headers} {answer.Content}");
    }

    private static IEnumerable<byte[]> Files(RunningSluice sluice)
    {
        using var look = new SqliteConnection($"Data Source={Path.Combine(sluice.Data, "sluice.db")};Pooling=false");
        look.Open();
        foreach (var file in Directory.GetFiles(sluice.Data))
        {
            // What another process may not read holds no secret for it.
            if (Path.GetFileName(file) is not ("lock" or "host.json")) yield return Read(file);
        }
    }

    private static byte[] Read(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
