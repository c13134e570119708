using Sluice.Contracts;
using Sluice.Contracts.Simulation;
using Sluice.Inspection;
using Sluice.Storage;

namespace Sluice.Core.Tests.Simulation;

/// <summary>One run: a book and a queue that survive, two places where processes live and die, senders, an operator, and faults.</summary>
internal sealed class World
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    // Far longer than any delivery can take with these settings.
    private static readonly TimeSpan Patience = TimeSpan.FromDays(5);

    private readonly SimulatedProcess?[] processes = new SimulatedProcess?[2];
    private readonly Chaos chaos;
    private readonly Senders senders;
    private int lives;

    public World(int seed, Build build, bool isTraced, Load? load = null)
    {
        (Seed, Build, Load) = (seed, build, load ?? Load.Small);
        Random = new Random(seed);
        Pump = new Pump(Start, new Random(seed + 1));
        Network = new Actor(Pump);
        Trace = new Trace(isTraced) { Time = Pump.Time };
        Faults = new Faults(Random);
        Setting = new Setting(Random, isOrderedOnly: Load.Webhooks is not null);
        Ledger = new Ledger(Setting, Faults, Trace);
        Book = new InMemoryEventStore { IsFenced = build.IsFenced, IsOrdered = build.IsOrdered };
        Queue = new SimulatedQueue(this);
        chaos = new Chaos(this);
        senders = new Senders(this);
    }

    public int Seed { get; }

    public Build Build { get; }

    public Load Load { get; }

    public Random Random { get; }

    public Pump Pump { get; }

    public VirtualTime Time => Pump.Time;

    /// <summary>To the millisecond, as hosts take it.</summary>
    public DateTimeOffset Now => DateTimeOffset.FromUnixTimeMilliseconds(Time.GetUtcNow().ToUnixTimeMilliseconds());

    /// <summary>Everything that is in no process: what was sent off, the queue, the senders.</summary>
    public Actor Network { get; }

    public Trace Trace { get; }

    public Faults Faults { get; }

    public Setting Setting { get; }

    public Ledger Ledger { get; }

    public InMemoryEventStore Book { get; }

    public SimulatedQueue Queue { get; }

    /// <summary>The small documents that all processes share.</summary>
    public ProcessState State { get; } = new();

    public bool IsThrottled => chaos.IsThrottled;

    public IReadOnlyList<string> Breaches => Ledger.Breaches;

    /// <summary>The whole run; it ends with the first breach that is found.</summary>
    public void Run()
    {
        for (var place = 0; place < processes.Length; place++) Supervise(place);
        Trouble(TimeSpan.FromMinutes(8), webhooks: Load.Webhooks ?? Random.Next(4, 13));
        Settle("first");
        if (Breaches.Count > 0 || Load.Webhooks is not null) return;

        Trouble(TimeSpan.FromMinutes(5), webhooks: Random.Next(3, 9));
        Settle("second");
        if (Breaches.Count > 0 || !Setting.IsAging) return;

        Trouble(Setting.Retention, webhooks: 2);
        Settle("third");
        if (Breaches.Count == 0) LetEverythingGo();
    }

    public Task DelayAsync(double leastSeconds, double mostSeconds) =>
        Task.Delay(TimeSpan.FromMilliseconds(Math.Round((leastSeconds + (Random.NextDouble() * (mostSeconds - leastSeconds))) * 1000)), Time);

    /// <summary>One of the processes that are there and fit.</summary>
    public SimulatedProcess? AnyProcess(Func<SimulatedProcess, bool> fits)
    {
        var first = Random.Next(processes.Length);
        for (var i = 0; i < processes.Length; i++)
        {
            if (processes[(first + i) % processes.Length] is { } process && fits(process)) return process;
        }

        return null;
    }

    public bool IsRunning(Claim claim) => processes.Any(process => process?.Running.Contains((claim.Delivery, claim.Attempt)) == true);

    private void Supervise(int place) => Network.Start(async () =>
    {
        while (true)
        {
            var process = new SimulatedProcess(this, $"life {++lives}");
            Trace.Add(process.Name, "begins");
            processes[place] = process;
            await process.Death;
            processes[place] = null;
            await DelayAsync(0.1, 30);
        }
    });

    private void Trouble(TimeSpan time, int webhooks)
    {
        Faults.AreOn = true;
        senders.Start(webhooks);
        chaos.Start(time);
        Pump.Run(Time.Elapsed + time, static () => false);
    }

    // A quiet point: the faults stop, time runs until nothing is under way, and everything has to be right.
    private void Settle(string name)
    {
        Faults.AreOn = false;
        chaos.Stop();
        Trace.Add("world", "heals");
        if (!Pump.Run(Time.Elapsed + Patience, IsQuiet)) Ledger.Breach($"the {name} quiet point was never reached: {Count()}, {senders.Sending} senders, {processes.Sum(process => process?.Busy ?? 0)} busy workers");
        foreach (var fault in Pump.Faults) Ledger.Breach($"something escaped: {fault}");
        if (processes.OfType<SimulatedProcess>().Any(process => process.Reserved != 0)) Ledger.Breach("workers stay reserved for nothing");
        new Invariants(Book, Ledger, Setting, Setting.Build(new SimulatedHandler(this, null!))).Check(Now);
        Trace.Add("world", "is quiet", Count());
    }

    private void LetEverythingGo()
    {
        if (!Pump.Run(Time.Elapsed + Setting.Retention + TimeSpan.FromHours(3), () => Count().Events == 0)) Ledger.Breach($"after the retention there is still {Count()}");
        else if (Count() != new Stats(0, 0, 0, 0, 0, 0, 0, 0)) Ledger.Breach($"an empty book counts {Count()}");
    }

    private bool IsQuiet() =>
        senders.Sending == 0 && !chaos.IsAtWork && processes.All(process => process is { Busy: 0, IsAccepting: true }) && Count() is { Pending: 0, Retrying: 0 };

    private Stats Count() => Book.CountAsync(default).AtOnce();
}
