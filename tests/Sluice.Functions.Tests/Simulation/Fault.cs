using Sluice.Contracts.Simulation;

namespace Sluice.Functions.Tests.Simulation;

/// <summary>Everything that a run does to the three apps or that they meet on their way. None may stay untried over all seeds.</summary>
internal enum Fault
{
    // Processes and their host
    Crash,
    Stop,
    ClockJump,
    TickMissed,
    TickDoubled,

    // Table Storage
    TablesThrottled,
    TablesSlow,
    TablesFailedBefore,
    TablesFailedAfter,
    TablesAnswerLate,
    TablesDown,

    // Service Bus
    BusUnavailable,
    BusSlow,
    BusAmbiguous,
    BusDown,
    BothDown,
    BellLost,
    MessageDoubled,
    MessageLate,
    SettlementLost,
    SettlementLate,
    SettlementUnknown,
    LockNotRenewed,
    StrangersMessage,

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
    Resend,
    ConcurrentDuplicate,
    LateDuplicate,
    SameKeyTwoSources,
    OtherBytes,
    LargeBody,
    Replay,
    ReplayDead,
    Purge,
    Resubmit,
    ResubmitCopy,
    SentTogether,

    // What follows from them
    Unavailable,
    Carried,
    LockLost,
    Redelivered,
    WornOut,
    LeaseLapsed,
    UnknownReplaced,
    DiedByAttempts,
    Reopened,
    Purged,
    Expired,
    LetGo,
}

/// <summary>How likely each fault is in one run; senders, operators and handlers do some of it in a healthy world too.</summary>
internal sealed class Faults(Random random) : Faults<Fault>(
    random,
    [
        (Fault.Crash, 0.02), (Fault.Stop, 0.3), (Fault.ClockJump, 0.8), (Fault.TickMissed, 0.5), (Fault.TickDoubled, 0.5),
        (Fault.TablesThrottled, 0.04), (Fault.TablesSlow, 0.06), (Fault.TablesFailedBefore, 0.04), (Fault.TablesFailedAfter, 0.05), (Fault.TablesAnswerLate, 0.05), (Fault.TablesDown, 0.08),
        (Fault.BusUnavailable, 0.2), (Fault.BusSlow, 0.1), (Fault.BusAmbiguous, 0.15), (Fault.BusDown, 0.1), (Fault.BothDown, 0.06),
        (Fault.BellLost, 0.3), (Fault.MessageDoubled, 0.3), (Fault.MessageLate, 0.2), (Fault.SettlementLost, 0.2), (Fault.SettlementLate, 0.2), (Fault.SettlementUnknown, 0.2),
        (Fault.LockNotRenewed, 0.5), (Fault.StrangersMessage, 0.1),
        (Fault.HandlerRetry, 0.3), (Fault.HandlerRetryAfter, 0.2), (Fault.HandlerDeadLetter, 0.3), (Fault.HandlerException, 0.2),
        (Fault.HandlerSlow, 0.3), (Fault.HandlerHang, 0.15), (Fault.HandlerDeaf, 0.15),
        (Fault.NoAnswer, 0.2), (Fault.ConcurrentDuplicate, 0.3), (Fault.LateDuplicate, 0.4), (Fault.SameKeyTwoSources, 0.5), (Fault.OtherBytes, 0.3), (Fault.LargeBody, 0.1),
        (Fault.Replay, 0.4), (Fault.ReplayDead, 0.3), (Fault.Purge, 0.3), (Fault.Resubmit, 0.6), (Fault.ResubmitCopy, 0.3),
    ],
    Fault.HandlerRetry, Fault.HandlerDeadLetter, Fault.HandlerSlow, Fault.HandlerRetryAfter)
{
    /// <summary>All that leaves an effect which nobody was told of, or which two take for their own: sums are only meant to be exact without it.</summary>
    public void SpareWhatGoesUncounted() => Spare(
        Fault.Crash, Fault.Stop, Fault.TickDoubled, Fault.TablesSlow, Fault.TablesFailedBefore, Fault.TablesFailedAfter, Fault.TablesAnswerLate, Fault.TablesThrottled, Fault.TablesDown, Fault.BothDown);
}
