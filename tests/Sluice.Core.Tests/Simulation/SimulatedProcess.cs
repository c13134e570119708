using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Configuration;
using Sluice.Contracts;
using Sluice.Contracts.Simulation;
using Sluice.Delivery.Pacing;
using Sluice.Events;
using Sluice.Ingestion;
using Sluice.Core.Tests.Destinations;
using Sluice.Processing;
using Sluice.Retries;
using Sluice.Storage;

namespace Sluice.Core.Tests.Simulation;

/// <summary>
/// One life of a process: the core's own services over this life's ways to book and queue. It dies between any two of its calls;
/// then nothing of it runs again, and what it had sent off may still arrive.
/// </summary>
internal sealed class SimulatedProcess : IDisposable
{
    private readonly World world;
    private readonly Actor actor;
    private readonly CancellationTokenSource stopping = new();
    private readonly TaskCompletionSource death = new();
    private readonly Ingestor ingestor;
    private readonly Processor processor;
    private readonly Sweeper sweeper;
    private readonly Retention retention;
    private bool isAccepting = true;

    public SimulatedProcess(World world, string name)
    {
        this.world = world;
        Name = name;
        actor = new Actor(world.Pump);
        Configuration = world.Setting.Build(new SimulatedHandler(world, this));
        var live = new LiveConfiguration(Configuration);
        var store = world.Build.Store(new SimulatedStore(world, this), world);
        var queue = new ProcessQueue(world, this);
        var random = new Random(world.Random.Next());
        var shared = Shared.Over(live, world.Time);
        var pacing = new Pacing(new SimulatedState(world, this), queue, world.Time, random, NullLogger<Pacing>.Instance);
        Replayer = new Replayer(live, shared, store, queue, world.Time, NullLogger<Replayer>.Instance);
        ingestor = new Ingestor(live, shared, store, queue, Replayer, new Learning(new InMemoryLearnedSecrets(), world.Time, NullLogger<Learning>.Instance), pacing, random, NullLogger<Ingestor>.Instance);
        processor = new Processor(live, shared, store, queue, pacing, world.Time, random, NullLogger<Processor>.Instance);
        sweeper = new Sweeper(live, shared, store, queue, pacing, world.Time);
        retention = new Retention(live, store, world.Time, NullLogger<Retention>.Instance);
        if (world.Build.Sweeps) actor.Start(() => RepeatAsync(TimeSpan.FromMinutes(1), SweepAsync));
        actor.Start(() => RepeatAsync(TimeSpan.FromHours(1), () => retention.RunAsync(stopping.Token)));
    }

    public string Name { get; }

    public SluiceConfiguration Configuration { get; }

    public Replayer Replayer { get; }

    /// <summary>Completes with the end of this life.</summary>
    public Task Death => death.Task;

    /// <summary>The attempts whose handlers run here now.</summary>
    public HashSet<(DeliveryId Delivery, int Attempt)> Running { get; } = [];

    public int Reserved { get; set; }

    public int Busy { get; private set; }

    public bool IsAccepting => isAccepting && actor.IsAlive;

    public bool HasFreeWorker => IsAccepting && Busy + Reserved < world.Load.Workers;

    /// <summary>A place where others may come first, and where the process may die.</summary>
    public async ValueTask PassAsync(string where)
    {
        if (world.Faults.Strikes(Fault.Crash))
        {
            world.Trace.Add(Name, "crashes at", where);
            Die();
        }

        // After its death nothing of this is ever run again.
        await Task.Yield();
    }

    /// <summary>Stops as a host does: takes nothing new, interrupts what runs, waits a little, ends.</summary>
    public void Stop()
    {
        world.Trace.Add(Name, "stops");
        isAccepting = false;
        actor.Start(() =>
        {
            // Not CancelAsync: it would leave for the thread pool.
            stopping.Cancel();
            return EndSoonAsync();
        });
    }

    /// <summary>A request on its way in. The task never completes when the process dies over it.</summary>
    public Task<Ingested?> IngestAsync(Webhook webhook, CancellationToken cancellationToken)
    {
        var answer = new TaskCompletionSource<Ingested?>();
        actor.Start(async () =>
        {
            Configuration.TryGetSource(webhook.Source, out var source);
            try
            {
                var ingested = await ingestor.IngestAsync(source!, webhook.Sign(source!, world.Now), cancellationToken);
                world.Ledger.Answered(webhook, ingested);
                answer.SetResult(ingested);
            }
            catch (Exception e) when (e is StoreUnavailableException or OperationCanceledException)
            {
                world.Trace.Add(Name, "cannot keep", webhook.Id, e.Message);
                answer.SetResult(null);
            }
        });
        return answer.Task;
    }

    /// <summary>A bell for a worker: true when it is settled, false when it is to be given again.</summary>
    public Task<bool> HandAsync(Bell bell)
    {
        Busy++;
        var settled = new TaskCompletionSource<bool>();
        actor.Start(async () =>
        {
            try
            {
                var processed = await processor.ProcessAsync(bell, stopping.Token);
                world.Trace.Add(Name, "processed", bell.Delivery, $"{bell.Attempt} {processed.Claim} {processed.Status}");
                settled.SetResult(true);
            }
            catch (StoreUnavailableException)
            {
                // The due row rings again; half of the hosts settle the bell, half give it back.
                settled.SetResult(world.Random.Next(2) == 0);
            }
            catch (OperationCanceledException)
            {
                settled.SetResult(false);
            }
            finally
            {
                Busy--;
            }
        });
        return settled.Task;
    }

    /// <summary>Something an operator does here; what the ports refuse is the operator's loss.</summary>
    public Task OperateAsync(Func<Replayer, Task> work)
    {
        var done = new TaskCompletionSource();
        actor.Start(async () =>
        {
            await IgnoreOutagesAsync(() => work(Replayer));
            done.SetResult();
        });
        return Task.WhenAny(done.Task, Death);
    }

    private async Task EndSoonAsync()
    {
        await world.DelayAsync(1, 5);
        Die();
    }

    private void Die()
    {
        if (!actor.IsAlive) return;
        actor.Kill();
        death.SetResult();
        Dispose();
    }

    public void Dispose() => stopping.Dispose();

    private async Task SweepAsync()
    {
        Swept swept;
        do swept = await sweeper.SweepAsync(TimeSpan.FromMinutes(1), world.Load.RowsInSweep, stopping.Token);
        while (swept.MayBeMore);
        await sweeper.FindParkedAsync(stopping.Token);
        await sweeper.ReleaseAsync(TimeSpan.FromSeconds(70), 100, stopping.Token);
    }

    private async Task RepeatAsync(TimeSpan period, Func<Task> work)
    {
        await Task.Delay(period * world.Random.NextDouble(), world.Time);
        while (!stopping.IsCancellationRequested)
        {
            await IgnoreOutagesAsync(work);
            await Task.Delay(period, world.Time);
        }
    }

    private static async Task IgnoreOutagesAsync(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (Exception e) when (e is StoreUnavailableException or QueueUnavailableException or OperationCanceledException)
        {
            // The next round tries again.
        }
    }
}
