using System.Text;
using Microsoft.Data.Sqlite;
using Sluice.Events;
using SQLitePCL;

namespace Sluice.LocalHost.Sqlite;

/// <summary>
/// A prepared statement, used over and over. It goes straight to the driver's own binding below Microsoft.Data.Sqlite:
/// spans in, spans out, nothing boxed, which is what the answering path needs. One thread at a time.
/// </summary>
internal sealed class Statement(SqliteConnection connection, string sql) : IDisposable
{
    private sqlite3_stmt? prepared;
    private int next;

    private sqlite3 Db => connection.Handle!;

    public Statement Bind(long value)
    {
        Check(raw.sqlite3_bind_int64(Prepared(), ++next, value));
        return this;
    }

    public Statement Bind(long? value)
    {
        if (value is { } number) return Bind(number);
        Check(raw.sqlite3_bind_null(Prepared(), ++next));
        return this;
    }

    public Statement Bind(DateTimeOffset value) => Bind(value.ToUnixTimeMilliseconds());

    public Statement Bind(DateTimeOffset? value) => Bind(value?.ToUnixTimeMilliseconds());

    public Statement Bind(ReadOnlySpan<byte> value)
    {
        // An empty span would be bound as NULL.
        Check(value.IsEmpty ? raw.sqlite3_bind_zeroblob(Prepared(), ++next, 0) : raw.sqlite3_bind_blob(Prepared(), ++next, value));
        return this;
    }

    public Statement Bind(EventId value)
    {
        Span<byte> bytes = stackalloc byte[16];
        value.CopyTo(bytes);
        return Bind(bytes);
    }

    public Statement Bind(string? value)
    {
        if (value is null)
        {
            Check(raw.sqlite3_bind_null(Prepared(), ++next));
            return this;
        }

        var most = Encoding.UTF8.GetMaxByteCount(value.Length) + 1;
        var bytes = most <= 1024 ? stackalloc byte[most] : new byte[most];
        var length = Encoding.UTF8.GetBytes(value, bytes);
        // One byte more than the text, so that even an empty text is a text and no NULL.
        bytes[length] = 0;
        Check(length == 0 ? raw.sqlite3_bind_text(Prepared(), ++next, "") : raw.sqlite3_bind_text(Prepared(), ++next, bytes[..length]));
        return this;
    }

    /// <summary>Goes to the next row. False at the end; the statement is then ready for new values.</summary>
    public bool Step()
    {
        var result = raw.sqlite3_step(Prepared());
        next = 0;
        if (result == raw.SQLITE_ROW) return true;
        raw.sqlite3_reset(prepared!);
        if (result != raw.SQLITE_DONE) throw Error(result);
        return false;
    }

    /// <summary>Runs to the end and says how many rows were changed.</summary>
    public int Run()
    {
        while (Step())
        {
        }

        return raw.sqlite3_changes(Db);
    }

    /// <summary>Leaves the remaining rows.</summary>
    public void Reset() => raw.sqlite3_reset(Prepared());

    public bool IsNull(int column) => raw.sqlite3_column_type(prepared!, column) == raw.SQLITE_NULL;

    public long Long(int column) => raw.sqlite3_column_int64(prepared!, column);

    public int Int(int column) => raw.sqlite3_column_int(prepared!, column);

    public ReadOnlySpan<byte> Blob(int column) => raw.sqlite3_column_blob(prepared!, column);

    // As bytes: the text may hold a zero.
    public string Text(int column) => Encoding.UTF8.GetString(Blob(column));

    public string? TextOrNull(int column) => IsNull(column) ? null : Text(column);

    public EventId Id(int column) => EventId.FromBytes(Blob(column));

    public DateTimeOffset Time(int column) => DateTimeOffset.FromUnixTimeMilliseconds(Long(column));

    public DateTimeOffset? TimeOrNull(int column) => IsNull(column) ? null : Time(column);

    /// <summary>A whole event, whose columns stand in the order of the table from that one on.</summary>
    public WebhookEvent Event(int column) => new()
    {
        Id = Id(column), Source = Text(column + 1), Type = Text(column + 2), IdempotencyKey = Text(column + 3), ReceivedAt = Time(column + 4),
        Headers = HeaderList.Decode(Text(column + 5)), Body = Blob(column + 6).ToArray(),
    };

    public void Dispose() => prepared?.Dispose();

    private sqlite3_stmt Prepared()
    {
        if (prepared is null) Check(raw.sqlite3_prepare_v3(Db, sql, raw.SQLITE_PREPARE_PERSISTENT, out prepared));
        return prepared!;
    }

    private void Check(int result)
    {
        if (result == raw.SQLITE_OK) return;
        next = 0;
        throw Error(result);
    }

    private SqliteException Error(int result) => new(raw.sqlite3_errmsg(Db).utf8_to_string(), result & 0xff, raw.sqlite3_extended_errcode(Db));
}
