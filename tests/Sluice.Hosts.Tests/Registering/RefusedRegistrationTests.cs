using System.Text;
using Sluice.Hosts.Tests.Fixtures;

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
    public async Task More_than_32_KiB_are_not_read()
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        Assert.Equal(413, (await sluice.OpsAsync("destinations/crm", HttpMethod.Put, new string(' ', (32 * 1024) + 1))).Status);
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
