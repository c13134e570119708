namespace Sluice.Contracts.Simulation;

/// <summary>
/// The one thread of a simulated world. All that is ready waits in one list, and the seed chooses what runs next; when nothing is
/// ready, time moves to the next timer. Nothing else starts work, so that a seed gives the same run every time.
/// </summary>
internal sealed class Pump
{
    private readonly List<(Actor Actor, SendOrPostCallback Callback, object? State)> ready = [];
    private readonly Random random;
    private readonly int thread = Environment.CurrentManagedThreadId;

    public Pump(DateTimeOffset start, Random random)
    {
        this.random = random;
        Time = new VirtualTime(start, Dispatch);
    }

    public VirtualTime Time { get; }

    /// <summary>How many pieces of work were run.</summary>
    public long Steps { get; private set; }

    /// <summary>What escaped from an actor: a fault of the simulation or of the core.</summary>
    public List<Exception> Faults { get; } = [];

    public void Add(Actor actor, SendOrPostCallback callback, object? state)
    {
        // Work from another thread would come in an order that no seed decides.
        if (Environment.CurrentManagedThreadId != thread) throw new InvalidOperationException("something left the simulation's thread");
        if (actor.IsAlive) ready.Add((actor, callback, state));
    }

    /// <summary>Runs until a moment, or earlier when all is quiet at a time when nothing is ready. False when the moment came first.</summary>
    public bool Run(TimeSpan until, Func<bool> isQuiet)
    {
        var before = SynchronizationContext.Current;
        try
        {
            while (Faults.Count == 0)
            {
                if (ready.Count > 0) RunOne();
                else if (isQuiet()) return true;
                else if (!Time.MoveToNext(until)) return false;
            }

            return false;
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }

    private void RunOne()
    {
        var chosen = random.Next(ready.Count);
        var (actor, callback, state) = ready[chosen];
        ready[chosen] = ready[^1];
        ready.RemoveAt(ready.Count - 1);
        if (!actor.IsAlive) return;
        Steps++;
        SynchronizationContext.SetSynchronizationContext(actor);
        callback(state);
    }

    // A timer belongs to the actor that made it and dies with it.
    private Action<Action> Dispatch()
    {
        var actor = (Actor)SynchronizationContext.Current!;
        return callback => actor.Post(static state => ((Action)state!)(), callback);
    }
}

/// <summary>
/// Whatever lives and dies as one: a process, a sender, the network. Everything awaited within it goes on within it, and after its
/// death nothing of it ever runs again.
/// </summary>
internal sealed class Actor(Pump pump) : SynchronizationContext
{
    public bool IsAlive { get; private set; } = true;

    public void Kill() => IsAlive = false;

    public override void Post(SendOrPostCallback d, object? state) => pump.Add(this, d, state);

    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException("nothing may block the one thread");

    public override SynchronizationContext CreateCopy() => this;

    public void Start(Func<Task> work) => Post(static state => _ = ((Func<Task>)state!)(), async () =>
    {
        try
        {
            await work();
        }
#pragma warning disable CA1031 // Whatever it is, the run ends with it.
        catch (Exception e)
#pragma warning restore CA1031
        {
            pump.Faults.Add(e);
        }
    });
}
