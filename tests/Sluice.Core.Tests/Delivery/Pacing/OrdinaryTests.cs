using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Delivery;
using Sluice.Storage;

namespace Sluice.Core.Tests.Delivery.Pacing;

/// <summary>What pacing costs a destination that needs none, and what is left of a limit that was taken away.</summary>
public sealed class OrdinaryTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("0")]
    [InlineData("10")]
    public async Task A_destination_that_is_active_and_has_no_limits_costs_no_allocation(string failures)
    {
        var world = new PacedWorld(1, 1, static (_, _) => Task.FromResult(Outcome.Done), ("Breaker:Failures", failures));
        var (pacing, destination) = (PacingOf(world), DestinationOf(world));
        await pacing.RefreshAsync(Cancellation);

        var cancellation = Cancellation;
        var least = long.MaxValue;
        for (var round = 0; round < 20 && least > 0; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 1000; i++)
            {
                if (!pacing.MayBegin(destination)) throw new InvalidOperationException();
                var admission = await pacing.AdmitAsync(destination, cancellation);
                if (admission.Kind != Sluice.Delivery.Pacing.AdmissionKind.Now) throw new InvalidOperationException();
                if (await pacing.HoldsAsync(destination, cancellation) || pacing.Waits(destination.Name)) throw new InvalidOperationException();
                await pacing.EndedAsync(destination, admission.Permit, Outcome.Done);
            }

            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
    }

    [Fact]
    public async Task What_waited_for_a_rate_goes_at_once_when_there_is_none_any_more()
    {
        var slow = new PacedWorld(1, 1, static (_, _) => Task.FromResult(Outcome.Done), ("Limits:Rate", "1/m"));
        var pacing = PacingOf(slow);
        Assert.Single((await pacing.ReleaseAsync("billing", DestinationOf(slow), TimeSpan.FromSeconds(1), 100, Cancellation)).Moments);
        Assert.Empty((await pacing.ReleaseAsync("billing", DestinationOf(slow), TimeSpan.FromSeconds(1), 100, Cancellation)).Moments);

        var free = new PacedWorld(1, 1, static (_, _) => Task.FromResult(Outcome.Done));
        Assert.Equal(100, (await pacing.ReleaseAsync("billing", DestinationOf(free), TimeSpan.FromSeconds(1), 100, Cancellation)).Moments.Count);
    }

    [Fact]
    public async Task A_slot_is_free_again_however_an_attempt_ends()
    {
        var world = new PacedWorld(1, 1, static (_, _) => Task.FromResult(Outcome.Done), ("Limits:Concurrency", "1"));
        var (pacing, destination) = (PacingOf(world), DestinationOf(world));
        foreach (var outcome in new[] { null, Outcome.Done, Outcome.Retry("answered 503"), Outcome.Unknown("nobody knows") })
        {
            var admission = await pacing.AdmitAsync(destination, Cancellation);
            Assert.Equal(Sluice.Delivery.Pacing.AdmissionKind.Now, admission.Kind);
            Assert.Equal(Sluice.Delivery.Pacing.AdmissionKind.Park, (await pacing.AdmitAsync(destination, Cancellation)).Kind);
            await pacing.EndedAsync(destination, admission.Permit, outcome);
        }

        await pacing.ReturnAsync(destination, (await pacing.AdmitAsync(destination, Cancellation)).Permit);
        Assert.Equal(Sluice.Delivery.Pacing.AdmissionKind.Now, (await pacing.AdmitAsync(destination, Cancellation)).Kind);
    }

    private static Sluice.Delivery.Pacing.Pacing PacingOf(PacedWorld world) =>
        new(new ProcessState(), world.Processes[0], world.Pump.Time, new Random(1), NullLogger<Sluice.Delivery.Pacing.Pacing>.Instance);

    private static Destination DestinationOf(PacedWorld world)
    {
        Assert.True(world.Configuration().Current.TryGetDestination(PacedWorld.Destination, out var destination));
        return destination;
    }
}
