using System.Buffers.Binary;
using Sluice.Inspection;

namespace Sluice.Hosts.Tests.Sqlite;

/// <summary>Writes that arrive together share a transaction and its fsync.</summary>
public sealed class GroupCommitTests : IDisposable
{
    private const int Bookings = 500;

    private readonly KeptBook book = new();

    public void Dispose() => book.Dispose();

    [Fact]
    public async Task Five_hundred_bookings_that_wait_for_the_disk_take_a_handful_of_transactions()
    {
        var before = Commits();
        Task<Storage.Booked>[] bookings;
        using (var other = book.Look())
        {
            // As long as another program writes, everything waits: that is a slow disk.
            other.Run("BEGIN IMMEDIATE");
            bookings = [.. Enumerable.Range(0, Bookings).Select(i => book.BookAsync($"evt_{i}", "billing"))];
            Assert.DoesNotContain(bookings, booking => booking.IsCompleted);
            other.Run("ROLLBACK");
        }

        await Task.WhenAll(bookings);
        Assert.InRange(Commits() - before, 1, 3);
        Assert.Equal(new Stats(Bookings, Bookings, Bookings, 0, 0, 0, 0, 0), await book.Store.CountAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_booking_alone_takes_one_transaction()
    {
        var before = Commits();
        await book.BookAsync("evt_1", "billing");
        Assert.Equal(before + 1, Commits());
    }

    [Fact]
    public async Task One_write_that_fails_does_not_take_its_neighbours_with_it()
    {
        Task<Storage.Booked>[] bookings;
        using (var other = book.Look())
        {
            other.Run("CREATE TRIGGER refuse BEFORE INSERT ON events WHEN new.key = 'evt_7' BEGIN SELECT RAISE(FAIL, 'refused'); END");
            other.Run("BEGIN IMMEDIATE");
            bookings = [.. Enumerable.Range(0, 20).Select(i => book.BookAsync($"evt_{i}", "billing"))];
            other.Run("ROLLBACK");
        }

        await Assert.ThrowsAsync<Storage.StoreUnavailableException>(() => bookings[7]);
        await Task.WhenAll(bookings.Where((_, i) => i != 7));
        Assert.Equal(19, (await book.Store.CountAsync(TestContext.Current.CancellationToken)).Events);
    }

    [Fact]
    public void Every_commit_is_synced_to_the_disk()
    {
        using var connection = book.Database.OpenWriter();
        Assert.Equal((2L, "wal"), (connection.Number("PRAGMA synchronous"), connection.Text("PRAGMA journal_mode")));
        Assert.Equal((1L, 1L), (connection.Number("PRAGMA fullfsync"), connection.Number("PRAGMA checkpoint_fullfsync")));
    }

    // A frame of the WAL that ends a transaction says how large the database is then; all others say 0.
    private int Commits()
    {
        using var file = new FileStream(book.Database.File + "-wal", FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var header = new byte[32];
        file.ReadExactly(header);
        var page = BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(8));
        var commits = 0;
        var frame = new byte[24 + page];
        while (file.ReadAtLeast(frame, frame.Length, throwOnEndOfStream: false) == frame.Length)
        {
            // Frames left over from before the last restart of the WAL carry another salt.
            if (!frame.AsSpan(8, 8).SequenceEqual(header.AsSpan(16, 8))) break;
            if (BinaryPrimitives.ReadInt32BigEndian(frame.AsSpan(4)) != 0) commits++;
        }

        return commits;
    }
}
