using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Sluice.Contracts.Catalogue;
using Sluice.Hosts.Tests.Processes;
using Sluice.LocalHost.Commands;
using Sluice.LocalHost.Conformance;

namespace Sluice.Hosts.Tests.Conformance;

/// <summary>Every sender of the catalogue, with all it does on bad days, against one running Sluice: a process of its own, its file, its port.</summary>
public sealed class MisbehavingCatalogueTests
{
    private const int AtOnce = 2;

    [Fact]
    public async Task Every_sender_misbehaves_and_the_local_host_stands_it()
    {
        await using var destination = await LoopbackDestination.StartAsync();
        using var folder = new WorkFolder();
        File.WriteAllText(folder.Config, Configuration(destination.Url));
        await using var sluice = await RunningSluice.StartAsync(folder);
        using var client = new OpsClient(new Uri(sluice.Url), sluice.Token);
        var ops = new RemoteOperations(client);

        var reports = new ConcurrentDictionary<string, ConformanceReport>();
        await Parallel.ForEachAsync(CatalogueTable.Names, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = TestContext.Current.CancellationToken }, async (name, _) =>
        {
            var source = CatalogueSource.Of(name);
            var sender = Played.Sender(Played.Target(source, SourceOf(name)), new Uri($"{sluice.Url}/api/webhooks/{SourceOf(name)}"), new OpsObserver(ops), next: Next(name), retired: Retired(name));
            reports[name] = await Played.PlayAsync(sender);
        });

        var faults = reports.SelectMany(report => report.Value.Faults.Select(fault => $"{report.Key}: {fault.What} ({string.Join(", ", fault.Scenarios)})")).Order().ToList();
        Assert.True(faults.Count == 0, string.Join('\n', faults) + sluice.Errors);
        Assert.Equal(CatalogueTable.Names, reports.Keys.Order(StringComparer.Ordinal));
        foreach (var (name, report) in reports.OrderBy(report => report.Key, StringComparer.Ordinal))
        {
            TestContext.Current.TestOutputHelper?.WriteLine($"{name}: {string.Join(", ", report.Scenarios.Select(scenario => $"{scenario.Name} {scenario.Sent}"))}");
            AssertPlayed(name, report);
        }

        // What was delivered is what was kept, and nothing that was refused is among it.
        var stats = await sluice.AskAsync("stats");
        Assert.Equal(stats["deliveries"]!.GetValue<long>(), stats["delivered"]!.GetValue<long>());
        Assert.Equal(reports.Values.Sum(report => report.Scenarios.Sum(scenario => scenario.Kept)), destination.Arrivals.Select(arrival => arrival.Event).Distinct().Count());
    }

    // What is left out, and that nothing else is.
    private static void AssertPlayed(string name, ConformanceReport report)
    {
        var source = CatalogueSource.Of(name);
        string[] leftOut =
        [
            .. source.Provider.Facts.RetryDelays is { Count: 0 } ? ["schedule"] : (string[])[],
            .. source.Source.Scheme.Tolerance is null ? ["time"] : (string[])[],
        ];
        Assert.True(report.Scenarios.Where(scenario => scenario.Verdict == "left out").Select(scenario => scenario.Name).SequenceEqual(leftOut), $"{name} leaves out {string.Join(", ", report.Notes)}");
        Assert.True(report.Scenarios.All(scenario => scenario.Unanswered == 0), $"{name} got no answer");
        foreach (var scenario in report.Scenarios)
        {
            // Dropbox's repeats cannot be known: each is kept.
            if (name != "dropbox") Assert.True(scenario.Kept == scenario.Events, $"{name}, {scenario.Name}: {scenario.Kept} of {scenario.Events} are kept");
            Assert.True(scenario.Delivered == scenario.Events, $"{name}, {scenario.Name}: {scenario.Delivered} of {scenario.Events} are delivered");
        }

        // Every proof can be forged by another secret and by none; one that covers the bytes by a change of them too.
        var forgeries = report.Scenarios.Single(scenario => scenario.Name == "forgery").Sent;
        Assert.True(forgeries >= (source.Entry.Covered is null ? 5 : 2), $"{name}: {forgeries} forgeries");
    }

    private static string SourceOf(string name) => SendCatalogueTests.Everyone.SourceOf(name);

    private static string[] Next(string name) => CatalogueTable.Of(name).Keys is { } keys ? [keys(name, 1).Signs] : [];

    // Of keys that are made of their number there is a third.
    private static string[] Retired(string name) => CatalogueTable.Of(name) is { KeySetting: "Secrets:0", Keys: { } keys } ? [keys(name, 2).Signs] : [];

    private static string Configuration(string destination)
    {
        var sources = new JsonObject();
        foreach (var name in CatalogueTable.Names)
        {
            var source = new JsonObject();
            var keys = new JsonArray();
            var entry = CatalogueTable.Of(name);
            foreach (var (setting, value) in CatalogueSource.SettingsOf(name))
            {
                if (setting != entry.KeySetting) source[setting] = value;
            }

            if (entry.Keys is { } made)
            {
                keys.Add(made(name, 0).Checks);
                keys.Add(made(name, 1).Checks);
                if (Retired(name) is [var retired]) keys.Add(new JsonObject { ["Value"] = retired, ["NotAfter"] = "2020-01-01T00:00:00Z" });
                source[entry.KeySetting.Split(':')[0]] = keys;
            }

            sources[SourceOf(name)] = source;
        }

        return new JsonObject
        {
            ["Sluice"] = new JsonObject { ["Sources"] = sources, ["Destinations"] = new JsonObject { ["loopback"] = new JsonObject { ["Handler"] = "http", ["Url"] = destination } } },
        }.ToJsonString();
    }
}
