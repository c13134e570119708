using Sluice.Events;
using Sluice.Inspection;
using Sluice.Processing;
using Sluice.Storage;

namespace Sluice.Contracts;

/// <summary>
/// The promises of <see cref="IEventStore"/>, each a test. A store's test class derives from this and says how to open an empty one;
/// it changes nothing else. The parts are in the files named after their subject.
/// </summary>
public abstract partial class EventStoreContract : IAsyncLifetime
{
    protected const string Billing = "billing";
    protected const string Audit = "audit";

    protected static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, 123, TimeSpan.Zero);
    protected static readonly TimeSpan LeaseTime = TimeSpan.FromSeconds(60);

    private static long token;

    /// <summary>The clock of the test. The store has none: every moment is passed in.</summary>
    protected VirtualTime Time { get; } = new(Start);

    protected IEventStore Store { get; private set; } = null!;

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Opens an empty store.</summary>
    protected abstract ValueTask<IEventStore> OpenAsync();

    /// <summary>Closes it and removes what it left behind.</summary>
    protected virtual ValueTask CloseAsync(IEventStore store) => ValueTask.CompletedTask;

    public async ValueTask InitializeAsync() => Store = await OpenAsync();

    public async ValueTask DisposeAsync()
    {
        if (Store is not null) await CloseAsync(Store);
        GC.SuppressFinalize(this);
    }

    protected DateTimeOffset Now => Time.GetUtcNow();

    protected static WebhookEvent Event(string key, string source = "stripe", string type = "invoice.paid", DateTimeOffset? receivedAt = null, byte[]? body = null, HeaderList? headers = null) => new()
    {
        Id = EventId.Of(source, key),
        Source = source,
        Type = type,
        IdempotencyKey = key,
        ReceivedAt = receivedAt ?? Start,
        Headers = headers ?? HeaderList.Empty,
        Body = body ?? "{}"u8.ToArray(),
    };

    /// <summary>Books an event with free deliveries that are due a minute after it was received.</summary>
    protected async ValueTask<Booked> BookAsync(WebhookEvent webhook, params string[] destinations) =>
        await Store.BookAsync(new Booking(webhook, [.. destinations.Select(name => new BookedDelivery(name, webhook.ReceivedAt.AddMinutes(1), null))]), Cancellation);

    /// <summary>Books one event with one free delivery.</summary>
    protected async ValueTask<DeliveryId> BookOneAsync(string key = "evt_1", string destination = Billing)
    {
        var webhook = Event(key);
        await BookAsync(webhook, destination);
        return new DeliveryId(webhook.Id, destination);
    }

    protected Lease NewLease() => new(Interlocked.Increment(ref token), Now + LeaseTime);

    protected async ValueTask<Claim> ClaimAsync(DeliveryId delivery, int attempt)
    {
        var answer = await Store.ClaimAsync(new Bell(delivery, attempt), NewLease(), Now, Cancellation);
        Assert.Equal(ClaimResult.Claimed, answer.Result);
        return answer.Claim!;
    }

    protected static Completion Delivered(Claim claim, DateTimeOffset at) => new()
    {
        Claim = claim, Attempt = Attempt(claim.Attempt, AttemptOutcome.Done, at, statusCode: 200), Status = DeliveryStatus.Delivered, At = at,
    };

    protected static Completion Retrying(Claim claim, DateTimeOffset at, DateTimeOffset next, DateTimeOffset? due = null, AttemptOutcome outcome = AttemptOutcome.Retry) => new()
    {
        Claim = claim,
        Attempt = Attempt(claim.Attempt, outcome, at, statusCode: 500, error: "500 Internal Server Error"),
        Status = DeliveryStatus.Retrying,
        Reason = "500 Internal Server Error",
        NextAttemptAt = next,
        Due = due ?? next,
        At = at,
    };

    protected static Completion Dead(Claim claim, DateTimeOffset at, string reason = "410 Gone", int? statusCode = 410) => new()
    {
        Claim = claim, Attempt = Attempt(claim.Attempt, AttemptOutcome.DeadLetter, at, statusCode, reason), Status = DeliveryStatus.DeadLettered, Reason = reason, At = at,
    };

    protected static Attempt Attempt(int number, AttemptOutcome outcome, DateTimeOffset at, int? statusCode = null, string? error = null) => new()
    {
        Number = number, Outcome = outcome, StatusCode = statusCode, Error = error, StartedAt = at, Duration = TimeSpan.FromMilliseconds(37),
    };

    protected async ValueTask DeliverAsync(DeliveryId delivery, int attempt = 1) =>
        Assert.True(await Store.RecordAsync(Delivered(await ClaimAsync(delivery, attempt), Now), Cancellation));

    protected async ValueTask KillAsync(DeliveryId delivery, int attempt = 1, string reason = "410 Gone") =>
        Assert.True(await Store.RecordAsync(Dead(await ClaimAsync(delivery, attempt), Now, reason), Cancellation));

    protected async ValueTask<EventRecord> FindAsync(EventId id)
    {
        var record = await Store.FindAsync(id, Cancellation);
        Assert.NotNull(record);
        return record;
    }

    protected async ValueTask<DeliveryRecord> FindAsync(DeliveryId id) =>
        Assert.Single((await FindAsync(id.Event)).Deliveries, delivery => delivery.Destination == id.Destination);

    protected async ValueTask<DueRows> DueAsync(DateTimeOffset upTo, int limit = 100) => await Store.DueAsync(upTo, limit, Cancellation);

    /// <summary>Every event that a filter finds, page by page.</summary>
    protected async ValueTask<List<EventRecord>> ListAsync(EventFilter filter)
    {
        var found = new List<EventRecord>();
        do
        {
            var page = await Store.ListAsync(filter, Cancellation);
            Assert.True(page.Items.Count <= filter.Limit, "a page is longer than its limit");
            found.AddRange(page.Items);
            filter = filter with { Before = page.Next };
        }
        while (filter.Before is not null);
        return found;
    }

    /// <summary>Every dead letter that a filter finds, page by page.</summary>
    protected async ValueTask<List<DeadLetter>> ListDeadAsync(DeadLetterFilter filter)
    {
        var found = new List<DeadLetter>();
        do
        {
            var page = await Store.ListDeadAsync(filter, Cancellation);
            Assert.True(page.Items.Count <= filter.Limit, "a page is longer than its limit");
            found.AddRange(page.Items);
            filter = filter with { Before = page.Next };
        }
        while (filter.Before is not null);
        return found;
    }
}
