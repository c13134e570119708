using Sluice.Contracts;
using Sluice.Events;
using Sluice.Inspection;
using Sluice.Processing;
using Sluice.Storage;

namespace Sluice.Core.Tests.Simulation;

/// <summary>
/// One process's way to the book. What the book granted goes into the ledger, whether or not the caller ever hears of it.
/// </summary>
internal sealed class SimulatedStore(World world, SimulatedProcess process) : IEventStore
{
    private readonly SimulatedNetwork network = new(world, process);

    private InMemoryEventStore Book => world.Book;

    private Ledger Ledger => world.Ledger;

    public ValueTask<Booked> BookAsync(Booking booking, CancellationToken cancellationToken) => CallAsync("book", () =>
    {
        var booked = Book.BookAsync(booking, default).AtOnce();
        if (!booked.IsDuplicate) Ledger.Kept(booking, world.Now);
        return booked;
    }, cancellationToken);

    /// <summary>What a store would do that has looked before and now only inserts.</summary>
    public ValueTask<Booked> OverwriteAsync(Booking booking, CancellationToken cancellationToken) => CallAsync("overwrite", () =>
    {
        Book.Overwrite(booking);
        Ledger.Kept(booking, world.Now);
        return new Booked(IsDuplicate: false);
    }, cancellationToken);

    public ValueTask<ClaimAnswer> ClaimAsync(Bell bell, Lease lease, DateTimeOffset now, CancellationToken cancellationToken) => CallAsync("claim", () =>
    {
        var answer = Book.ClaimAsync(bell, lease, now, default).AtOnce();
        if (answer.Result == ClaimResult.Claimed) Ledger.Claimed(answer.Claim!, world.Now);
        if (answer.Result == ClaimResult.Lapsed)
        {
            world.Faults.Count(Fault.LeaseLapsed);
            if (world.IsRunning(answer.Claim!)) world.Faults.Count(Fault.LeaseLostAlive);
        }

        return answer;
    }, cancellationToken);

    public ValueTask<Recorded> RecordAsync(Completion completion, CancellationToken cancellationToken) => CallAsync("record", () =>
    {
        var accepted = Book.RecordAsync(completion, default).AtOnce();
        Ledger.Recorded(completion, accepted, world.Now);
        return accepted;
    }, cancellationToken);

    public ValueTask<DueRows> DueAsync(DateTimeOffset upTo, int limit, CancellationToken cancellationToken) =>
        CallAsync("due", () => Book.DueAsync(upTo, limit, default).AtOnce(), cancellationToken);

    public async ValueTask PostponeAsync(Bell bell, DateTimeOffset due, CancellationToken cancellationToken) =>
        await CallAsync("postpone", () => Book.PostponeAsync(bell, due, default).AsTask().IsCompletedSuccessfully, cancellationToken);

    public ValueTask<bool> ParkAsync(Bell bell, DateTimeOffset now, CancellationToken cancellationToken) =>
        CallAsync("park", () => Count(Fault.Parked, Book.ParkAsync(bell, now, default).AtOnce()), cancellationToken);

    public ValueTask<IReadOnlyList<DueRow>> ParkedAsync(string destination, int limit, CancellationToken cancellationToken) => CallAsync("parked", () =>
    {
        var parked = Book.ParkedAsync(destination, limit, default).AtOnce();
        world.Faults.Count(Fault.Released, parked.Count);
        return parked;
    }, cancellationToken);

    public ValueTask<IReadOnlyList<string>> ParkedDestinationsAsync(CancellationToken cancellationToken) => CallAsync("parked destinations", () => Book.ParkedDestinationsAsync(default).AtOnce(), cancellationToken);

    public ValueTask<Bell?> ReplayAsync(DeliveryId delivery, DateTimeOffset due, bool onlyDead, CancellationToken cancellationToken) => CallAsync("replay", () =>
    {
        var bell = Book.ReplayAsync(delivery, due, onlyDead, default).AtOnce();
        if (bell is not null) Ledger.Replayed(bell);
        return bell;
    }, cancellationToken);

    public ValueTask<Bell?> AddDeliveryAsync(DeliveryId delivery, DateTimeOffset due, CancellationToken cancellationToken) => CallAsync("add", () =>
    {
        var bell = Book.AddDeliveryAsync(delivery, due, default).AtOnce();
        if (bell is not null) Ledger.Breach($"{delivery} was added although the configuration never changed");
        return bell;
    }, cancellationToken);

    public ValueTask<bool> PurgeAsync(DeliveryId delivery, string reason, DateTimeOffset at, CancellationToken cancellationToken) => CallAsync("purge", () =>
    {
        var purged = Book.PurgeAsync(delivery, reason, at, default).AtOnce();
        if (purged) Ledger.Purged(delivery);
        return purged;
    }, cancellationToken);

    public ValueTask<Retained> RetainAsync(DateTimeOffset before, int limit, DateTimeOffset now, CancellationToken cancellationToken) => CallAsync("retain", () =>
    {
        var retained = Book.RetainAsync(before, limit, now, default).AtOnce();
        world.Faults.Count(Fault.Expired, retained.Expired);
        world.Faults.Count(Fault.LetGo, retained.Deleted);
        return retained;
    }, cancellationToken);

    public ValueTask<WebhookEvent?> LoadAsync(EventId id, CancellationToken cancellationToken) => CallAsync("load", () => Book.LoadAsync(id, default).AtOnce(), cancellationToken);

    public ValueTask<EventRecord?> FindAsync(EventId id, CancellationToken cancellationToken) => CallAsync("find", () => Book.FindAsync(id, default).AtOnce(), cancellationToken);

    public ValueTask<Page<EventRecord>> ListAsync(EventFilter filter, CancellationToken cancellationToken) => CallAsync("list", () => Book.ListAsync(filter, default).AtOnce(), cancellationToken);

    public ValueTask<Page<DeadLetter>> ListDeadAsync(DeadLetterFilter filter, CancellationToken cancellationToken) =>
        CallAsync("list dead", () => Book.ListDeadAsync(filter, default).AtOnce(), cancellationToken);

    public ValueTask<Stats> CountAsync(CancellationToken cancellationToken) => CallAsync("count", () => Book.CountAsync(default).AtOnce(), cancellationToken);

    public async ValueTask PingAsync(CancellationToken cancellationToken) => await CallAsync("ping", () => true, cancellationToken);

    private bool Count(Fault fault, bool happened)
    {
        if (happened) world.Faults.Count(fault);
        return happened;
    }

    private ValueTask<T> CallAsync<T>(string call, Func<T> serve, CancellationToken cancellationToken) => network.CallAsync(call, serve, cancellationToken);
}
