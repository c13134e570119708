using Sluice.Events;
using Sluice.Inspection;
using Sluice.Processing;
using Sluice.Storage;

namespace Sluice.Core.Tests.Simulation;

/// <summary>Builds with one promise broken, each by something put between the core and its ports.</summary>
internal static class BrokenBuilds
{
    public static Build AnswerBeforeCommit { get; } = new("answer before commit") { Store = static (store, _) => new Hasty(store) };

    public static Build CheckThenInsert { get; } = new("check-then-insert") { Store = static (store, _) => new Looking(store) };

    public static Build NoFence { get; } = new("no fence") { IsFenced = false };

    public static Build OutOfTurn { get; } = new("claims without a look at who is first") { IsOrdered = false };

    public static Build LostBellNeverRungAgain { get; } = new("a lost bell never rung again") { Sweeps = false };

    public static Build DueRowAfterEvent { get; } = new("due row after event") { Store = static (store, _) => new Tidy(store) };

    public static Build DedupeWithoutSource { get; } = new("dedupe without source") { Store = static (store, world) => new Blind(store, world) };

    private sealed class Hasty(IEventStore store) : PassingStore(store)
    {
        public override ValueTask<Booked> BookAsync(Booking booking, CancellationToken cancellationToken)
        {
            _ = KeepAsync(booking, cancellationToken);
            return new(new Booked(IsDuplicate: false));
        }

        private async Task KeepAsync(Booking booking, CancellationToken cancellationToken)
        {
            try
            {
                await base.BookAsync(booking, cancellationToken);
            }
            catch (Exception e) when (e is StoreUnavailableException or OperationCanceledException)
            {
                // Too late to tell the sender.
            }
        }
    }

    private sealed class Looking(SimulatedStore store) : PassingStore(store)
    {
        public override async ValueTask<Booked> BookAsync(Booking booking, CancellationToken cancellationToken) =>
            await FindAsync(booking.Event.Id, cancellationToken) is null
                ? await store.OverwriteAsync(booking, cancellationToken)
                : await base.BookAsync(booking, cancellationToken);
    }

    private sealed class Tidy(IEventStore store) : PassingStore(store)
    {
        // Later than any run lasts: the delivery has no due row until the second step.
        private static readonly DateTimeOffset Never = new(3000, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public override async ValueTask<Booked> BookAsync(Booking booking, CancellationToken cancellationToken)
        {
            var booked = await base.BookAsync(booking with { Deliveries = [.. booking.Deliveries.Select(delivery => delivery with { Due = Never })] }, cancellationToken);
            if (booked.IsDuplicate) return booked;
            foreach (var delivery in booking.Deliveries)
                await PostponeAsync(new Bell(new(booking.Event.Id, delivery.Destination), 1), delivery.Due, cancellationToken);
            return booked;
        }
    }

    private sealed class Blind(IEventStore store, World world) : PassingStore(store)
    {
        public override async ValueTask<Booked> BookAsync(Booking booking, CancellationToken cancellationToken)
        {
            var (source, key) = (booking.Event.Source, booking.Event.IdempotencyKey);
            var others = new[] { Setting.Stripe, Setting.Standard }.Where(name => name != source).Select(name => EventId.Of(name, key));
            return others.Any(world.Ledger.Booked.ContainsKey) ? new Booked(IsDuplicate: true) : await base.BookAsync(booking, cancellationToken);
        }
    }
}

/// <summary>A store that passes everything on, for variants that change one call.</summary>
internal abstract class PassingStore(IEventStore store) : IEventStore
{
    public virtual ValueTask<Booked> BookAsync(Booking booking, CancellationToken cancellationToken) => store.BookAsync(booking, cancellationToken);

    public ValueTask<ClaimAnswer> ClaimAsync(Bell bell, Lease lease, DateTimeOffset now, CancellationToken cancellationToken) => store.ClaimAsync(bell, lease, now, cancellationToken);

    public ValueTask<Recorded> RecordAsync(Completion completion, CancellationToken cancellationToken) => store.RecordAsync(completion, cancellationToken);

    public ValueTask<DueRows> DueAsync(DateTimeOffset upTo, int limit, CancellationToken cancellationToken) => store.DueAsync(upTo, limit, cancellationToken);

    public ValueTask PostponeAsync(Bell bell, DateTimeOffset due, CancellationToken cancellationToken) => store.PostponeAsync(bell, due, cancellationToken);

    public ValueTask<bool> ParkAsync(Bell bell, DateTimeOffset now, CancellationToken cancellationToken) => store.ParkAsync(bell, now, cancellationToken);

    public ValueTask<IReadOnlyList<DueRow>> ParkedAsync(string destination, int limit, CancellationToken cancellationToken) => store.ParkedAsync(destination, limit, cancellationToken);

    public ValueTask<IReadOnlyList<string>> ParkedDestinationsAsync(CancellationToken cancellationToken) => store.ParkedDestinationsAsync(cancellationToken);

    public ValueTask<Bell?> ReplayAsync(DeliveryId delivery, DateTimeOffset due, bool onlyDead, CancellationToken cancellationToken) => store.ReplayAsync(delivery, due, onlyDead, cancellationToken);

    public ValueTask<Bell?> AddDeliveryAsync(DeliveryId delivery, DateTimeOffset due, CancellationToken cancellationToken) => store.AddDeliveryAsync(delivery, due, cancellationToken);

    public ValueTask<bool> PurgeAsync(DeliveryId delivery, string reason, DateTimeOffset at, CancellationToken cancellationToken) => store.PurgeAsync(delivery, reason, at, cancellationToken);

    public ValueTask<Retained> RetainAsync(DateTimeOffset before, int limit, DateTimeOffset now, CancellationToken cancellationToken) => store.RetainAsync(before, limit, now, cancellationToken);

    public ValueTask<WebhookEvent?> LoadAsync(EventId id, CancellationToken cancellationToken) => store.LoadAsync(id, cancellationToken);

    public ValueTask<EventRecord?> FindAsync(EventId id, CancellationToken cancellationToken) => store.FindAsync(id, cancellationToken);

    public ValueTask<Page<EventRecord>> ListAsync(EventFilter filter, CancellationToken cancellationToken) => store.ListAsync(filter, cancellationToken);

    public ValueTask<Page<DeadLetter>> ListDeadAsync(DeadLetterFilter filter, CancellationToken cancellationToken) => store.ListDeadAsync(filter, cancellationToken);

    public ValueTask<Stats> CountAsync(CancellationToken cancellationToken) => store.CountAsync(cancellationToken);

    public ValueTask PingAsync(CancellationToken cancellationToken) => store.PingAsync(cancellationToken);
}
