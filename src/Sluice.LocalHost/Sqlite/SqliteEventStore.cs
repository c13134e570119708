using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using Sluice.Events;
using Sluice.Inspection;
using Sluice.Processing;
using Sluice.Storage;

namespace Sluice.LocalHost.Sqlite;

/// <summary>The book in one SQLite file: writes go through the one writer, reads over connections of their own.</summary>
internal sealed class SqliteEventStore : IEventStore, ILearnedSecrets, IDisposable
{
    /// <summary>A sender waits no longer for its answer than this.</summary>
    private static readonly TimeSpan AnswerBudget = TimeSpan.FromSeconds(1.5);

    private readonly Database database;
    private readonly TimeProvider time;
    private readonly Book book;
    private readonly Writer writer;
    private readonly ConcurrentBag<Reader> readers = [];
    private bool disposed;

    /// <param name="broken">Called once when an fsync failed: the process has to end.</param>
    public SqliteEventStore(Database database, TimeProvider time, Action<string> broken)
    {
        (this.database, this.time) = (database, time);
        var connection = database.OpenWriter();
        book = new Book(connection);
        writer = new Writer(connection, book, broken);
    }

    /// <summary>Whether an fsync failed: nothing can be written any more by this process.</summary>
    public bool IsBroken => writer.IsBroken;

    public async ValueTask<Booked> BookAsync(Booking booking, CancellationToken cancellationToken) =>
        await writer.RunAsync((Store: this, Booking: booking), static (book, wish) => book.Keep(wish.Booking), AnswerBudget, time, static (wish, write) => _ = wish.Store.ReleaseAsync(wish.Booking, write));

    public async ValueTask<ClaimAnswer> ClaimAsync(Bell bell, Lease lease, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var answer = await writer.RunAsync((bell, lease, now), static (book, wish) => book.Claim(wish.bell, wish.lease, wish.now));
        if (answer.Result != ClaimResult.Claimed) return answer;
        try
        {
            return answer with { Claim = answer.Claim! with { Event = Read(reader => reader.Load(bell.Delivery.Event)) } };
        }
        catch (StoreUnavailableException)
        {
            // Claimed all the same: whoever holds the claim asks for the event again.
            return answer;
        }
    }

    public ValueTask<Recorded> RecordAsync(Completion completion, CancellationToken cancellationToken) =>
        new(writer.RunAsync(completion, static (book, completion) => book.Record(completion)));

    public ValueTask<DueRows> DueAsync(DateTimeOffset upTo, int limit, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Read(reader => reader.Due(book.Start, upTo, limit)));

    /// <summary>Claims what is due of a destination, oldest first, at most as many as there are leases: one write for all of them, with their events.</summary>
    public Task<TakenClaims> TakeAsync(string destination, IReadOnlyList<Lease> leases, DateTimeOffset now) =>
        writer.RunAsync((destination, leases, now), static (book, wish) => book.Take(wish.destination, wish.leases, wish.now));

    /// <summary>What is due of one destination, oldest first and in the order of keeping.</summary>
    public DueRows Due(string destination, DateTimeOffset upTo, int limit) => Read(reader => reader.Due(destination, upTo, limit));

    public IReadOnlyList<DueRow> Parked(string destination, int limit) => Read(reader => reader.Parked(destination, limit));

    /// <summary>The destinations that deliveries wait for, each with the moment of the first.</summary>
    public IReadOnlyList<(string Destination, DateTimeOffset Due)> Waiting() => Read(static reader => reader.Waiting());

    /// <summary>Claims of this process whose lease ran out, and when the next one's does.</summary>
    public (IReadOnlyList<Claim> Claims, DateTimeOffset? Next) Lapsed(DateTimeOffset upTo, int limit) => Read(reader => reader.Lapsed(book.Start, upTo, limit));

    public async ValueTask PostponeAsync(Bell bell, DateTimeOffset due, CancellationToken cancellationToken) =>
        await writer.RunAsync((bell, due), static (book, wish) =>
        {
            book.Postpone(wish.bell, wish.due);
            return true;
        });

    public async ValueTask<bool> ParkAsync(Bell bell, DateTimeOffset now, CancellationToken cancellationToken) =>
        await writer.RunAsync((bell, now), static (book, wish) => book.Park(wish.bell, wish.now));

    public ValueTask<IReadOnlyList<DueRow>> ParkedAsync(string destination, int limit, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Parked(destination, limit));

