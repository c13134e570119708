using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Contracts;
using Sluice.Contracts.SenderApis;
using Sluice.Hosts.Tests.Fixtures;
using Sluice.Reconciliation;

namespace Sluice.Hosts.Tests.Reconciling;

/// <summary>A host whose source is compared with a double of its sender, and the ways to look at it.</summary>
internal static class Compared
{
    /// <summary>A source with its section Reconcile; what a test does not say is the simplest that works.</summary>
    public static JsonObject Settings(SenderDouble sender, params (string Name, JsonNode Value)[] more)
    {
        var section = new JsonObject { ["Token"] = sender.Token, ["ApiUrl"] = sender.Url.ToString() };
        foreach (var (name, value) in more) section[name] = value.DeepClone();
        return new JsonObject { ["Reconcile"] = section };
    }

    /// <summary>Asks for a comparison as an operator does.</summary>
    public static async Task<ReconcileReport> ReconcileAsync(this RunningSluice sluice, string source, string query = "") =>
        (await sluice.OpsJsonAsync($"sources/{source}/reconcile{query}", HttpMethod.Post)).Deserialize(ReconcileJson.Default.ReconcileReport)!;

    /// <summary>Listed, kept, missing, fetched, asked again, left for later, failed.</summary>
    public static (int Listed, int Kept, int Missing, int Fetched, int AskedAgain, int Waiting, int Failed) Numbers(this ReconcileReport report) =>
        (report.Listed, report.Kept, report.Missing, report.Fetched, report.AskedAgain, report.Waiting, report.Failed);

    /// <summary>Waits for a comparison that is under way; the clock moves on by a step whenever somebody waits for just that. The step is one that nobody else in the host waits for.</summary>
    public static async Task<ReconcileReport> ThroughAsync(this RunningSluice sluice, Task<ReconcileReport> comparison, TimeSpan step)
    {
        for (var began = Stopwatch.GetTimestamp(); !comparison.IsCompleted;)
        {
            if (Stopwatch.GetElapsedTime(began) > RealTime.Longest) Assert.Fail($"the comparison has not ended within {RealTime.Longest.TotalSeconds} s\n{sluice.Log.Text}");
            if (sluice.Time.IsAwaited(sluice.Now + step)) sluice.Time.Advance(step);
            await Task.WhenAny(comparison, Task.Delay(TimeSpan.FromMilliseconds(2), TestContext.Current.CancellationToken));
        }

        return await comparison;
    }
}
