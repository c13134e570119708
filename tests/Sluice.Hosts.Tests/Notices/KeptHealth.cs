using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Destinations;
using Sluice.Hosts.Tests.Fixtures;
using Sluice.Storage;

namespace Sluice.Hosts.Tests.Notices;

/// <summary>
/// What stands in the book of a destination's health. Whoever writes to the book waits for that on the clock of the test: before the clock
/// is moved far, what is being written has to be written, or it is tried again later than the test wants it.
/// </summary>
internal static class KeptHealth
{
    // For so long what was seen may stay unwritten.
    private static readonly TimeSpan WriteAfter = TimeSpan.FromSeconds(30);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task LookAsync(this RunningSluice sluice) => await sluice.Services.GetRequiredService<HealthWatch>().LookAsync(Cancellation);

    public static async Task<IReadOnlyList<SharedDocument>> KeptHealthAsync(this RunningSluice sluice) => await State(sluice).ListAsync("health", Cancellation);

    /// <summary>Waits until that many failures are written, by the clock half a minute later, and nothing is under way.</summary>
    public static async Task WrittenAsync(this RunningSluice sluice, int failures)
    {
        await sluice.QuietAsync();
        sluice.Time.Advance(WriteAfter);
        await sluice.UntilAsync(async () =>
        {
            await sluice.LookAsync();
            return await sluice.KeptHealthAsync() is [var kept] && (int?)JsonNode.Parse(kept.Json)!["failures"] == failures;
        }, $"{failures} failures are written");
        await sluice.QuietAsync();
    }

    /// <summary>Waits until nothing waits to be told, nothing is delivered at this moment, and all that was to be written is.</summary>
    public static async Task QuietAsync(this RunningSluice sluice)
    {
        await sluice.UntilAsync(async () => (await sluice.KeptHealthAsync()).All(IsTold), "all is told");
        await sluice.UntilAsync(async () => (await sluice.StatsAsync()).Pending == 0, "what was told is delivered");
        // Changes nothing, and is answered after what was written before it.
        Assert.False(await State(sluice).RemoveAsync(new SharedDocument("health", "nobody", "{}", "1"), Cancellation));
    }

    private static ISharedState State(RunningSluice sluice) => sluice.Services.GetRequiredService<ISharedState>();

    private static bool IsTold(SharedDocument kept) => JsonNode.Parse(kept.Json)!["untold"] is not JsonArray { Count: > 0 };
}
