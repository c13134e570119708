using Sluice.Contracts.Simulation;

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
    Parked,
    Released,
    BreakerOpened,
    Expired,
    LetGo,
}

/// <summary>How likely each fault is in one run; senders, operators and handlers do some of it in a healthy world too.</summary>
internal sealed class Faults(Random random) : Faults<Fault>(
    random,
    [
        (Fault.Crash, 0.012), (Fault.Stop, 0.3), (Fault.ClockJump, 0.6),
        (Fault.BellLost, 0.3), (Fault.BellDoubled, 0.3), (Fault.BellDelayed, 0.4), (Fault.BellAbandoned, 0.5), (Fault.QueueUnavailable, 0.2), (Fault.QueueAmbiguous, 0.1),
        (Fault.StoreSlow, 0.15), (Fault.StoreFailedBefore, 0.1), (Fault.StoreFailedAfter, 0.1), (Fault.StoreThrottled, 0.6),
        (Fault.HandlerRetry, 0.3), (Fault.HandlerRetryAfter, 0.2), (Fault.HandlerDeadLetter, 0.2), (Fault.HandlerException, 0.2),
        (Fault.HandlerSlow, 0.3), (Fault.HandlerHang, 0.15), (Fault.HandlerDeaf, 0.15),
        (Fault.NoAnswer, 0.2), (Fault.HangUp, 0.1), (Fault.ConcurrentDuplicate, 0.3), (Fault.LateDuplicate, 0.4), (Fault.SameKeyTwoSources, 0.5), (Fault.OtherBytes, 0.3),
        (Fault.BornClaimed, 0.7), (Fault.Replay, 0.5), (Fault.Purge, 0.3),
    ],
    Fault.BornClaimed, Fault.HandlerRetry, Fault.HandlerDeadLetter, Fault.HandlerSlow, Fault.HandlerRetryAfter);
