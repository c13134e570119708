using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Configuration;
using Sluice.Destinations;
using Sluice.Events;
using Sluice.Hosts.Tests.Fixtures;
using Sluice.Inspection;
using Sluice.Storage;

namespace Sluice.Hosts.Tests.Notices;

/// <summary>
/// What the host knows, and the book holds, of a destination's health. Whoever writes to the book waits for that on the clock of the test:
/// before the clock is moved, what is being written has to be written, or it is tried again later than the test wants it.
/// </summary>
internal static class KeptHealth
{
    // For so long what was seen may stay unwritten.
    private static readonly TimeSpan WriteAfter = TimeSpan.FromSeconds(30);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task LookAsync(this RunningSluice sluice) => await sluice.Services.GetRequiredService<HealthWatch>().LookAsync(Cancellation);

    public static async Task<IReadOnlyList<SharedDocument>> KeptHealthAsync(this RunningSluice sluice) =>
        await sluice.Services.GetRequiredService<ISharedState>().ListAsync("health", Cancellation);

    /// <summary>Waits until that many failures are noted, whatever comes of them is written and told, and nothing is delivered at this moment.</summary>
    public static async Task QuietAsync(this RunningSluice sluice, int failures, string destination = "billing")
    {
        var health = sluice.Services.GetRequiredService<HealthWatch>();
        Assert.True(sluice.Services.GetRequiredService<LiveConfiguration>().Current.TryGetDestination(destination, out var found));
        // What is being written is not counted until it is written.
        await sluice.UntilAsync(() => health.Of(found) is { Untold.Count: 0 } now && now.Failures == failures, $"{failures} failures are noted");
        await sluice.UntilAsync(async () => (await sluice.StatsAsync()).Pending == 0, "what was told is delivered");
    }

    /// <summary>Waits until that many failures are written, by the clock half a minute later.</summary>
    public static async Task WrittenAsync(this RunningSluice sluice, int failures)
    {
        await sluice.QuietAsync(failures);
        sluice.Time.Advance(WriteAfter);
        await sluice.UntilAsync(async () =>
        {
            await sluice.LookAsync();
            return await sluice.KeptHealthAsync() is [var kept] && (int?)JsonNode.Parse(kept.Json)!["failures"] == failures;
        }, $"{failures} failures are written");
        await sluice.QuietAsync(failures);
    }

    /// <summary>Lets a delivery that always fails use up its three attempts.</summary>
    /// <param name="failures">How many have failed before it.</param>
    public static async Task DieAsync(this RunningSluice sluice, EventId id, int failures, string destination = "billing")
    {
        for (var attempt = 1; attempt < 3; attempt++)
        {
            await sluice.UntilAsync(id, DeliveryStatus.Retrying, attempt, destination);
            await sluice.QuietAsync(failures + attempt, destination);
            await sluice.ToNextAttemptAsync(id, attempt, destination);
        }

        await sluice.UntilAsync(id, DeliveryStatus.DeadLettered, 3, destination);
        await sluice.QuietAsync(failures + 3, destination);
    }
}