    public ValueTask<IReadOnlyList<string>> ParkedDestinationsAsync(CancellationToken cancellationToken) => ValueTask.FromResult(Read(reader => reader.ParkedDestinations()));

    public async ValueTask<Bell?> ReplayAsync(DeliveryId delivery, DateTimeOffset due, bool onlyDead, CancellationToken cancellationToken) =>
        await writer.RunAsync((delivery, due, onlyDead), static (book, wish) => book.Replay(wish.delivery, wish.due, wish.onlyDead));

    public async ValueTask<Bell?> AddDeliveryAsync(DeliveryId delivery, DateTimeOffset due, CancellationToken cancellationToken) =>
        await writer.RunAsync((delivery, due), static (book, wish) => book.Add(wish.delivery, wish.due));

    public async ValueTask<bool> PurgeAsync(DeliveryId delivery, string reason, DateTimeOffset at, CancellationToken cancellationToken) =>
        await writer.RunAsync((delivery, reason, at), static (book, wish) => book.Purge(wish.delivery, wish.reason, wish.at));

    public async ValueTask<Retained> RetainAsync(DateTimeOffset before, int limit, DateTimeOffset now, CancellationToken cancellationToken) =>
        await writer.RunAsync((before, limit, now), static (book, wish) => book.Retain(wish.before, wish.limit, wish.now));

    public async ValueTask<string> LearnAsync(string source, string secret, CancellationToken cancellationToken) =>
        await writer.RunAsync((source, secret), static (book, wish) => book.Learn(wish.source, wish.secret), AnswerBudget, time);

    public ValueTask<string?> FindAsync(string source, CancellationToken cancellationToken) => ValueTask.FromResult(Read(reader => reader.Learned(source)));

    /// <summary>Claims that earlier process starts made and nobody completed.</summary>
    public async ValueTask<IReadOnlyList<Claim>> OrphansAsync(int limit) => await writer.RunAsync(limit, static (book, limit) => book.Orphans(limit));

    public ValueTask<WebhookEvent?> LoadAsync(EventId id, CancellationToken cancellationToken) => ValueTask.FromResult(Read(reader => reader.Load(id)));

    public ValueTask<EventRecord?> FindAsync(EventId id, CancellationToken cancellationToken) => ValueTask.FromResult(Read(reader => reader.Find(id)));

    public ValueTask<Page<EventRecord>> ListAsync(EventFilter filter, CancellationToken cancellationToken) => ValueTask.FromResult(Read(reader => reader.List(filter)));

    public ValueTask<Page<DeadLetter>> ListDeadAsync(DeadLetterFilter filter, CancellationToken cancellationToken) => ValueTask.FromResult(Read(reader => reader.ListDead(filter)));

    public ValueTask<Stats> CountAsync(CancellationToken cancellationToken) => ValueTask.FromResult(Read(static reader => reader.Count()));

    /// <summary>Writes a byte and makes it durable: a disk that is full or gone shows here.</summary>
    public async ValueTask PingAsync(CancellationToken cancellationToken) => await writer.RunAsync(0, static (book, _) => book.Touch(), AnswerBudget, time);

    /// <summary>Runs a write in the book's next transaction; see <see cref="Writer"/>.</summary>
    internal Task<TResult> WriteAsync<TState, TResult>(TState state, Func<Book, TState, TResult> run, TimeSpan budget) => writer.RunAsync(state, run, budget, time);

    public void Dispose()
    {
        // Known to the container under two types, and so disposed of twice.
        if (disposed) return;
        disposed = true;
        writer.Dispose();
        foreach (var reader in readers) reader.Dispose();
        book.Dispose();
    }

    // The booking was given up and lands after all: the workers that its deliveries were claimed for are at something else by now.
    private async Task ReleaseAsync(Booking booking, Task<Booked> late)
    {
        try
        {
            if (!(await late).IsDuplicate) await writer.RunAsync((booking, now: time.GetUtcNow()), static (book, wish) => book.Release(wish.booking, wish.now));
        }
        catch (StoreUnavailableException)
        {
            // It did not land; or the claims end with their lease.
        }
    }

    internal T Read<T>(Func<Reader, T> read)
    {
        Reader? reader = null;
        try
        {
            if (!readers.TryTake(out reader)) reader = new Reader(database.OpenReader());
            var answer = read(reader);
            readers.Add(reader);
            return answer;
        }
        catch (Exception e)
        {
            // A statement that failed half-way is not worth keeping.
            reader?.Dispose();
            if (e is SqliteException sqlite) throw Database.Unavailable(sqlite);
            throw;
        }
    }
}
