using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Contracts.Simulation;
using Sluice.Core.Tests.Destinations;
using Sluice.Processing;
using Sluice.Retries;
using Sluice.Storage;

namespace Sluice.Core.Tests.Delivery.Pacing;

/// <summary>One process of a <see cref="PacedWorld"/>: the core's own services, a timer, and workers without end.</summary>
internal sealed class PacedProcess : ITaskQueue, ISharedState
{
    private readonly PacedWorld world;
    private readonly Actor actor;
    private readonly Processor processor;
    private readonly Sweeper sweeper;
    private readonly Sluice.Delivery.Pacing.Pacing pacing;

    public PacedProcess(PacedWorld world)
    {
        (this.world, actor) = (world, new Actor(world.Pump));
        var (live, random) = (world.Configuration(), new Random(world.Random.Next()));
        var shared = Shared.Over(live, world.Pump.Time);
        pacing = new(this, this, world.Pump.Time, random, NullLogger<Sluice.Delivery.Pacing.Pacing>.Instance);
        processor = new Processor(live, shared, world.Book, this, pacing, world.Pump.Time, random, NullLogger<Processor>.Instance);
        sweeper = new Sweeper(live, shared, world.Book, this, pacing, world.Pump.Time);
        actor.Start(async () =>
        {
            while (true)
            {
                await Task.Delay(TimeSpan.FromMinutes(1), world.Pump.Time);
                await sweeper.SweepAsync(TimeSpan.FromMinutes(1), 2000, default);
                await sweeper.FindParkedAsync(default);
                await sweeper.ReleaseAsync(TimeSpan.FromSeconds(70), 2000, default);
            }
        });
    }

    public bool IsAlive => actor.IsAlive;

    public TimeSpan Grace { get; } = TimeSpan.FromMinutes(2);

    public TimeSpan Horizon { get; } = TimeSpan.FromMinutes(2);

    public TimeSpan Freshness { get; } = TimeSpan.FromSeconds(5);

    public void Kill() => actor.Kill();

    public void Hear(Bell bell) => actor.Start(async () =>
    {
        var processed = await processor.ProcessAsync(bell, CancellationToken.None);
        if (processed.Claim == ClaimResult.Claimed && pacing.Waits(bell.Delivery.Destination)) await sweeper.ReleaseAsync(bell.Delivery.Destination, TimeSpan.FromSeconds(2), 50, default);
    });

    public bool TryReserve(string destination) => false;

    public void Release(string destination) => throw new NotSupportedException();

    public ValueTask RingAsync(Bell bell, DateTimeOffset at, CancellationToken cancellationToken)
    {
        world.Ring(bell, at);
        return ValueTask.CompletedTask;
    }

    public ValueTask PingAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public ValueTask<IReadOnlyList<SharedDocument>> ListAsync(string kind, CancellationToken cancellationToken) => ThereAndBackAsync(() => world.State.ListAsync(kind, default));

    public ValueTask<SharedDocument?> FindAsync(string kind, string name, CancellationToken cancellationToken) => ThereAndBackAsync(() => world.State.FindAsync(kind, name, default));

    public ValueTask<SharedDocument?> WriteAsync(SharedDocument document, CancellationToken cancellationToken) => ThereAndBackAsync(() => world.State.WriteAsync(document, default));

    public ValueTask<bool> RemoveAsync(SharedDocument document, CancellationToken cancellationToken) => ThereAndBackAsync(() => world.State.RemoveAsync(document, default));

    private async ValueTask<T> ThereAndBackAsync<T>(Func<ValueTask<T>> ask)
    {
        await Task.Delay(TimeSpan.FromMilliseconds(world.Random.Next(1, 8)), world.Pump.Time);
        var answer = await ask();
        await Task.Delay(TimeSpan.FromMilliseconds(world.Random.Next(1, 8)), world.Pump.Time);
        return answer;
    }
}
