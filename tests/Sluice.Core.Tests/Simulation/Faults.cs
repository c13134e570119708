namespace Sluice.Core.Tests.Simulation;

/// <summary>Everything that a run does to the core or meets on its way. None may stay untried over all seeds.</summary>
internal enum Fault
{
    // Processes
    Crash,
    Stop,
    ClockJump,

    // The queue
    BellLost,
    BellDoubled,
    BellDelayed,
    BellAbandoned,
    QueueUnavailable,
    QueueAmbiguous,

    // The store
    StoreSlow,
    StoreFailedBefore,
    StoreFailedAfter,
    StoreThrottled,

    // Handlers
    HandlerRetry,
    HandlerRetryAfter,
    HandlerDeadLetter,
    HandlerException,
    HandlerSlow,
    HandlerHang,
    HandlerDeaf,

    // Senders and operators
    NoAnswer,
    HangUp,
    Resend,
    ConcurrentDuplicate,
    LateDuplicate,
    SameKeyTwoSources,
    OtherBytes,
    Replay,
    Purge,

    // What follows from them
    BornClaimed,
    LeaseLapsed,
    LeaseLostAlive,
    Fenced,
    UnknownReplaced,
    DiedByAttempts,
    Expired,
    LetGo,
}

/// <summary>How likely each fault is in one run, drawn from its seed; and how often each has happened.</summary>
internal sealed class Faults
{
    private static readonly (Fault Fault, double Most)[] Ranges =
    [
        (Fault.Crash, 0.012), (Fault.Stop, 0.3), (Fault.ClockJump, 0.6),
        (Fault.BellLost, 0.3), (Fault.BellDoubled, 0.3), (Fault.BellDelayed, 0.4), (Fault.BellAbandoned, 0.5), (Fault.QueueUnavailable, 0.2), (Fault.QueueAmbiguous, 0.1),
        (Fault.StoreSlow, 0.15), (Fault.StoreFailedBefore, 0.1), (Fault.StoreFailedAfter, 0.1), (Fault.StoreThrottled, 0.6),
        (Fault.HandlerRetry, 0.3), (Fault.HandlerRetryAfter, 0.2), (Fault.HandlerDeadLetter, 0.2), (Fault.HandlerException, 0.2),
        (Fault.HandlerSlow, 0.3), (Fault.HandlerHang, 0.15), (Fault.HandlerDeaf, 0.15),
        (Fault.NoAnswer, 0.2), (Fault.HangUp, 0.1), (Fault.ConcurrentDuplicate, 0.3), (Fault.LateDuplicate, 0.4), (Fault.SameKeyTwoSources, 0.5), (Fault.OtherBytes, 0.3),
        (Fault.BornClaimed, 0.7), (Fault.Replay, 0.5), (Fault.Purge, 0.3),
    ];

    private readonly double[] chances = new double[Enum.GetValues<Fault>().Length];
    private readonly Random random;

    public Faults(Random random)
    {
        this.random = random;
        // Each fault is absent from a third of the runs: what one hides, another run shows.
        foreach (var (fault, most) in Ranges) chances[(int)fault] = random.Next(3) == 0 ? 0 : random.NextDouble() * most;
    }

    public long[] Counts { get; } = new long[Enum.GetValues<Fault>().Length];

    /// <summary>Off, the world is a healthy one; senders, operators and handlers do as before.</summary>
    public bool AreOn { get; set; } = true;

    public bool Strikes(Fault fault)
    {
        var strikes = random.NextDouble() < chances[(int)fault] && (AreOn || IsDaily(fault));
        if (strikes) Count(fault);
        return strikes;
    }

    public void Count(Fault fault) => Counts[(int)fault]++;

    private static bool IsDaily(Fault fault) => fault is Fault.BornClaimed or Fault.HandlerRetry or Fault.HandlerDeadLetter or Fault.HandlerSlow or Fault.HandlerRetryAfter;
}
