using System.Text.Json.Nodes;
using Sluice.Contracts;

namespace Sluice.Hosts.Tests.Processes;

/// <summary>Destinations that answer in no decent way, all of them beside one that does.</summary>
[Collection(SlowCollection.Name)]
public sealed class RudeDestinationTests(ITestOutputHelper output)
{
    private const int Timeout = 6;

    // A slow machine wakes late; what is shown is that nothing waits for its destination instead.
    private const double Early = Timeout * 950.0;
    private const double Late = Timeout * 1050.0;

    [Fault("F16")]
    [Fact]
    public async Task Each_attempt_ends_in_its_time_reads_no_more_than_its_cap_and_leaves_no_connection()
    {
        await using var rude = new RudeDestination();
        await using var well = await LoopbackDestination.StartAsync();
        using var folder = new WorkFolder([.. RudeDestination.Manners.Keys.Select(manner => Once(manner, $"{rude.Url}/{manner}")), Once("well", well.Url)]);
        await using var sluice = await RunningSluice.StartAsync(folder);
        var before = sluice.ResidentBytes;
        using var sender = new StripeSender(sluice.Url);
        var sent = await sender.SendAsync("evt_1");
        await Eventually.DrainedAsync(sluice, TimeSpan.FromSeconds(Timeout * 3));

        foreach (var delivery in (await sluice.AskAsync($"events/{sent.Event}"))["deliveries"]!.AsArray()) AssertBounded(delivery!);
        foreach (var flood in new[] { "sends_a_gigabyte", "sends_a_gigabyte_of_success" }) Assert.InRange(rude.Sent(flood), 0, 32L << 20);
        Assert.InRange(sluice.ResidentBytes - before, long.MinValue, 64L << 20);
        await Eventually.TrueAsync(() => rude.Open == 0, TimeSpan.FromSeconds(10), () => $"{rude.Open} connections are open");
    }

    private void AssertBounded(JsonNode delivery)
    {
        var (destination, status) = (delivery["destination"]!.GetValue<string>(), delivery["status"]!.GetValue<string>());
        var attempt = Assert.Single(delivery["attempts"]!.AsArray())!;
        var (error, took) = (attempt["error"]?.GetValue<string>(), attempt["durationMs"]!.GetValue<double>());
        output.WriteLine($"{destination}: {status} after {took:0} ms, {error}");
        Assert.Equal(destination is "well" or "sends_a_gigabyte_of_success" ? "Delivered" : "DeadLettered", status);
        if (destination.StartsWith("hangs", StringComparison.Ordinal) || destination.StartsWith("drips", StringComparison.Ordinal) || destination.StartsWith("says", StringComparison.Ordinal))
        {
            Assert.Equal($"no answer within {Timeout} s", error);
            Assert.InRange(took, Early, Late);
        }
        else
        {
            Assert.InRange(took, 0, Early);
        }
    }

    private static string Once(string name, string url) => $$"""
        "{{name}}": { "Handler": "http", "Url": "{{url}}", "Timeout": "00:00:0{{Timeout}}", "Retry": { "MaxAttempts": 1 } }
        """;
}
