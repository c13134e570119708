using Sluice.Contracts.Simulation;
using Sluice.Delivery;
using Sluice.Events;
using Sluice.Ingestion;
using Sluice.Storage;

namespace Sluice.Core.Tests.Simulation;

/// <summary>
/// What truly happened, written down beside the book and never read by the core: what senders sent and were answered, what the book
/// granted and accepted, what handlers were given. Breaches that show at once are found here, the others at the quiet points.
/// </summary>
internal sealed partial class Ledger(Setting setting, Faults faults, Trace trace)
{
    // Moments are taken to the millisecond.
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);

    private readonly Dictionary<EventId, List<Webhook>> sent = [];
    private readonly Dictionary<EventId, WebhookEvent> booked = [];
    private readonly Dictionary<DeliveryId, DeliveryLedger> deliveries = [];

    public List<string> Breaches { get; } = [];

    public HashSet<EventId> Acknowledged { get; } = [];

    public IReadOnlyDictionary<EventId, WebhookEvent> Booked => booked;

    public IReadOnlyDictionary<DeliveryId, DeliveryLedger> Deliveries => deliveries;

    /// <summary>How many deliveries died since they were last opened without their handler ever having been called.</summary>
    public int Unheard { get; private set; }

    /// <summary>By how much the wall clock was set back in all: so much earlier than meant is not the core's doing.</summary>
    public TimeSpan ClockSetBack { get; set; }

    public void Breach(string what)
    {
        trace.Add("LEDGER", what);
        Breaches.Add(what);
    }

    public void Sent(Webhook webhook)
    {
        if (!sent.TryGetValue(webhook.Id, out var all)) sent[webhook.Id] = all = [];
        all.Add(webhook);
    }

    public bool WasSent(EventId id, ReadOnlySpan<byte> body)
    {
        foreach (var webhook in sent.GetValueOrDefault(id) ?? [])
        {
            if (body.SequenceEqual(webhook.Body)) return true;
        }

        return false;
    }

    public void Answered(Webhook webhook, Ingested answer)
    {
        trace.Add("sender", "is answered", answer.Result, webhook.Id);
        if (answer.Result is not (IngestResult.Accepted or IngestResult.Duplicate)) Breach($"{webhook.Id} was answered {answer.Result} ({answer.Signature})");
        else if (answer.Id != webhook.Id) Breach($"{webhook.Id} was answered with the id {answer.Id}");
        else Acknowledged.Add(webhook.Id);
    }

    public void Kept(Booking booking, DateTimeOffset now)
    {
        var webhook = booking.Event;
        trace.Add("book", "keeps", webhook.Id, booking.Deliveries.Count);
        if (booked.TryGetValue(webhook.Id, out var first) && first.ReceivedAt + setting.Retention > now) Breach($"{webhook.Id} was booked twice");
        booked[webhook.Id] = webhook with { Body = webhook.Body.ToArray() };
        foreach (var delivery in booking.Deliveries)
        {
            var id = new DeliveryId(webhook.Id, delivery.Destination);
            if (!deliveries.ContainsKey(id)) deliveries[id] = new DeliveryLedger();
            KeptInLine(id, delivery);
            if (delivery.Lease is not null) Claimed(new Claim { Delivery = id, Attempt = 1, CountedFrom = 0, Lease = delivery.Lease }, now);
        }
    }

    public void Claimed(Claim claim, DateTimeOffset now)
    {
        trace.Add("book", "grants", claim.Delivery, claim.Attempt);
        var delivery = deliveries[claim.Delivery];
        if (claim.Attempt <= delivery.LastClaimed) Breach($"{claim.Delivery} attempt {claim.Attempt} was claimed twice");
        else if (claim.Attempt != delivery.LastClaimed + 1) Breach($"{claim.Delivery} attempt {claim.Attempt} was claimed after attempt {delivery.LastClaimed}");
        if (delivery.IsClaimed) Breach($"{claim.Delivery} attempt {claim.Attempt} was claimed while attempt {delivery.LastClaimed} was not recorded");
        if (delivery.Ended is not null) Breach($"{claim.Delivery} attempt {claim.Attempt} was claimed although it is {delivery.Ended}");
        if (claim.CountedFrom != delivery.CountedFrom) Breach($"{claim.Delivery} attempt {claim.Attempt} counts from {claim.CountedFrom}, not from {delivery.CountedFrom}");
        if (claim.Attempt - delivery.CountedFrom > setting.MaxAttempts) Breach($"{claim.Delivery} attempt {claim.Attempt} is one too many: counted from {delivery.CountedFrom}, {setting.MaxAttempts} are allowed");
        if (!delivery.WasLapsed && delivery.NotBefore > now + ClockSetBack + Tick) Breach($"{claim.Delivery} attempt {claim.Attempt} began {delivery.NotBefore - now} before its time");
        (delivery.LastClaimed, delivery.IsClaimed) = (claim.Attempt, true);
    }

    public void Recorded(Completion completion, bool accepted, DateTimeOffset now)
    {
        var (claim, attempt) = (completion.Claim, completion.Attempt);
        trace.Add("book", accepted ? "records" : "refuses", claim.Delivery, $"{claim.Attempt} {attempt.Outcome} {completion.Status} {completion.NextAttemptAt:HH:mm:ss}");
        if (!deliveries.TryGetValue(claim.Delivery, out var delivery)) return;
        if (!accepted)
        {
            faults.Count(Fault.Fenced);
            if (attempt.Outcome != AttemptOutcome.Unknown) faults.Count(Fault.UnknownReplaced);
            return;
        }

        if (!delivery.IsClaimed || claim.Attempt != delivery.LastClaimed) Breach($"{claim.Delivery} attempt {claim.Attempt} was recorded although the delivery had moved on to {delivery.LastClaimed}");
        if (delivery.Ended is not null) Breach($"{claim.Delivery} was {delivery.Ended} and became {completion.Status}");
        if (completion.Status == DeliveryStatus.Delivered && delivery.Calls.GetValueOrDefault(claim.Attempt) != AttemptOutcome.Done)
            Breach($"{claim.Delivery} is delivered, but its handler did not say Done to attempt {claim.Attempt}");
        if (completion.Status == DeliveryStatus.DeadLettered && !delivery.Calls.Keys.Any(number => number > delivery.CountedFrom)) Unheard++;
        if (completion.Status == DeliveryStatus.DeadLettered && attempt.Outcome != AttemptOutcome.DeadLetter) faults.Count(Fault.DiedByAttempts);
        (delivery.IsClaimed, delivery.NotBefore) = (false, completion.NextAttemptAt);
        delivery.Ended = completion.Status.IsEnd() ? completion.Status : null;
        delivery.HasEnded |= completion.Status.IsEnd();
        // Of several that find a lease lapsed each decides when the next attempt is, and one that doubts whether its word was taken rings for its own moment.
        delivery.WasLapsed = claim.Lease.Until <= now;
    }

    public void Replayed(Processing.Bell bell)
    {
        trace.Add("book", "reopens", bell.Delivery, bell.Attempt);
        var delivery = deliveries[bell.Delivery];
        if (bell.Attempt != delivery.LastClaimed + 1) Breach($"{bell.Delivery} was replayed with attempt {bell.Attempt} after attempt {delivery.LastClaimed}");
        (delivery.Ended, delivery.NotBefore, delivery.IsClaimed, delivery.CountedFrom) = (null, null, false, delivery.LastClaimed);
        delivery.IsReplayed = true;
    }

    public void Purged(DeliveryId id)
    {
        trace.Add("book", "skips", id);
        if (deliveries[id].Ended != DeliveryStatus.DeadLettered) Breach($"{id} was purged although it was not dead");
        deliveries[id].Ended = DeliveryStatus.Skipped;
    }

    public void HandlerStarted(WebhookEvent webhook, DeliveryContext context)
    {
        var (id, attempt) = (context.Delivery, context.Attempt);
        trace.Add("handler", "gets", id, attempt);
        if (!booked.TryGetValue(webhook.Id, out var kept) || !kept.Body.Span.SequenceEqual(webhook.Body.Span)) Breach($"{id} attempt {attempt} got other bytes than were booked");
        var delivery = deliveries[id];
        if (attempt > delivery.LastClaimed) Breach($"{id} attempt {attempt} was handled without a claim");
        if (!delivery.Calls.TryAdd(attempt, null)) Breach($"{id} attempt {attempt} was handled twice");
        StartedInLine(context);
    }

    public void HandlerEnded(DeliveryId id, int attempt, AttemptOutcome outcome)
    {
        trace.Add("handler", "says", id, $"{attempt} {outcome}");
        deliveries[id].Calls[attempt] = outcome;
        if (outcome == AttemptOutcome.Done) ArrivedInLine(id, attempt, deliveries[id]);
    }
}

/// <summary>What truly happened to one delivery.</summary>
internal sealed class DeliveryLedger
{
    public int LastClaimed { get; set; }

    public int CountedFrom { get; set; }

    /// <summary>Whether the last claimed attempt is not recorded yet.</summary>
    public bool IsClaimed { get; set; }

    public DateTimeOffset? NotBefore { get; set; }

    public DeliveryStatus? Ended { get; set; }

    /// <summary>Whether it ever was at an end.</summary>
    public bool HasEnded { get; set; }

    public bool IsReplayed { get; set; }

    /// <summary>Whether the last attempt was recorded when its lease had ended.</summary>
    public bool WasLapsed { get; set; }

    /// <summary>The line in which it was kept.</summary>
    public LineLedger? Line { get; set; }

    /// <summary>The handler's calls by attempt and what it said; null while it has said nothing.</summary>
    public SortedDictionary<int, AttemptOutcome?> Calls { get; } = [];
}
