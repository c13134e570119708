using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Sluice.Events;
using Sluice.Hosts.Tests.Fixtures;

namespace Sluice.Hosts.Tests.Registering;

/// <summary>Destinations that are registered while Sluice runs: what the ops endpoint does with them and says of them.</summary>
public sealed class RegisteredTests
{
    private const string Token = "token-of-the-receiver";

    private static readonly byte[] Key = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];
    private static readonly string Secret = $"whsec_{Convert.ToBase64String(Key)}";

    [Fact]
    public async Task A_destination_is_registered_and_gets_what_comes_from_then_on_signed()
    {
        await using var sink = await Sink.StartAsync();
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        Assert.Equal(201, (await PutAsync(sluice, Settings(sink))).Status);
        var id = await sluice.AcceptAsync();
        await sluice.UntilAsync(id, DeliveryStatus.Delivered, 1, "crm");

        var request = Assert.Single(sink.Requests);
        Assert.Equal($"Bearer {Token}", request.Headers["Authorization"]);
        Assert.Equal($"v1,{Signature(request)}", request.Headers["webhook-signature"]);
    }

    [Fact]
    public async Task What_is_shown_of_it_holds_no_secret()
    {
        await using var sink = await Sink.StartAsync();
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        var said = new List<string> { (await PutAsync(sluice, Settings(sink))).Text };
        foreach (var path in new[] { "destinations", "destinations/crm" }) said.Add((await sluice.OpsAsync(path)).Text);
        foreach (var path in new[] { "destinations/crm/pause?reason=moving", "destinations/crm/resume", "destinations/crm/test", "destinations/crm/test?send=false" }) said.Add((await sluice.OpsAsync(path, HttpMethod.Post)).Text);
        said.Add((await PutAsync(sluice, Settings(sink).Replace("\"Timeout\"", "\"Timeut\"", StringComparison.Ordinal))).Text);
        said.Add((await sluice.OpsAsync("destinations/crm?pending=skip", HttpMethod.Delete)).Text);
        said.Add(sluice.Log.Text);

        Assert.All(said, text => Assert.DoesNotContain(new[] { Secret["whsec_".Length..], Token, "Hidden1nThePath0fTheUrl", "hidden-in-the-query" }, secret => text.Contains(secret, StringComparison.Ordinal)));
        var shown = JsonNode.Parse(said[2])!;
        Assert.Equal("set", shown["settings"]!["SignSecrets"]!.GetValue<string>());
        Assert.Equal("set", shown["settings"]!["Headers"]!["Authorization"]!.GetValue<string>());
        Assert.Equal(($"{sink.Url}/T0123456/set", $"{sink.Url}/T0123456/set?set"), (shown["url"]!.GetValue<string>(), shown["settings"]!["Url"]!.GetValue<string>()));
    }

    [Fact]
    public async Task It_is_shown_with_all_that_is_not_secret()
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe.Destination("audit", "log"));
        await PutAsync(sluice, """{ "Url": "https://crm.example/hooks", "Sources": ["stripe"], "Types": ["invoice.*"], "Owner": "crm team", "Limits": { "Rate": "120/m", "Concurrency": 3 }, "Format": "CloudEvents" }""");
        var list = (await sluice.OpsJsonAsync("destinations")).EnumerateArray().ToList();

        Assert.Equal(["audit", "crm"], list.Select(item => item.GetProperty("name").GetString()));
        Assert.Equal(["Configuration", "Registered"], list.Select(item => item.GetProperty("origin").GetString()));
        var crm = JsonNode.Parse(list[1].GetRawText())!.AsObject();
        Assert.Equal("""{"name":"crm","origin":"Registered","state":"Active","reason":null,"since":"2026-03-01T12:00:00+00:00","handler":"http","url":"https://crm.example/hooks","sources":["stripe"],"types":["invoice.*"],"format":"CloudEvents","owner":"crm team","rate":2,"concurrency":3}""", crm.ToJsonString().Replace("\\u002B", "+", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_is_registered_again_as_it_was_shown_stays_as_it_was()
    {
        await using var sink = await Sink.StartAsync();
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        await PutAsync(sluice, Settings(sink));
        var settings = JsonNode.Parse((await sluice.OpsAsync("destinations/crm")).Text)!["settings"]!;
        settings["Owner"] = "somebody else";
        Assert.Equal(200, (await PutAsync(sluice, settings.ToJsonString())).Status);
        await sluice.UntilAsync(await sluice.AcceptAsync(), DeliveryStatus.Delivered, 1, "crm");

        var request = Assert.Single(sink.Requests);
        Assert.Equal(($"Bearer {Token}", $"v1,{Signature(request)}"), (request.Headers["Authorization"], request.Headers["webhook-signature"]));
        Assert.Equal("/hook/T0123456/Hidden1nThePath0fTheUrl", request.Path);
        Assert.Equal("somebody else", (await sluice.OpsJsonAsync("destinations/crm")).GetProperty("owner").GetString());
    }

    [Fact]
    public async Task What_it_authenticates_with_does_not_follow_to_another_host()
    {
        await using var sink = await Sink.StartAsync();
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        await PutAsync(sluice, Settings(sink));
        var moved = await PutAsync(sluice, """{ "Url": "https://elsewhere.example/", "SignSecrets": "set", "Headers": { "Authorization": "set" } }""");

        Assert.Equal(422, moved.Status);
        Assert.Contains("crm:Headers:Authorization is 'set'", moved.Json.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Equal(422, (await PutAsync(sluice, """{ "Url": "https://other.example/", "SignSecrets": "set" }""", "other")).Status);
        Assert.Equal(200, (await PutAsync(sluice, """{ "Url": "https://elsewhere.example/", "SignSecrets": "set" }""")).Status);
    }

    [Fact]
    public async Task A_name_of_the_configuration_is_not_registered_and_not_removed()
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe.Destination("crm", "log"));
        foreach (var answer in new[] { await PutAsync(sluice, """{ "Url": "https://crm.example/" }"""), await sluice.OpsAsync("destinations/crm?pending=dead", HttpMethod.Delete) })
        {
            Assert.Equal(409, answer.Status);
            Assert.Contains("crm is in the configuration", answer.Text, StringComparison.Ordinal);
        }

        Assert.Equal("Paused", (await sluice.OpsJsonAsync("destinations/crm/pause", HttpMethod.Post)).GetProperty("state").GetString());
    }

    [Fact]
    public async Task A_registration_whose_name_the_configuration_takes_later_is_shown_as_hidden()
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        await PutAsync(sluice, """{ "Url": "https://crm.example/" }""");
        sluice.Write(SluiceFile.Stripe.Destination("crm", "log").ToString());
        await sluice.PassAsync(RunningSluice.WatchPeriod);
        await sluice.UntilAsync(() => sluice.Log.Text.Contains("configuration is in force", StringComparison.Ordinal));

        var list = (await sluice.OpsJsonAsync("destinations")).EnumerateArray().ToList();
        Assert.Equal(["log", "http"], list.Select(item => item.GetProperty("handler").GetString()));
        Assert.False(list[0].TryGetProperty("hiddenByConfiguration", out _));
        Assert.True(list[1].GetProperty("hiddenByConfiguration").GetBoolean());
        Assert.Equal("Configuration", (await sluice.OpsJsonAsync("destinations/crm")).GetProperty("origin").GetString());
    }

    [Fact]
    public async Task One_that_is_registered_is_replaced_only_when_that_is_meant()
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        await PutAsync(sluice, """{ "Url": "https://crm.example/1" }""");
        var refused = await PutAsync(sluice, """{ "Url": "https://crm.example/2" }""", query: "?replace=false");

        Assert.Equal(409, refused.Status);
        Assert.Contains("crm is registered already", refused.Text, StringComparison.Ordinal);
        Assert.Equal(200, (await PutAsync(sluice, """{ "Url": "https://crm.example/2" }""")).Status);
        Assert.Equal("https://crm.example/2", (await sluice.OpsJsonAsync("destinations/crm")).GetProperty("url").GetString());
    }

    [Fact]
    public async Task It_is_paused_resumed_and_removed()
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        await PutAsync(sluice, """{ "Url": "https://crm.example/" }""");
        var paused = await sluice.OpsJsonAsync("destinations/crm/pause?reason=they%0Amove", HttpMethod.Post);
        Assert.Equal(("Paused", "they?move"), (paused.GetProperty("state").GetString(), paused.GetProperty("reason").GetString()));
        Assert.Equal("Active", (await sluice.OpsJsonAsync("destinations/crm/resume", HttpMethod.Post)).GetProperty("state").GetString());

        var unsaid = await sluice.OpsAsync("destinations/crm", HttpMethod.Delete);
        Assert.Equal(400, unsaid.Status);
        foreach (var choice in new[] { "deliver", "dead", "skip" }) Assert.Contains($"pending={choice}", unsaid.Text, StringComparison.Ordinal);
        Assert.Equal("Removed", (await sluice.OpsJsonAsync("destinations/crm?pending=dead", HttpMethod.Delete)).GetProperty("state").GetString());
        Assert.Equal(404, (await sluice.OpsAsync("destinations/crm")).Status);
        Assert.Equal(0, (await sluice.OpsJsonAsync("destinations")).GetArrayLength());
        Assert.Equal(404, (await sluice.OpsAsync("destinations/crm?pending=dead", HttpMethod.Delete)).Status);
    }

    [Theory]
    [InlineData("GET", "destinations/nobody")]
    [InlineData("DELETE", "destinations/nobody?pending=skip")]
    [InlineData("POST", "destinations/nobody/pause")]
    [InlineData("POST", "destinations/nobody/resume")]
    [InlineData("POST", "destinations/nobody/test")]
    [InlineData("GET", "destinations/No%2Fbody%0A")]
    [InlineData("GET", "destinations/_split")]
    [InlineData("POST", "destinations/nobody/test?event=00000000000000000000000000000000")]
    public async Task What_is_not_there_is_404(string method, string path)
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        Assert.Equal(404, (await sluice.OpsAsync(path, new HttpMethod(method))).Status);
    }

    private static Task<Answered> PutAsync(RunningSluice sluice, string settings, string name = "crm", string query = "") => sluice.OpsAsync($"destinations/{name}{query}", HttpMethod.Put, settings, "text/whatever");

    private static string Settings(Sink sink) => new JsonObject
    {
        ["Url"] = $"{sink.Url}/T0123456/Hidden1nThePath0fTheUrl?token=hidden-in-the-query", ["AllowPrivate"] = true, ["SignSecrets"] = new JsonArray(Secret), ["Headers"] = new JsonObject { ["Authorization"] = $"Bearer {Token}" }, ["Timeout"] = "00:00:10",
    }.ToJsonString();

    // By the letter of Standard Webhooks, as a receiver would.
    private static string Signature(Received request)
    {
        byte[] content = [.. Encoding.UTF8.GetBytes($"{request.Headers["webhook-id"]}.{request.Headers["webhook-timestamp"]}."), .. request.Body];
        return Convert.ToBase64String(HMACSHA256.HashData(Key, content));
    }
}
