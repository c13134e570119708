using Microsoft.Data.Sqlite;
using Sluice.Storage;

namespace Sluice.LocalHost.Sqlite;

/// <summary>
/// The one thread that writes. What waits is written in one transaction and answered after its fsync, so that the price of a
/// commit is shared by all that arrived during the one before.
/// </summary>
internal sealed class Writer : IDisposable
{
    private const int MostInBatch = 512;
    private const int MostWaiting = 16 * 1024;

    private readonly Lock gate = new();
    private readonly AutoResetEvent work = new(false);
    private readonly SqliteConnection connection;
    private readonly Book book;
    private readonly Action<string> broken;
    private readonly Thread thread;
    private Queue<IWrite> waiting = new();
    private bool sleeping;
    private bool closing;
    private volatile string? fault;

    /// <param name="broken">Called once when an fsync failed: the process has to end.</param>
    public Writer(SqliteConnection connection, Book book, Action<string> broken)
    {
        (this.connection, this.book, this.broken) = (connection, book, broken);
        thread = new Thread(Loop) { Name = "sluice writer", IsBackground = true };
        thread.Start();
    }

    public bool IsBroken => fault is not null;

    /// <summary>Runs <paramref name="run"/> in the next transaction; completes when that is durable.</summary>
    /// <exception cref="StoreUnavailableException">It could not be written, or nobody knows.</exception>
    public Task<TResult> RunAsync<TState, TResult>(TState state, Func<Book, TState, TResult> run) => Enqueue(state, run).Task;

    /// <summary>The same for a caller who can wait only so long. What has not begun by then is not written any more.</summary>
    /// <param name="late">Called with what is being written when nobody waits for it any more: it may end well after all.</param>
    /// <exception cref="StoreUnavailableException">It could not be written in time, or nobody knows.</exception>
    public async Task<TResult> RunAsync<TState, TResult>(TState state, Func<Book, TState, TResult> run, TimeSpan budget, TimeProvider time, Action<TState, Task<TResult>>? late = null)
    {
        var write = Enqueue(state, run);
        try
        {
            return await write.Task.WaitAsync(budget, time);
        }
        catch (TimeoutException)
        {
            if (write.GiveUp()) throw TooSlow(budget);
        }

        // It is being written: knowing the end is worth waiting once more.
        try
        {
            return await write.Task.WaitAsync(budget, time);
        }
        catch (TimeoutException)
        {
            late?.Invoke(state, write.Task);
            throw TooSlow(2 * budget);
        }
    }

    /// <summary>Writes what waits, then ends the thread.</summary>
    public void Dispose()
    {
        lock (gate) closing = true;
        work.Set();
        thread.Join();
        work.Dispose();
    }

    private static StoreUnavailableException TooSlow(TimeSpan waited) => new($"the disk did not answer within {waited.TotalSeconds} s");

    private Write<TState, TResult> Enqueue<TState, TResult>(TState state, Func<Book, TState, TResult> run)
    {
        var write = new Write<TState, TResult>(state, run);
        lock (gate)
        {
            if (fault is not null || closing) write.Fail(new StoreUnavailableException(fault ?? "the store is closing"));
            else if (waiting.Count >= MostWaiting) write.Fail(new StoreUnavailableException("too many writes are waiting for the disk"));
            else waiting.Enqueue(write);
            if (!sleeping) return write;
            sleeping = false;
        }

        work.Set();
        return write;
    }

    private void Loop()
    {
        var batch = new List<IWrite>(MostInBatch);
        while (Take(batch))
        {
            Commit(batch);
            batch.Clear();
        }
    }

    private bool Take(List<IWrite> batch)
    {
        while (true)
        {
            lock (gate)
            {
                while (batch.Count < MostInBatch && waiting.TryDequeue(out var write))
                {
                    if (write.TryBegin()) batch.Add(write);
                }

                if (batch.Count > 0) return true;
                if (closing) return false;
                sleeping = true;
            }

            work.WaitOne();
            lock (gate) sleeping = false;
        }
    }

    private void Commit(List<IWrite> batch)
    {
        try
        {
            book.Begin();
            foreach (var write in batch) write.Run(book);
            book.Commit();
        }
        catch (SqliteException e) when (Database.IsFailedSync(e))
        {
            Break($"fsync failed, so nobody knows what is on the disk ({e.Message}); look at it, then start again", batch);
            return;
        }
        catch (SqliteException e)
        {
            RollBack();
            if (batch.Count == 1) batch[0].Fail(Database.Unavailable(e));
            else CommitOneByOne(batch);
            return;
        }

        foreach (var write in batch) write.Complete();
    }

    // One write's own fault costs the others nothing. A failed fsync does: nothing may be written after it.
    private void CommitOneByOne(List<IWrite> batch)
    {
        foreach (var write in batch)
        {
            if (fault is { } broke) write.Fail(new StoreUnavailableException(broke));
            else Commit([write]);
        }
    }

    private void RollBack()
    {
        try
        {
            book.RollBack();
        }
        catch (SqliteException)
        {
            // SQLite has rolled back by itself; there is nothing left to undo.
        }
    }

    private void Break(string reason, List<IWrite> batch)
    {
        Queue<IWrite> rest;
        lock (gate)
        {
            fault = reason;
            (rest, waiting) = (waiting, new Queue<IWrite>());
        }

        // Closing must not try the fsync again either.
        SQLitePCL.raw.sqlite3_db_config(connection.Handle!, SQLitePCL.raw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, out _);
        foreach (var write in batch.Concat(rest)) write.Fail(new StoreUnavailableException(reason));
        broken(reason);
    }

    private interface IWrite
    {
        /// <summary>False when its caller has given up.</summary>
        bool TryBegin();

        void Run(Book book);

        void Complete();

        void Fail(StoreUnavailableException fault);
    }

    private sealed class Write<TState, TResult>(TState state, Func<Book, TState, TResult> run)
        : TaskCompletionSource<TResult>(TaskCreationOptions.RunContinuationsAsynchronously), IWrite
    {
        // 0 while it waits, 1 once it is being written, 2 once its caller has given up.
        private int stage;
        private TState state = state;
        private TResult? result;

        public bool TryBegin() => Interlocked.CompareExchange(ref stage, 1, 0) == 0;

        /// <summary>Lets go of what was to be written. False when it is being written already.</summary>
        public bool GiveUp()
        {
            if (Interlocked.CompareExchange(ref stage, 2, 0) != 0) return false;
            state = default!;
            return true;
        }

        public void Run(Book book) => result = run(book, state);

        public void Complete() => TrySetResult(result!);

        public void Fail(StoreUnavailableException fault) => TrySetException(fault);
    }
}
