using System.Text;
using Microsoft.Data.Sqlite;
using Sluice.Events;
using SQLitePCL;

namespace Sluice.LocalHost.Sqlite;

/// <summary>
/// A prepared statement, used over and over. It goes straight to SQLite below Microsoft.Data.Sqlite: spans in, spans out, nothing boxed
/// and no handle counted, which is what the answering path needs. One thread at a time, and none while it is disposed of.
/// </summary>
internal sealed unsafe class Statement(SqliteConnection connection, string sql) : IDisposable
{
    // Both are the statement: one keeps it alive, the other is called with.
    private sqlite3_stmt? prepared;
    private nint handle;
    private int next;

    private sqlite3 Db => connection.Handle!;

    public Statement Bind(long value)
    {
        Check(Native.BindInt64(Prepared(), ++next, value));
        return this;
    }

    public Statement Bind(long? value)
    {
        if (value is { } number) return Bind(number);
        Check(Native.BindNull(Prepared(), ++next));
        return this;
    }

    public Statement Bind(DateTimeOffset value) => Bind(value.ToUnixTimeMilliseconds());

    public Statement Bind(DateTimeOffset? value) => Bind(value?.ToUnixTimeMilliseconds());

    public Statement Bind(ReadOnlySpan<byte> value)
    {
        byte none = 0;
        // From nowhere, as an empty span is, it would be NULL.
        fixed (byte* bytes = value) Check(Native.BindBlob(Prepared(), ++next, value.IsEmpty ? &none : bytes, value.Length, Native.Transient));
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
            Check(Native.BindNull(Prepared(), ++next));
            return this;
        }

        // One byte more than the text, so that even an empty text stands somewhere and is no NULL.
        var most = Encoding.UTF8.GetMaxByteCount(value.Length) + 1;
        var bytes = most <= 1024 ? stackalloc byte[most] : new byte[most];
        var length = Encoding.UTF8.GetBytes(value, bytes);
        fixed (byte* text = bytes) Check(Native.BindText(Prepared(), ++next, text, length, Native.Transient));
        return this;
    }

    /// <summary>Goes to the next row. False at the end; the statement is then ready for new values.</summary>
    public bool Step()
    {
        var result = Native.Step(Prepared());
        next = 0;
        if (result == raw.SQLITE_ROW) return true;
        _ = Native.Reset(handle);
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
    public void Reset() => _ = Native.Reset(Prepared());

    public bool IsNull(int column) => Native.ColumnType(handle, column) == raw.SQLITE_NULL;

    public long Long(int column) => Native.ColumnInt64(handle, column);

    public int Int(int column) => (int)Long(column);

    /// <summary>Until the next step.</summary>
    public ReadOnlySpan<byte> Blob(int column)
    {
        // In this order: asking for the bytes may move them.
        var bytes = Native.ColumnBlob(handle, column);
        return new(bytes, Native.ColumnBytes(handle, column));
    }

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

    public void Dispose()
    {
        handle = 0;
        prepared?.Dispose();
    }

    private nint Prepared()
    {
        if (handle == 0) Prepare();
        return handle;
    }

    private void Prepare()
    {
        Check(raw.sqlite3_prepare_v3(Db, sql, raw.SQLITE_PREPARE_PERSISTENT, out prepared));
        handle = prepared.DangerousGetHandle();
    }

    private void Check(int result)
    {
        if (result == raw.SQLITE_OK) return;
        next = 0;
        throw Error(result);
    }

    private SqliteException Error(int result) => new(raw.sqlite3_errmsg(Db).utf8_to_string(), result & 0xff, raw.sqlite3_extended_errcode(Db));
}
