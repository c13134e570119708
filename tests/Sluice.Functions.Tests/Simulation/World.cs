using Sluice.AzureServices.Hosting;
using Sluice.Contracts;
using Sluice.Contracts.Simulation;
using Sluice.Functions.Tests.Broker;
using Sluice.Functions.Tests.Tables;

namespace Sluice.Functions.Tests.Simulation;

/// <summary>One run: tables and a queue that survive, places where processes of the three apps live and die, senders, people, and faults.</summary>
internal sealed class World
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly FunctionApp[] Places = [FunctionApp.Ingest, FunctionApp.Process, FunctionApp.Process, FunctionApp.Retry, FunctionApp.Retry];

    private readonly SimulatedProcess?[] processes = new SimulatedProcess?[Places.Length];
    private readonly Chaos chaos;
    private readonly Senders senders;
    private TimeSpan tickPause = TimeSpan.FromMinutes(1);
    private int lives;

    public World(int seed, Build build, bool isTraced)
    {
        (Seed, Build) = (seed, build);
        Random = new Random(seed);
        Pump = new Pump(Start, new Random(seed + 1));
        Network = new Actor(Pump);
        Trace = new Trace(isTraced) { Time = Pump.Time };
        Faults = new Faults(Random);
        Setting = new Setting(Random);
        if (Setting.IsCounted) Faults.SpareWhatGoesUncounted();
        Ledger = new Ledger(this);
        Weather = new Weather(this);
        Host = new BellHost(this);
        Tables = new TablesDouble(Time) { SdkRetries = Setting.SdkRetries, Before = Weather.BeforeTablesAsync, After = Weather.AfterTablesAsync, Committed = Ledger.Committed };
        Broker = new BrokerDouble(Time) { Before = Weather.BeforeBusAsync, After = Weather.AfterBusAsync }.AddQueue(Setting.Queue, Setting.QueueOptions);
        chaos = new Chaos(this);
        senders = new Senders(this);
    }

    public int Seed { get; }

    public Build Build { get; }

    public Random Random { get; }

    public Pump Pump { get; }

    public VirtualTime Time => Pump.Time;

    /// <summary>Everything that is in no process: what was sent off, the host, the senders.</summary>
    public Actor Network { get; }

    public Trace Trace { get; }

    public Faults Faults { get; }

    public Setting Setting { get; }

    public Ledger Ledger { get; }

    public Weather Weather { get; }

    public BellHost Host { get; }

    public TablesDouble Tables { get; }

    public BrokerDouble Broker { get; }

    /// <summary>How many requests are on their way.</summary>
    public int Travelling { get; set; }

    /// <summary>How many messages strangers have sent.</summary>
    public int Strangers { get; set; }

    /// <summary>How many copies of messages people have made.</summary>
    public int Copies { get; set; }

    public IReadOnlyList<string> Breaches => Ledger.Breaches;

    /// <summary>The whole run; it ends with the first quiet point that finds a breach.</summary>
    public void Run()
    {
        for (var place = 0; place < Places.Length; place++) Supervise(place);
        if (Build.Ticks) Network.Start(TickAsync);
        Trouble(TimeSpan.FromMinutes(5), webhooks: Random.Next(3, 8));
        Settle("first");
        if (Breaches.Count > 0) return;

        Trouble(TimeSpan.FromMinutes(3), webhooks: Random.Next(2, 5));
        Settle("second");
        if (Breaches.Count > 0 || !Setting.IsAging) return;

        Pump.Run(Setting.Retention - TimeSpan.FromMinutes(20), static () => false);
        Trouble(TimeSpan.FromMinutes(40), webhooks: 2);
        Settle("third");
        if (Breaches.Count == 0) LetEverythingGo();
    }

    public Task DelayAsync(double leastSeconds, double mostSeconds) =>
        Task.Delay(TimeSpan.FromMilliseconds(Math.Round((leastSeconds + (Random.NextDouble() * (mostSeconds - leastSeconds))) * 1000)), Time);

    /// <summary>A process of the app that is there and fit.</summary>
    public SimulatedProcess? AnyProcess(FunctionApp app, Func<SimulatedProcess, bool>? fits = null)
    {
        var first = Random.Next(processes.Length);
        for (var i = 0; i < processes.Length; i++)
        {
            if (processes[(first + i) % processes.Length] is { IsAccepting: true } process && process.App == app && fits?.Invoke(process) != false) return process;
        }

        return null;
    }

    /// <summary>Runs something of the tests' own to its end.</summary>
    public void Run(Func<Task> work)
    {
        var isDone = false;
        Network.Start(async () =>
        {
            await work();
            isDone = true;
        });
        Pump.Run(Time.Elapsed + TimeSpan.FromMinutes(1), () => isDone);
    }

    private void Supervise(int place) => Network.Start(async () =>
    {
        while (true)
        {
            var process = new SimulatedProcess(this, Places[place], $"{Places[place]} {++lives}".ToLowerInvariant());
            Trace.Add(process.Name, "begins");
            processes[place] = process;
            Host.Wake();
            await process.Death;
            processes[place] = null;
            await DelayAsync(0.1, 30);
        }
    });

    // The timer's host: one tick after the other, but some are missed, and some come twice at once.
    private async Task TickAsync()
    {
        while (true)
        {
            await Task.Delay(tickPause, Time);
            if (Faults.Strikes(Fault.TickMissed) || AnyProcess(FunctionApp.Retry, static process => process.Busy == 0) is not { } process) continue;
            _ = process.TickAsync();
            if (Faults.Strikes(Fault.TickDoubled)) _ = AnyProcess(FunctionApp.Retry)?.TickAsync();
        }
    }

    private void Trouble(TimeSpan time, int webhooks)
    {
        Faults.AreOn = true;
        tickPause = TimeSpan.FromMinutes(1);
        senders.Start(webhooks);
        chaos.Start(time);
        Pump.Run(Time.Elapsed + time, static () => false);
    }

    // A quiet point: the faults stop, time runs until nothing is under way, and everything has to be right.
    private void Settle(string name)
    {
        Faults.AreOn = false;
        chaos.Stop();
        // Where it takes days, a rarer tick will do.
        if (Setting.IsAging) tickPause = TimeSpan.FromMinutes(30);
        Trace.Add("world", "heals");
        var invariants = new Invariants(this);
        // Far longer than any delivery can take with these settings.
        var patience = Setting.IsAging ? TimeSpan.FromDays(4) : TimeSpan.FromHours(3);
        if (!Pump.Run(Time.Elapsed + patience, () => IsQuiet() && invariants.IsDeadLetterQueueRight())) Ledger.Breach($"the {name} quiet point was never reached: {Busy()}");
        // Rows that point to nothing are left alone for two minutes, and sums are written every few seconds. Meanwhile retention may have run.
        Pump.Run(Time.Elapsed + TimeSpan.FromMinutes(3), static () => false);
        if (Setting.IsAging) Pump.Run(Time.Elapsed + patience, () => IsQuiet() && invariants.IsDeadLetterQueueRight());
        foreach (var fault in Pump.Faults) Ledger.Breach($"something escaped: {fault}");
        if (Pump.Faults.Count == 0) Run(invariants.CheckAsync);
        Trace.Add("world", "is quiet");
    }

    private void LetEverythingGo()
    {
        var invariants = new Invariants(this);
        if (!Pump.Run(Time.Elapsed + Setting.Retention + TimeSpan.FromHours(3), () => Ledger.Events.Count == 0 && IsQuiet() && invariants.IsDeadLetterQueueRight())) Ledger.Breach($"after the retention there are still {Ledger.Events.Count} events; {Busy()}");
        Pump.Run(Time.Elapsed + TimeSpan.FromHours(1), static () => false);
        invariants.CheckEmpty();
    }

    private bool IsQuiet() =>
        Ledger.Unfinished == 0 && senders.Sending == 0 && Travelling == 0 && !chaos.IsAtWork && Ledger.Index['d'].Count == 0 && Ledger.Index['o'].Count == 0 && Ledger.Index['m'].Count == 0
        && processes.All(static process => process is { Busy: 0, IsAccepting: true }) && Broker.Count(Setting.Queue) is { Active: 0, Scheduled: 0 };

    private string Busy() =>
        $"{Ledger.Unfinished} deliveries unfinished, {senders.Sending} senders, {processes.Sum(process => process?.Busy ?? 0)} invocations, {Travelling} requests, {Broker.Count(Setting.Queue)}, " +
        $"due rows {string.Join(' ', Ledger.Index['d'])}, open deaths {string.Join(' ', Ledger.Index['o'])}";
}
