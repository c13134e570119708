using System.Text.Json.Nodes;

namespace Sluice.Hosts.Tests.Processes;

/// <summary><c>sluice send</c> against a running Sluice.</summary>
public sealed class SendTests : IAsyncLifetime
{
    private LoopbackDestination destination = null!;
    private WorkFolder folder = null!;
    private RunningSluice sluice = null!;

    public async ValueTask InitializeAsync()
    {
        destination = await LoopbackDestination.StartAsync();
        folder = new WorkFolder(WorkFolder.Http("loopback", destination.Url));
        sluice = await RunningSluice.StartAsync(folder);
    }

    public async ValueTask DisposeAsync()
    {
        await sluice.DisposeAsync();
        await destination.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task Fifty_are_fifty_events_and_one_line()
    {
        var said = (await folder.RunAsync("send", "stripe", "--count", "50")).Success;
        Assert.StartsWith("200 accepted: 50 (median ", Assert.Single(said.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        Assert.Equal(50, (await sluice.AskAsync("stats"))["events"]!.GetValue<long>());
        await Eventually.TrueAsync(() => destination.Arrivals.Count == 50, TimeSpan.FromSeconds(10), () => $"{destination.Arrivals.Count}");
    }

    [Fact]
    public async Task Json_is_one_array_of_answers()
    {
        var said = JsonNode.Parse((await folder.RunAsync("send", "stripe", "--count", "3", "--json")).Success)!.AsArray();
        Assert.Equal(3, said.Select(item => item!["id"]!.GetValue<string>()).Distinct().Count());
        Assert.All(said, item => Assert.Equal((200, "accepted"), (item!["statusCode"]!.GetValue<int>(), item["status"]!.GetValue<string>())));
    }

    [Fact]
    public async Task The_type_is_the_event_s_type()
    {
        await folder.RunAsync("send", "stripe", "--type", "invoice.voided");
        var found = JsonNode.Parse((await folder.RunAsync("events", "--type", "invoice.*", "--json")).Success)!.AsArray();
        Assert.Equal("invoice.voided", Assert.Single(found)!["type"]!.GetValue<string>());
    }

    [Fact]
    public async Task The_bytes_of_a_file_arrive_exactly()
    {
        byte[] bytes = [.. "{ \"id\" : \"evt_own\",\r\n\t\"type\":\"a.b\",  \"text\": \"\\u00e9\" }\n\n"u8, 0xEF, 0xBB, 0xBF, 0x00, 0xFF];
        var file = Path.Combine(folder.Path, "body.bin");
        File.WriteAllBytes(file, bytes);
        var said = (await folder.RunAsync("send", "stripe", "--body", file, "--json")).Success;
        await Eventually.TrueAsync(() => destination.Arrivals.Count == 1, TimeSpan.FromSeconds(10), () => sluice.Errors);
        Assert.Equal(bytes, destination.Arrivals.Single().Body);
        var id = JsonNode.Parse(said)![0]!["id"]!.GetValue<string>();
        Assert.Equal(bytes, await sluice.Ops.GetByteArrayAsync($"events/{id}/body", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_file_sent_twice_is_a_duplicate_with_the_same_id()
    {
        var file = folder.Write("body.json", """{"id":"evt_own","type":"a.b"}""");
        var first = JsonNode.Parse((await folder.RunAsync("send", "stripe", "--body", file, "--json")).Success)![0]!;
        var second = JsonNode.Parse((await folder.RunAsync("send", "stripe", "--body", file, "--json")).Success)![0]!;
        Assert.Equal(("accepted", "duplicate"), (first["status"]!.GetValue<string>(), second["status"]!.GetValue<string>()));
        Assert.Equal(EventId.Of("stripe", "evt_own").ToString(), first["id"]!.GetValue<string>());
        Assert.Equal(first["id"]!.GetValue<string>(), second["id"]!.GetValue<string>());
    }

    [Fact]
    public async Task The_right_secret_may_be_named_and_a_wrong_one_is_refused_with_exit_code_1()
    {
        Assert.Contains("200 accepted", (await folder.RunAsync("send", "stripe", "--secret", WorkFolder.Secret)).Success, StringComparison.Ordinal);
        var refused = await folder.RunAsync("send", "stripe", "--secret", "whsec_wrong");
        Assert.Equal(1, refused.ExitCode);
        Assert.StartsWith("401 signature refused", refused.Answer, StringComparison.Ordinal);
        Assert.Equal(1, (await folder.RunAsync("send", "stripe", "--secret", "whsec_wrong", "--count", "20")).ExitCode);
        Assert.Equal(1, (await sluice.AskAsync("stats"))["events"]!.GetValue<long>());
    }

    [Fact]
    public async Task An_address_and_a_source_may_be_named()
    {
        Assert.Contains("200 accepted", (await folder.RunAsync("send", "stripe", "--url", sluice.Url)).Success, StringComparison.Ordinal);
        Assert.Contains("200 accepted", (await folder.RunAsync("send", "stripe", "--url", $"{sluice.Url}/api/webhooks/stripe", "--source", "stripe")).Success, StringComparison.Ordinal);
        var unknown = await folder.RunAsync("send", "stripe", "--source", "billing");
        Assert.Equal(1, unknown.ExitCode);
        Assert.Contains("there is no source 'billing'", Assert.Single(unknown.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_source_that_learns_its_secret_learns_the_one_that_is_named_and_no_other()
    {
        using var folder = new WorkFolder();
        File.WriteAllText(folder.Config, """{ "Sluice": { "Sources": { "tasks": { "Provider": "asana" } } } }""");
        await using var sluice = await RunningSluice.StartAsync(folder);

        var unnamed = await folder.RunAsync("send", "asana", "--handshake");
        Assert.Equal((1, "sluice: tasks would learn a secret that nobody knows; choose one with --secret, and send events with the same"), (unnamed.ExitCode, Assert.Single(unnamed.ErrorLines)));

        var taught = (await folder.RunAsync("send", "asana", "--handshake", "--secret", "0123456789abcdef0123456789abcdef")).Success;
        Assert.Contains("X-Hook-Secret: (the secret that was sent)", taught, StringComparison.Ordinal);
        Assert.Contains("200 accepted", (await folder.RunAsync("send", "asana", "--secret", "0123456789abcdef0123456789abcdef")).Success, StringComparison.Ordinal);
        Assert.Equal(1, (await folder.RunAsync("send", "asana", "--handshake", "--secret", "another0123456789abcdef012345678")).ExitCode);
    }
}
