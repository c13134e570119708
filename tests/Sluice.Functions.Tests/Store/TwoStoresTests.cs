using Sluice.AzureServices.Tables;
using Sluice.Contracts;
using Sluice.Events;
using Sluice.Functions.Tests.Tables;
using Sluice.Inspection;
using Sluice.Processing;
using Sluice.Storage;

namespace Sluice.Functions.Tests.Store;

/// <summary>The promises of the store once more where two processes share the tables: each call is the other's.</summary>
public sealed class TwoStoresTests : EventStoreContract
{
    protected override ValueTask<IEventStore> OpenAsync()
    {
        var tables = new TablesDouble(Time);
        return new(new InTurn([.. Enumerable.Range(1, 2).Select(seed => new TableEventStore(new BookTables(tables, BookTables.DefaultPrefix, TimeSpan.FromSeconds(10), Time), new Random(seed), Time))]));
    }

    private sealed class InTurn(TableEventStore[] stores) : IEventStore
    {
        private int turn;

        private TableEventStore Next => stores[(uint)Interlocked.Increment(ref turn) % stores.Length];

        public ValueTask<Booked> BookAsync(Booking booking, CancellationToken cancellationToken) => Next.BookAsync(booking, cancellationToken);

        public ValueTask<ClaimAnswer> ClaimAsync(Bell bell, Lease lease, DateTimeOffset now, CancellationToken cancellationToken) => Next.ClaimAsync(bell, lease, now, cancellationToken);

        public ValueTask<Recorded> RecordAsync(Completion completion, CancellationToken cancellationToken) => Next.RecordAsync(completion, cancellationToken);

        public ValueTask<DueRows> DueAsync(DateTimeOffset upTo, int limit, CancellationToken cancellationToken) => Next.DueAsync(upTo, limit, cancellationToken);

        public ValueTask PostponeAsync(Bell bell, DateTimeOffset due, CancellationToken cancellationToken) => Next.PostponeAsync(bell, due, cancellationToken);

        public ValueTask<bool> ParkAsync(Bell bell, DateTimeOffset now, CancellationToken cancellationToken) => Next.ParkAsync(bell, now, cancellationToken);

        public ValueTask<IReadOnlyList<DueRow>> ParkedAsync(string destination, int limit, CancellationToken cancellationToken) => Next.ParkedAsync(destination, limit, cancellationToken);

        public ValueTask<IReadOnlyList<string>> ParkedDestinationsAsync(CancellationToken cancellationToken) => Next.ParkedDestinationsAsync(cancellationToken);

        public ValueTask<Bell?> ReplayAsync(DeliveryId delivery, DateTimeOffset due, bool onlyDead, CancellationToken cancellationToken) => Next.ReplayAsync(delivery, due, onlyDead, cancellationToken);

        public ValueTask<Bell?> AddDeliveryAsync(DeliveryId delivery, DateTimeOffset due, CancellationToken cancellationToken) => Next.AddDeliveryAsync(delivery, due, cancellationToken);

        public ValueTask<bool> PurgeAsync(DeliveryId delivery, string reason, DateTimeOffset at, CancellationToken cancellationToken) => Next.PurgeAsync(delivery, reason, at, cancellationToken);

        public ValueTask<Retained> RetainAsync(DateTimeOffset before, int limit, DateTimeOffset now, CancellationToken cancellationToken) => Next.RetainAsync(before, limit, now, cancellationToken);

        public ValueTask<WebhookEvent?> LoadAsync(EventId id, CancellationToken cancellationToken) => Next.LoadAsync(id, cancellationToken);

        public ValueTask<EventRecord?> FindAsync(EventId id, CancellationToken cancellationToken) => Next.FindAsync(id, cancellationToken);

        public ValueTask<Page<EventRecord>> ListAsync(EventFilter filter, CancellationToken cancellationToken) => Next.ListAsync(filter, cancellationToken);

        public ValueTask<Page<DeadLetter>> ListDeadAsync(DeadLetterFilter filter, CancellationToken cancellationToken) => Next.ListDeadAsync(filter, cancellationToken);

        public ValueTask PingAsync(CancellationToken cancellationToken) => Next.PingAsync(cancellationToken);

        public async ValueTask<Stats> CountAsync(CancellationToken cancellationToken)
        {
            // What the other has counted is known when it has written it down.
            foreach (var store in stores) await store.DisposeAsync();
            return await Next.CountAsync(cancellationToken);
        }
    }
}
