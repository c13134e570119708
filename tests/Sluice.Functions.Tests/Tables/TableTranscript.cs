using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Azure;
using Azure.Data.Tables;

namespace Sluice.Functions.Tests.Tables;

/// <summary>Operations on one table and what came of each, in words that are the same for every account: an etag is "v2", the second version of its row.</summary>
internal sealed class TableTranscript(TableServiceClient account, string table)
{
    private readonly List<(string Operation, string Outcome)> lines = [];
    private readonly Dictionary<(string Partition, string Row), List<string>> versions = [];

    public IReadOnlyList<(string Operation, string Outcome)> Lines => lines;

    private TableClient Table { get; } = account.GetTableClient(table);

    public static TableEntity Entity(string partitionKey, string rowKey, params (string Name, object? Value)[] properties)
    {
        var entity = new TableEntity(partitionKey, rowKey);
        foreach (var (name, value) in properties) entity[name] = value;
        return entity;
    }

    public static (TableTransactionActionType Type, TableEntity Entity, string? Version) Act(TableTransactionActionType type, TableEntity entity, string? version = null) =>
        (type, entity, version);

    public Task CreateAsync() => NoteAsync("create the table", async () => $"{(await Table.CreateAsync()).GetRawResponse().Status}");

    public Task CreateIfNotExistsAsync() => NoteAsync("create the table if it does not exist", async () => (await Table.CreateIfNotExistsAsync()).Value.Name == table ? "its item" : "?");

    public Task DeleteTableAsync() => NoteAsync("delete the table", async () => $"{(await Table.DeleteAsync()).Status}");

    public Task AddAsync(TableEntity entity, string label = "") => NoteAsync($"add {Key(entity)} {label}", async () => Written(entity, await Table.AddEntityAsync(entity)));

    public Task UpsertAsync(TableUpdateMode mode, TableEntity entity, string label = "") =>
        NoteAsync($"upsert {mode} {Key(entity)} {label}", async () => Written(entity, await Table.UpsertEntityAsync(entity, mode)));

    /// <param name="version">"*", "latest", "first", or an etag itself.</param>
    public Task UpdateAsync(TableUpdateMode mode, TableEntity entity, string version, string label = "") =>
        NoteAsync($"update {mode} {Key(entity)} {version} {label}", async () => Written(entity, await Table.UpdateEntityAsync(entity, Version(entity, version), mode)));

    public Task DeleteAsync(string partitionKey, string rowKey, string? version = null) => NoteAsync($"delete {partitionKey}/{rowKey} {version}", async () =>
        $"{(await Table.DeleteEntityAsync(partitionKey, rowKey, version is null ? default : Version(Entity(partitionKey, rowKey), version))).Status}");

    public Task GetAsync(string partitionKey, string rowKey, params string[] select) => NoteAsync($"get {partitionKey}/{rowKey} {string.Join(',', select)}", async () =>
        Described((await Table.GetEntityAsync<TableEntity>(partitionKey, rowKey, select.Length == 0 ? null : select)).Value, select.Length == 0));

    public Task GetIfExistsAsync(string partitionKey, string rowKey) => NoteAsync($"get {partitionKey}/{rowKey} if it exists", async () =>
        await Table.GetEntityIfExistsAsync<TableEntity>(partitionKey, rowKey) is { HasValue: true } found ? Described(found.Value!) : "nothing");

    public Task QueryAsync(string? filter, int? size = null, params string[] select) => NoteAsync($"query {filter} {size} {string.Join(',', select)}", async () =>
    {
        var text = new StringBuilder();
        await foreach (var page in Table.QueryAsync<TableEntity>(filter, size, select.Length == 0 ? null : select).AsPages())
            text.AppendJoin("; ", page.Values.Select(entity => Described(entity, select.Length == 0))).Append(page.ContinuationToken is null ? " end" : " more ");
        return text.ToString();
    });

