using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace Sluice.Hosts.Tests.Processes;

/// <summary>The whole life of a destination, by the command line: registered, tested, delivered to, failing, told about, disabled, resumed, drained, removed.</summary>
public sealed class DestinationLifeTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(45);

    private readonly WorkFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task The_whole_life_of_a_destination()
    {
        var isBroken = false;
        var delivered = new ConcurrentBag<string>();
        await using var receiver = await LoopbackDestination.StartAsync(context =>
        {
            if (Volatile.Read(ref isBroken)) context.Response.StatusCode = 500;
            else delivered.Add(context.Request.Headers["Sluice-Event"].ToString());
            return Task.CompletedTask;
        });
        await using var operators = await LoopbackDestination.StartAsync();
        await using var sluice = await RunningSluice.StartAsync(folder);
        var settings = folder.Write("crm.json", """{ "Retry": { "MaxAttempts": 200, "BaseDelay": "00:00:00.2", "Factor": 1, "Jitter": 0 }, "Breaker": { "Failures": 0 } }""");

        await SaysAsync("operators is registered", "destination", "add", "operators", "--url", operators.Url, "--allow-private", "--source", "sluice");
        await SaysAsync("crm is registered", "destination", "add", "crm", "--url", receiver.Url, "--allow-private", "--source", "stripe", "--disable-after", "00:00:04", "--settings", settings);
        await SaysAsync("crm answered 200", "destination", "test", "crm");

        var first = await SendAsync("evt_1");
        await UntilAsync(() => delivered.Contains(first), "the first event is delivered");

        Volatile.Write(ref isBroken, true);
        var second = await SendAsync("evt_2");
        foreach (var told in new[] { "destination.failing", "destination.warning", "destination.disabled" }) await UntilAsync(() => Told(told) > 0, $"operators are told: {told}");
        Assert.Equal("Disabled", await StateAsync());
        Assert.Contains("disabled", (await folder.RunAsync("destination", "list")).Success, StringComparison.Ordinal);

        // What comes now is kept, and nothing is tried.
        var attempts = receiver.Arrivals.Count;
        var third = await SendAsync("evt_3");
        Volatile.Write(ref isBroken, false);
        Assert.Equal("Disabled", await StateAsync());
        Assert.Equal(attempts, receiver.Arrivals.Count);

        await SaysAsync("crm is active", "destination", "resume", "crm");
        foreach (var id in new[] { second, third }) await UntilAsync(() => delivered.Contains(id), $"{id} is delivered after the resume");
        await UntilAsync(() => Told("destination.recovered") > 0, "operators are told that it recovered");
        await Eventually.DrainedAsync(sluice, Patience);
        foreach (var once in new[] { "destination.failing", "destination.disabled", "destination.recovered" }) Assert.Equal(1, Told(once));

        await SaysAsync("crm is removed", "destination", "remove", "crm", "--pending", "deliver");
        await SendAsync("evt_4");
        var events = JsonNode.Parse((await folder.RunAsync("events", "--source", "stripe", "--json")).Success)!.AsArray();
        Assert.Equal(["Kept", "Delivered", "Delivered", "Delivered"], events.Select(item => item!["status"]!.GetValue<string>()));
        Assert.Equal(["operators"], JsonNode.Parse((await folder.RunAsync("destination", "list", "--json")).Success)!.AsArray().Select(item => item!["name"]!.GetValue<string>()));

        int Told(string type) => operators.Arrivals.Count(arrival => (string?)JsonNode.Parse(arrival.Body)!["type"] == type && ((string?)JsonNode.Parse(arrival.Body)!["text"])?.Contains("crm", StringComparison.Ordinal) == true);

        async Task<string> SendAsync(string id)
        {
            using var sender = new StripeSender(sluice.Url);
            return (await sender.SendAsync(id)).Event ?? throw new InvalidOperationException($"{id} was not taken");
        }
    }

    private async Task<string> StateAsync() => JsonNode.Parse((await folder.RunAsync("destination", "show", "crm", "--json")).Success)!["state"]!.GetValue<string>();

    private async Task SaysAsync(string said, params string[] command) => Assert.Contains(said, (await folder.RunAsync(command)).Success, StringComparison.Ordinal);

    private static Task UntilAsync(Func<bool> condition, string what) => Eventually.TrueAsync(condition, Patience, () => what);
}
