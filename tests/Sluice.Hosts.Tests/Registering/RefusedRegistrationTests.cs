using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Contracts;
using Sluice.Destinations;
using Sluice.Hosts.Tests.Fixtures;
using Sluice.Storage;

namespace Sluice.Hosts.Tests.Registering;

/// <summary>A registration that breaks a rule is refused with the rule and the fix, whatever is sent, and nothing is stored.</summary>
public sealed class RefusedRegistrationTests
{
    [Theory]
    [InlineData("""{}""", "Url")]
    [InlineData("""{ "Url": "http://crm.example/" }""", "https")]
    [InlineData("""{ "Url": "https://127.0.0.1/" }""", "127.0.0.1")]
    [InlineData("""{ "Url": "https://[::ffff:10.0.0.1]/" }""", "crm")]
    [InlineData("""{ "Url": "https://crm.example:22/" }""", "port 22")]
    [InlineData("""{ "Url": "https://user:pass@crm.example/" }""", "user name")]
    [InlineData("""{ "Url": "https://crm.example/", "Handler": "log" }""", "crm:Handler")]
    [InlineData("""{ "Url": "https://crm.example/", "SignSecrets": ["env:HOME"] }""", "crm:SignSecrets:0")]
    [InlineData("""{ "Url": "https://crm.example/", "Headers": { "X-A": "file:/etc/passwd" } }""", "crm:Headers:X-A")]
    [InlineData("""{ "Url": "https://crm.example/", "Sources": ["nobody"] }""", "there are stripe")]
    [InlineData("""{ "Url": "https://crm.example/", "Filter": { "json": "a" } }""", "crm:Filter")]
    [InlineData("""{ "Url": "https://crm.example/", "Limits": { "Rate": "fast" } }""", "crm:Limits:Rate")]
    [InlineData("""{ "Url": "https://crm.example/", "Typs": ["a"] }""", "did you mean Types?")]
    [InlineData("""{ "Url": "https://crm.example/", "url": "https://other.example/" }""", "twice")]
    [InlineData("""[]""", "is no object")]
    [InlineData("null", "is no object")]
    [InlineData("", "is no JSON")]
    [InlineData("{", "is no JSON")]
    [InlineData("""{ "Url": "https://crm.example/", "Owner": "\ud800" }""", "crm")]
    [InlineData("""{ "Url": "\ud800" }""", "no Unicode")]
    [InlineData("""{ "Url": "https://crm.example/", "Bearer": "\ud800" }""", "no Unicode")]
    [InlineData("""{ "Url": "https://crm.example/", "Headers": { "X-A": "\ud800" } }""", "no Unicode")]
    [InlineData("""{ "Url": "https://crm.example/", "Headers": { "X-A": "b", "X-A": "c" } }""", "twice")]
    [InlineData("""{ "Url": "https://crm.example/", "Headers": { "\ud800": "b" } }""", "no Unicode")]
    public async Task Which_rule_and_how_to_mend_it_is_said(string settings, string said)
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        foreach (var query in new[] { "", "?challenge=true" })
        {
            var refused = await sluice.OpsAsync($"destinations/crm{query}", HttpMethod.Put, settings);
            Assert.Equal(422, refused.Status);
            var error = refused.Json.GetProperty("error").GetString()!;
            Assert.Contains(said, error, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', error);
        }

        Assert.Equal(0, (await sluice.OpsJsonAsync("destinations")).GetArrayLength());
    }

    [Attack("A32")]
    [Theory]
    [InlineData("https://hooks.example.com/api/webhooks/stripe", true)]
    [InlineData("https://HOOKS.example.com:443/api/webhooks/another?a=b", true)]
    [InlineData("https://hooks.example.com/crm", false)]
    [InlineData("https://hooks.example.com:8443/api/webhooks/stripe", false)]
    [InlineData("https://crm.example/api/webhooks/stripe", false)]
    public async Task Where_Sluice_itself_takes_webhooks_is_no_destination(string url, bool isOwn)
    {
        await using var sluice = await RunningSluice.StartAsync(new SluiceFile().Source(settings: new() { ["PublicUrl"] = "https://hooks.example.com/api/webhooks/stripe" }));
        var answer = await sluice.OpsAsync("destinations/crm", HttpMethod.Put, $$"""{ "Url": "{{url}}" }""");
        Assert.Equal(isOwn ? 422 : 201, answer.Status);
        if (isOwn) Assert.Contains("crm:Url is where source 'stripe' takes its webhooks", answer.Json.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Crm")]
    [InlineData("a%20b")]
    [InlineData("_split")]
    [InlineData("a%3Ab")]
    [InlineData("%F0%9F%98%80")]
    public async Task A_name_that_is_none_is_refused(string name)
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        Assert.Equal(422, (await sluice.OpsAsync($"destinations/{name}", HttpMethod.Put, """{ "Url": "https://crm.example/" }""")).Status);
        Assert.Equal(422, (await sluice.OpsAsync($"destinations/{name}/test?send=false", HttpMethod.Post, """{ "Types": ["a"] }""")).Status);
    }

    [Fact]
    public async Task More_than_16_KiB_are_not_read()
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        Assert.Equal(413, (await sluice.OpsAsync("destinations/crm", HttpMethod.Put, new string(' ', (16 * 1024) + 1))).Status);
        Assert.Equal(413, (await sluice.OpsAsync("destinations/crm/test", HttpMethod.Post, new string('x', 200_000))).Status);
    }

