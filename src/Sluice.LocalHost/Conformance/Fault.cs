namespace Sluice.LocalHost.Conformance;

/// <summary>What can be wrong with a receiver of webhooks.</summary>
internal enum FaultKind
{
    /// <summary>A genuine event gets no success.</summary>
    RefusesGenuine,

    /// <summary>A genuine event is sent somewhere else, where its sender does not go.</summary>
    Redirects,

    /// <summary>What is checked is not the bytes that were sent but what a parser made of them.</summary>
    ChecksParsedBody,

    /// <summary>The sender does not wait as long as the answer takes.</summary>
    TooSlow,

    /// <summary>A repeat of an event gets no success, so that the sender goes on repeating it.</summary>
    RefusesDuplicates,

    /// <summary>A repeat of an event becomes another event.</summary>
    KeepsTwice,

    /// <summary>An event was answered with success and is nowhere.</summary>
    Loses,

    /// <summary>The answer is success at a moment when the event is not kept yet.</summary>
    AnswersBeforeKeeping,

    /// <summary>A recording is as good as a new event.</summary>
    IgnoresTime,

    /// <summary>A secret that is valid beside the first is not taken.</summary>
    RefusesNextSecret,

    /// <summary>A secret that is no longer valid is taken.</summary>
    AcceptsRetiredSecret,

    /// <summary>What nobody signed gets success.</summary>
    AcceptsForgeries,

    /// <summary>What nobody signed is refused in a way that senders misread.</summary>
    RefusesForgeriesOddly,

    /// <summary>What was refused is kept all the same.</summary>
    KeepsForgeries,

    /// <summary>Events that come at once are not all taken.</summary>
    FailsInBursts,
}

/// <summary>One thing that is wrong, where it was seen and what mends it.</summary>
internal sealed record Fault(FaultKind Kind, string What, IReadOnlyList<string> Scenarios)
{
    public string Fix => Kind switch
    {
        FaultKind.RefusesGenuine => "check that the receiver has the secret that signs here, and that nothing before it (a proxy, a body parser, a firewall) changes the request",
        FaultKind.Redirects => "answer at this URL itself, or give the sender the one that it leads to (https, a slash at the end): senders take a redirect for a failure, and many do not follow it",
        FaultKind.ChecksParsedBody => "compute the signature over the raw bytes of the body, before anything parses it",
        FaultKind.TooSlow => "keep the event, answer, and do the work afterwards",
        FaultKind.RefusesDuplicates => "answer the repeat of an event that is kept with the same success; after anything else the sender sends it again",
        FaultKind.KeepsTwice => "insert the sender's id of the event under a unique key, in one transaction with the event, and do nothing where it is there already",
        FaultKind.Loses => "commit before the answer, and finish what arrived whole although the sender hung up",
        FaultKind.AnswersBeforeKeeping => "answer after the commit: an event in memory is lost with the process, and the sender will not send it again",
        FaultKind.IgnoresTime => "refuse a signed time that is further from now than the sender's tolerance, after the signature was found genuine",
        FaultKind.RefusesNextSecret => "take a signature by any secret that is valid now, so that nothing is lost while secrets are rotated",
        FaultKind.AcceptsRetiredSecret => "take a retired secret out of the receiver",
        FaultKind.AcceptsForgeries => "verify every request before anything else is done with it, compare in fixed time, and answer 401 to what does not hold",
        FaultKind.RefusesForgeriesOddly => "answer 401: senders repeat after 3xx and 5xx, and some take 410 for the end of the subscription",
        FaultKind.KeepsForgeries => "verify before anything is kept",
        FaultKind.FailsInBursts => "keep first and work later, and let requests wait for a moment rather than refuse them",
        _ => throw new InvalidOperationException($"{Kind} has no fix"),
    };
}