    /// <summary>Only how many there are in each page: for pages too long to read.</summary>
    public Task CountPagesAsync(string? filter, int? size = null) => NoteAsync($"count {filter} {size}", async () =>
    {
        var counts = new List<int>();
        await foreach (var page in Table.QueryAsync<TableEntity>(filter, size).AsPages()) counts.Add(page.Values.Count);
        return string.Join(' ', counts);
    });

    public Task TransactAsync(params (TableTransactionActionType Type, TableEntity Entity, string? Version)[] actions) =>
        TransactAsync(string.Join(", ", actions.Select(action => $"{action.Type} {Key(action.Entity)} {action.Version}")), actions);

    public Task TransactAsync(string label, params (TableTransactionActionType Type, TableEntity Entity, string? Version)[] actions) => NoteAsync($"transaction {label}", async () =>
    {
        var answer = await Table.SubmitTransactionAsync(actions.Select(action =>
            new TableTransactionAction(action.Type, action.Entity, action.Version is null ? default : Version(action.Entity, action.Version))));
        return string.Join(", ", answer.Value.Zip(actions, (response, action) => Written(action.Entity, response)));
    });

    private static string Key(TableEntity entity) => $"{entity.PartitionKey}/{entity.RowKey}";

    private static string Value(object? value) => value switch
    {
        string { Length: > 40 } text => $"string of {text.Length} {Hash(Encoding.UTF8.GetBytes(text))}",
        string text => $"'{text}'",
        byte[] bytes => $"bytes of {bytes.Length} {Hash(bytes)}",
        DateTimeOffset time => $"{time:O}",
        IFormattable number => $"{value.GetType().Name} {number.ToString(null, CultureInfo.InvariantCulture)}",
        _ => $"{value}",
    };

    private static string Hash(byte[] bytes) => Convert.ToHexString(SHA256.HashData(bytes))[..8];

    private async Task NoteAsync(string operation, Func<Task<string>> run)
    {
        try
        {
            lines.Add((operation.TrimEnd(), await run()));
        }
        catch (TableTransactionFailedException e)
        {
            lines.Add((operation.TrimEnd(), $"{e.Status} {e.ErrorCode} at {e.FailedTransactionActionIndex}"));
        }
        catch (RequestFailedException e)
        {
            lines.Add((operation.TrimEnd(), $"{e.Status} {e.ErrorCode}"));
        }
    }

    private string Written(TableEntity entity, Response response) =>
        response.Headers.ETag is { } etag ? $"{response.Status} {Seen(entity.PartitionKey, entity.RowKey, etag)}" : $"{response.Status}";

    private string Seen(string partitionKey, string rowKey, ETag etag)
    {
        if (!versions.TryGetValue((partitionKey, rowKey), out var known)) versions[(partitionKey, rowKey)] = known = [];
        if (!known.Contains(etag.ToString())) known.Add(etag.ToString());
        return $"v{known.IndexOf(etag.ToString()) + 1}";
    }

    private ETag Version(TableEntity entity, string version) => version switch
    {
        "*" => ETag.All,
        "latest" or "first" when !versions.ContainsKey((entity.PartitionKey, entity.RowKey)) => new("W/\"datetime'2020-01-01T00%3A00%3A00.0000000Z'\""),
        "latest" => new(versions[(entity.PartitionKey, entity.RowKey)][^1]),
        "first" => new(versions[(entity.PartitionKey, entity.RowKey)][0]),
        _ => new(version),
    };

    // A property without a value is as good as none.
    private string Described(TableEntity entity, bool whole = true)
    {
        var properties = entity.Where(property => property.Value is not null && property.Key is not ("odata.etag" or "Timestamp")).OrderBy(property => property.Key, StringComparer.Ordinal)
            .Select(property => $"{property.Key}={Value(property.Value)}");
        var version = whole ? $"{Seen(entity.PartitionKey, entity.RowKey, entity.ETag)} {(entity.Timestamp is { } time && time.Offset == TimeSpan.Zero ? "" : "without a UTC time ")}" : "";
        return $"{version}{{{string.Join(' ', properties)}}}";
    }
}
