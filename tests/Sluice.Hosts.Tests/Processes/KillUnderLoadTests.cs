using System.Diagnostics;
using System.Globalization;
using Sluice.Contracts;

namespace Sluice.Hosts.Tests.Processes;

/// <summary>kill -9 at random moments under load, against a ledger of what was acknowledged.</summary>
[Collection(SlowCollection.Name)]
public sealed class KillUnderLoadTests(ITestOutputHelper output)
{
    private const int Cycles = 100;
    private const int LeastAcknowledged = 100;
    private const int Senders = 8;

    // A claim of a killed process held until its lease ended would take a minute.
    private static readonly TimeSpan FarBelowALease = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_hundred_kills_under_load_lose_nothing_and_repeat_only_what_was_under_way()
    {
        var seed = int.Parse(Environment.GetEnvironmentVariable("SLUICE_TEST_SEED") ?? Random.Shared.Next().ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        output.WriteLine($"seed {seed}; set SLUICE_TEST_SEED to use it again");
        var random = new Random(seed);
        var clock = Stopwatch.StartNew();
        await using var destination = await LoopbackDestination.StartAsync(_ => Task.Delay(Random.Shared.Next(4)));
        using var folder = new WorkFolder(WorkFolder.Http("loopback", destination.Url));
        var ledger = new Ledger();
        var starts = new List<TimeSpan>();
        string[] newest = [];
        for (var cycle = 0; cycle < Cycles; cycle++)
        {
            await using var sluice = await RunningSluice.StartAsync(folder);
            starts.Add(sluice.StartTime);
            await AssertKeepsAsync(sluice, newest, ledger.Acknowledged);
            newest = await LoadAndKillAsync(sluice, ledger, random);
        }

        await using var final = await RunningSluice.StartAsync(folder);
        var drain = Stopwatch.StartNew();
        var backlog = (await final.AskAsync("stats"))["pending"]!.GetValue<long>();
        await Eventually.DrainedAsync(final, FarBelowALease);
        var drained = drain.Elapsed;
        Assert.Equal(0, await final.TerminateAsync());

        using var book = new BookFile(folder.Database);
        book.AssertSound();
        AssertKept(book, ledger);
        var (repeated, unknown) = AssertRepeatsAreExplained(book, destination.Arrivals);
        starts.Sort();
        output.WriteLine($"{Cycles} kills, {ledger.Acknowledged} acknowledged, {ledger.EverUnanswered} once without an answer, {ledger.Refusals.Count} refused; "
            + $"{destination.Arrivals.Count} arrivals, {repeated} delivered more than once, {unknown} unknown attempts");
        output.WriteLine($"start to ready: least {starts[0].TotalMilliseconds:0} ms, median {starts[Cycles / 2].TotalMilliseconds:0} ms, most {starts[^1].TotalMilliseconds:0} ms; "
            + $"{backlog} pending drained in {drained.TotalMilliseconds:0} ms; {clock.Elapsed.TotalSeconds:0} s in all");
    }

    private static async Task<string[]> LoadAndKillAsync(RunningSluice sluice, Ledger ledger, Random random)
    {
        using var sender = new StripeSender(sluice.Url);
        var before = ledger.AcknowledgedEvents.ToHashSet();
        var (moreAcknowledgements, moreTime) = random.Next(2) == 0 ? (random.Next(150), 0) : (0, random.Next(150));
        var load = ledger.SendAsync(sender, Senders, CancellationToken.None);
        await Eventually.TrueAsync(() => ledger.Acknowledged >= before.Count + LeastAcknowledged + moreAcknowledgements, RealTime.Longest, () => sluice.Errors);
        await Task.Delay(moreTime);
        await sluice.KillAsync();
        await load;
        return [.. ledger.AcknowledgedEvents.Except(before)];
    }

    // What the cycle before acknowledged is there right after the start, and the sums add up.
    private static async Task AssertKeepsAsync(RunningSluice sluice, string[] newest, int acknowledged)
    {
        var stats = await sluice.AskAsync("stats");
        Assert.True(stats["events"]!.GetValue<long>() >= acknowledged, $"{acknowledged} acknowledged, {stats.ToJsonString()}");
        var missing = newest.ToHashSet();
        for (var before = ""; missing.Count > 0;)
        {
            var page = await sluice.AskAsync($"events?limit=500{before}");
            foreach (var item in page["items"]!.AsArray()) missing.Remove(item!["id"]!.GetValue<string>());
            if (missing.Count > 0) before = $"&before={page["next"]?.GetValue<string>() ?? throw new InvalidOperationException($"lost: {string.Join(", ", missing)}")}";
        }
    }

    private static void AssertKept(BookFile book, Ledger ledger)
    {
        var keys = book.Keys();
        Assert.Empty(ledger.AcknowledgedKeys.Except(keys));
        Assert.All(keys, key => Assert.True(ledger.WasSent(key)));
        Assert.Equal(keys.Count, book.Count("SELECT count(*) FROM deliveries WHERE status = 2"));
        Assert.Equal(keys.Count, book.Count("SELECT count(*) FROM deliveries"));
    }

    // Attempts are numbered from 1 without a gap, all but the last Unknown and the last Done; what arrived are attempts of the book, each once.
    private static (int Repeated, int Unknown) AssertRepeatsAreExplained(BookFile book, IReadOnlyCollection<Arrival> arrivals)
    {
        var attempts = book.Rows("SELECT lower(hex(e.id)), a.number, a.outcome FROM attempts a JOIN events e ON e.seq = a.event ORDER BY 1, 2").Select(row => row.Split('|')).ToLookup(row => row[0]);
        var arrived = arrivals.ToLookup(arrival => arrival.Event, arrival => arrival.Attempt);
        foreach (var delivery in attempts)
        {
            var outcomes = string.Join(", ", delivery.Select(row => $"{row[1]}:{row[2]}"));
            Assert.Equal(string.Join(", ", Enumerable.Range(1, delivery.Count()).Select(number => $"{number}:{(number == delivery.Count() ? 0 : 3)}")), outcomes);
            var seen = arrived[delivery.Key].ToList();
            Assert.Equal(seen.Distinct().Count(), seen.Count);
            Assert.Contains(delivery.Count(), seen);
            Assert.All(seen, number => Assert.InRange(number, 1, delivery.Count()));
        }

        Assert.Equal(attempts.Count, arrived.Count);
        return (arrived.Count(delivery => delivery.Count() > 1), attempts.Sum(delivery => delivery.Count() - 1));
    }
}
