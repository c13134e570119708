using System.Globalization;
using Azure;
using Azure.Data.Tables;
using Azure.Data.Tables.Models;

namespace Sluice.Functions.Tests.Tables;

/// <summary>
/// A storage account in memory, behind the SDK's own virtual members, as strict as the service documents itself. Every call finishes
/// on the scheduler it was made on; with hooks that finish at once, so does every call.
/// </summary>
public sealed class TablesDouble(TimeProvider? time = null) : TableServiceClient
{
    private readonly TimeProvider time = time ?? TimeProvider.System;
    private readonly Lock gate = new();
    private readonly Dictionary<string, TablesDoubleRows> tables = new(StringComparer.OrdinalIgnoreCase);
    private DateTimeOffset lastStamp;
    private int requests;

    /// <summary>Awaited before a request has its effect. May delay, or throw what the service or the network would.</summary>
    public Func<TableRequest, ValueTask>? Before { get; set; }

    /// <summary>Awaited after a request had its effect. May delay or throw: the answer that got lost.</summary>
    public Func<TableRequest, ValueTask>? After { get; set; }

    /// <summary>Called for each changed row while it is committed, in order. It may read the double, not write to it.</summary>
    public Action<CommittedChange>? Committed { get; set; }

    /// <summary>How often the SDK repeats a request by itself after a 408, 429, 500, 502, 503, 504 or no answer. Its own default is 3.</summary>
    public int SdkRetries { get; set; }

    /// <summary>At most so many entities in a page. The service may cut any page short, so that a low number is fair.</summary>
    public int PageEntities { get; set; } = EntityLimits.PageEntities;

    /// <summary>The REST requests so far, the SDK's repetitions among them.</summary>
    public int Requests => Volatile.Read(ref requests);

    public override string AccountName => "double";

    public override Uri Uri => new("https://double.table.core.windows.net/");

    public override TableClient GetTableClient(string tableName) => new TablesDoubleTable(this, tableName);

    public override Task<Response<TableItem>> CreateTableAsync(string tableName, CancellationToken cancellationToken = default) =>
        GetTableClient(tableName).CreateAsync(cancellationToken);

    public override Task<Response<TableItem>> CreateTableIfNotExistsAsync(string tableName, CancellationToken cancellationToken = default) =>
        GetTableClient(tableName).CreateIfNotExistsAsync(cancellationToken);

    public override Task<Response> DeleteTableAsync(string tableName, CancellationToken cancellationToken = default) => GetTableClient(tableName).DeleteAsync(cancellationToken);

    /// <summary>The rows of a table in their order, without a request: for assertions. Empty for a table that does not exist.</summary>
    public IReadOnlyList<TableEntity> Rows(string table)
    {
        lock (gate) return tables.TryGetValue(table, out var rows) ? [.. rows.All.Select(TableWire.Copy)] : [];
    }

    /// <summary>One REST request and the SDK's repetitions of it. The effect runs under the lock, all of it or nothing.</summary>
    internal async Task<T> SendAsync<T>(TableRequest request, Func<T> effect, CancellationToken cancellationToken)
    {
        for (var number = 1; ; number++)
        {
            try
            {
                cancellationToken.ThrowIfCancellationRequested();
                Interlocked.Increment(ref requests);
                await HookAsync(Before, request with { Try = number }, cancellationToken);
                T answer;
                lock (gate) answer = effect();
                await HookAsync(After, request with { Try = number }, cancellationToken);
                return answer;
            }
            catch (Exception e) when (number <= SdkRetries && IsTransient(e, cancellationToken))
            {
                // Tried again.
            }
        }
    }

    internal TablesDoubleRows Table(string name) => tables.TryGetValue(name, out var rows) ? rows : throw TableFailure.TableNotFound();

    internal int CreateTable(string name)
    {
        EntityLimits.CheckTableName(name);
        return tables.TryAdd(name, new TablesDoubleRows(name, Stamp)) ? 201 : throw TableFailure.Of(409, "TableAlreadyExists", "The table specified already exists.");
    }

    internal int DeleteTable(string name) => tables.Remove(name) ? 204 : throw TableFailure.ResourceNotFound();

    internal void Commit(TablesDoubleRows rows, IReadOnlyList<CommittedChange> changes)
    {
        foreach (var change in changes) rows.Commit(change);
        if (Committed is not { } committed) return;
        foreach (var change in changes)
            committed(new(change.Table, change.Before is { } before ? TableWire.Copy(before) : null, change.After is { } after ? TableWire.Copy(after) : null));
    }

    // Waiting with a cancellation as the runtime has it (WaitAsync) may go over its thread pool.
    private static async ValueTask HookAsync(Func<TableRequest, ValueTask>? hook, TableRequest request, CancellationToken cancellationToken)
    {
        if (hook is null) return;
        var pending = hook(request);
        if (pending.IsCompleted || !cancellationToken.CanBeCanceled)
        {
            await pending;
            return;
        }

        var ended = new TaskCompletionSource();
        using var canceled = cancellationToken.Register(() => ended.TrySetCanceled(cancellationToken));
        _ = EndAsync(pending, ended);
        await ended.Task;
    }

    private static async Task EndAsync(ValueTask pending, TaskCompletionSource ended)
    {
        try
        {
            await pending;
            ended.TrySetResult();
        }
        catch (Exception e)
        {
            ended.TrySetException(e);
        }
    }

    private static bool IsTransient(Exception exception, CancellationToken cancellationToken) => exception switch
    {
        RequestFailedException failed => failed.Status is 0 or 408 or 429 or 500 or 502 or 503 or 504,
        IOException or TimeoutException => true,
        OperationCanceledException => !cancellationToken.IsCancellationRequested,
        _ => false,
    };

    // Of rising time, so that no two versions of a row share their etag.
    private DateTimeOffset Stamp()
    {
        var now = time.GetUtcNow().ToUniversalTime();
        return lastStamp = now > lastStamp ? now : lastStamp.AddTicks(1);
    }
}