    [Fact]
    public async Task Whatever_bytes_are_sent_the_answer_is_a_refusal()
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        var random = new Random(6);
        var whole = Encoding.UTF8.GetBytes("""{ "Url": "https://crm.example/", "Filter": { "all": [ { "type": "a*" }, { "json": "b.c", "equals": 1 } ] }, "SignSecrets": [ { "Value": "whsec_AAAA", "NotBefore": "2026-01-01" } ], "Retry": { "Delays": [ "00:00:01" ] } }""");
        for (var i = 0; i < 300; i++)
        {
            var bytes = whole.ToArray();
            for (var changes = random.Next(1, 6); changes > 0; changes--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            var status = (await sluice.OpsAsync(i % 2 == 0 ? "destinations/crm" : "destinations/crm/test?send=false", i % 2 == 0 ? HttpMethod.Put : HttpMethod.Post, bytes[..random.Next(bytes.Length + 1)], "application/octet-stream")).Status;
            Assert.InRange(status, 200, 499);
        }
    }

    [Theory]
    [InlineData("not JSON at all")]
    [InlineData("""{"settings":{"Url":5,"Handler":"none"},"state":"Active"}""")]
    [InlineData("""{"settings":{"Url":"http://127.0.0.1:1/"},"state":"Active"}""")]
    public async Task A_registration_that_cannot_be_used_is_shown_not_sent_to_and_can_be_removed(string json)
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        await sluice.Services.GetRequiredService<ISharedState>().WriteAsync(new("destination", "crm", json), TestContext.Current.CancellationToken);
        await sluice.Services.GetRequiredService<SharedDestinations>().RefreshAsync(TestContext.Current.CancellationToken);

        Assert.Contains("cannot be used", (await sluice.OpsJsonAsync("destinations/crm")).GetProperty("reason").GetString(), StringComparison.Ordinal);
        var test = await sluice.OpsAsync("destinations/crm/test", HttpMethod.Post);
        Assert.Equal(422, test.Status);
        Assert.Contains("cannot be used", test.Text, StringComparison.Ordinal);
        Assert.Equal(200, (await sluice.OpsAsync("destinations/crm/test?send=false", HttpMethod.Post)).Status);
        var removed = await sluice.OpsAsync("destinations/crm?pending=dead", HttpMethod.Delete);
        Assert.Equal((200, "Removed"), (removed.Status, removed.Json.GetProperty("state").GetString()));
        Assert.Equal(404, (await sluice.OpsAsync("destinations/crm")).Status);
        Assert.Equal(201, (await sluice.OpsAsync("destinations/crm", HttpMethod.Put, """{ "Url": "https://crm.example/" }""")).Status);
    }

    [Theory]
    [InlineData("PUT", "destinations/crm?replace=maybe")]
    [InlineData("PUT", "destinations/crm?challenge=1")]
    [InlineData("POST", "destinations/crm/test?last=0")]
    [InlineData("POST", "destinations/crm/test?last=501")]
    [InlineData("POST", "destinations/crm/test?event=evt_1")]
    [InlineData("POST", "destinations/crm/test?send=yes")]
    [InlineData("DELETE", "destinations/crm?pending=lose")]
    public async Task A_query_that_makes_no_sense_is_400(string method, string path)
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        var answer = await sluice.OpsAsync(path, new HttpMethod(method), """{ "Url": "https://crm.example/" }""");
        Assert.Equal(400, answer.Status);
        Assert.NotEmpty(answer.Json.GetProperty("error").GetString()!);
    }
}
