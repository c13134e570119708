using Sluice.Events;
using Sluice.Processing;
using Sluice.Storage;

namespace Sluice.LocalHost.Sqlite;

/// <summary>Claiming deliveries and recording how their attempts ended.</summary>
internal sealed partial class Book
{
    // What this start has claimed, as it was claimed: an outcome that finds it unchanged need not read it again.
    private readonly Dictionary<DeliveryId, (long Seq, DeliveryRow Row)> claimed = [];

    private Statement readDelivery = null!;
    private Statement claimDelivery = null!;
    private Statement recordDelivery = null!;
    private Statement writeAttempt = null!;
    private Statement postpone = null!;

    private void PrepareAttempts()
    {
        readDelivery = Prepare("SELECT status, attempt, counted_from, start, due, token, order_key, place, sent_at FROM deliveries WHERE event = ?1 AND destination = ?2");
        claimDelivery = Prepare("UPDATE deliveries SET attempt = ?3, start = ?4, due = ?5, token = ?6 WHERE event = ?1 AND destination = ?2");
        recordDelivery = Prepare("""
            UPDATE deliveries SET status = ?3, start = 0, due = ?4, next_at = ?5, token = NULL, reason = ?6, ended_at = ?7, place = ?8
            WHERE event = ?1 AND destination = ?2 AND start > 0 AND attempt = ?9 AND token = ?10
            """);
        writeAttempt = Prepare("""
            INSERT INTO attempts(event, destination, number, outcome, status_code, error, started_at, duration) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
            ON CONFLICT DO UPDATE SET outcome = ?4, status_code = ?5, error = ?6, started_at = ?7, duration = ?8
            """);
        postpone = Prepare("UPDATE deliveries SET start = 0, due = ?3 WHERE event = ?1 AND destination = ?2 AND due IS NOT NULL AND start IN (-1, 0) AND attempt = ?4");
    }

    public ClaimAnswer Claim(Bell bell, Lease lease, DateTimeOffset now)
    {
        if (Seq(bell.Delivery.Event) is not { } seq || Read(seq, bell.Delivery.Destination) is not { } row) return new(ClaimResult.Missing);
        if (row.Status.IsEnd() || (row.IsClaimed ? row.Attempt : row.Attempt + 1) != bell.Attempt) return new(ClaimResult.Stale);
        if (row.IsClaimed && row.Due > now && row.Start == Start) return new(ClaimResult.Leased);
        if (row.IsClaimed) return new(ClaimResult.Lapsed, row.Claim(bell.Delivery));

        return Claim(seq, bell, row, lease) is { } claim ? new(ClaimResult.Claimed, claim) : new(ClaimResult.Behind);
    }

    // Null when another of its line is before it.
    private Claim? Claim(long seq, Bell bell, in DeliveryRow row, Lease lease)
    {
        var destination = bell.Delivery.Destination;
        if (row.IsInLine && !IsFirst(seq, destination, row)) return null;
        claimDelivery.Bind(seq).Bind(destination).Bind(bell.Attempt).Bind(Start).Bind(lease.Until).Bind(lease.Token).Run();
        claimed[bell.Delivery] = (seq, row);
        return new Claim { Delivery = bell.Delivery, Attempt = bell.Attempt, CountedFrom = row.CountedFrom, Lease = lease, Place = PlaceOf(destination, row) };
    }

    /// <summary>False when the fence refused; the attempt is kept all the same.</summary>
    public Recorded Record(Completion completion)
    {
        var (claim, attempt) = (completion.Claim, completion.Attempt);
        if (claimed.Remove(claim.Delivery, out var known) && Record(completion, known.Seq, known.Row))
        {
            Write(attempt, claim.Delivery, known.Seq);
            return Held(completion, known.Row);
        }

        if (Seq(claim.Delivery.Event) is not { } seq || Read(seq, claim.Delivery.Destination) is not { } row) return new(IsHeld: false);
        var holds = row.IsClaimed && row.Attempt == claim.Attempt && row.Token == claim.Lease.Token;
        // Whoever lost its claim to an Unknown may still say what really happened; nobody may turn what is known into Unknown.
        if (holds || attempt.Outcome != AttemptOutcome.Unknown) Write(attempt, claim.Delivery, seq);
        return holds && Record(completion, seq, row) ? Held(completion, row) : new(IsHeld: false);
    }

    // False when the claim does not hold any more.
    private bool Record(Completion completion, long seq, in DeliveryRow row)
    {
        var claim = completion.Claim;
        return recordDelivery.Bind(seq).Bind(claim.Delivery.Destination).Bind((long)completion.Status).Bind(completion.Due).Bind(completion.NextAttemptAt)
            .Bind(completion.Reason).Bind(completion.Status.IsEnd() ? completion.At : null).Bind(completion.ReleasesLine && row.Place == Holding ? InLine : row.Place)
            .Bind(claim.Attempt).Bind(claim.Lease.Token).Run() == 1;
    }

    private Recorded Held(Completion completion, in DeliveryRow row)
    {
        Move(row.Status, completion.Status);
        return new(IsHeld: true, completion.Status.IsEnd() ? MoveOn(completion.Claim.Delivery.Destination, row, completion.At) : null);
    }

    private void Write(Attempt attempt, DeliveryId delivery, long seq) =>
        writeAttempt.Bind(seq).Bind(delivery.Destination).Bind(attempt.Number).Bind((long)attempt.Outcome).Bind(attempt.StatusCode)
            .Bind(attempt.Error).Bind(attempt.StartedAt).Bind(attempt.Duration.Ticks).Run();

    public void Postpone(Bell bell, DateTimeOffset due)
    {
        if (Seq(bell.Delivery.Event) is { } seq) postpone.Bind(seq).Bind(bell.Delivery.Destination).Bind(due).Bind(bell.Attempt - 1).Run();
    }

    private DeliveryRow? Read(long seq, string destination)
    {
        readDelivery.Bind(seq).Bind(destination);
        DeliveryRow? row = readDelivery.Step()
            ? new((DeliveryStatus)readDelivery.Int(0), readDelivery.Int(1), readDelivery.Int(2), readDelivery.Long(3), readDelivery.TimeOrNull(4), readDelivery.Long(5))
            {
                OrderKey = readDelivery.TextOrNull(6), Place = readDelivery.IsNull(7) ? null : readDelivery.Long(7), SentAt = readDelivery.IsNull(8) ? null : new(readDelivery.Long(8), TimeSpan.Zero),
            }
            : null;
        readDelivery.Reset();
        return row;
    }

    private readonly record struct DeliveryRow(DeliveryStatus Status, int Attempt, int CountedFrom, long Start, DateTimeOffset? Due, long Token)
    {
        public string? OrderKey { get; init; }

        public long? Place { get; init; }

        public DateTimeOffset? SentAt { get; init; }

        public bool IsClaimed => Start > 0;

        public bool IsInLine => Place >= InLine;

        public Claim Claim(DeliveryId delivery) => new()
        {
            Delivery = delivery, Attempt = Attempt, CountedFrom = CountedFrom, Lease = new Lease(Token, Due ?? DateTimeOffset.UnixEpoch),
        };
    }
}
