using Azure;
using Azure.Data.Tables;

namespace Sluice.Functions.Tests.Tables;

/// <summary>The rows of one table of the double, in the order of their keys. Its owner holds the lock.</summary>
internal sealed class TablesDoubleRows(string name, Func<DateTimeOffset> stamp)
{
    private static readonly Comparer<(string Partition, string Row)> Ordinal = Comparer<(string Partition, string Row)>.Create((left, right) =>
        string.CompareOrdinal(left.Partition, right.Partition) is var difference and not 0 ? difference : string.CompareOrdinal(left.Row, right.Row));

    // Beside the order a dictionary: most requests name one row.
    private readonly SortedSet<(string Partition, string Row)> order = new(Ordinal);
    private readonly Dictionary<(string Partition, string Row), (TableEntity Entity, int Bytes)> rows = [];

    public string Name => name;

    public IEnumerable<TableEntity> All => order.Select(key => rows[key].Entity);

    public TableEntity? Find(string partitionKey, string rowKey) => rows.TryGetValue((partitionKey, rowKey), out var row) ? row.Entity : null;

    /// <summary>What the write would make of the row, or the service's refusal. Nothing is changed yet.</summary>
    public CommittedChange Try(TableWrite write, byte[] body)
    {
        var (partitionKey, rowKey) = (write.Entity.PartitionKey, write.Entity.RowKey);
        EntityLimits.CheckKeys(partitionKey, rowKey, inUrl: write.Type != TableTransactionActionType.Add);
        var sent = write.Type == TableTransactionActionType.Delete ? null : Sent(body);
        var before = Find(partitionKey, rowKey);
        if (write.Type == TableTransactionActionType.Add && before is not null)
            throw TableFailure.Of(409, "EntityAlreadyExists", "The specified entity already exists.");
        if (write.Conditional) CheckMatch(write.IfMatch, before);
        if (sent is null) return new(name, before, null);

        var after = before is null || write.Replaces ? new TableEntity(partitionKey, rowKey) : TableWire.Copy(before);
        foreach (var (property, value) in sent) after[property] = Unlike(after, property, value);
        EntityLimits.CheckWhole(after);
        return new(name, before, after);
    }

    public void Commit(CommittedChange change)
    {
        var key = change.After is { } kept ? (kept.PartitionKey, kept.RowKey) : (change.Before!.PartitionKey, change.Before.RowKey);
        if (change.After is not { } after)
        {
            order.Remove(key);
            rows.Remove(key);
            return;
        }

        after.Timestamp = stamp();
        after.ETag = new ETag($"W/\"datetime'{Uri.EscapeDataString(TableWire.Time(after.Timestamp.Value))}'\"");
        order.Add(key);
        rows[key] = (after, TableWire.Body(after).Length + after.ETag.ToString().Length + 16);
    }

    /// <summary>One page, and the keys of the row the next one starts at.</summary>
    public (List<TableEntity> Entities, (string Partition, string Row)? Next) Page(TableFilter? filter, int most, (string Partition, string Row)? from)
    {
        var start = (filter?.FromPartition ?? "", filter?.FromPartition is { } partition && partition == filter.ToPartition ? filter.FromRow ?? "" : "");
        if (from is { } next && Ordinal.Compare(next, start) > 0) start = next;
        var (entities, bytes) = (new List<TableEntity>(), 0);
        if (order.Count == 0 || Ordinal.Compare(start, order.Max) > 0) return (entities, null);
        foreach (var key in order.GetViewBetween(start, order.Max))
        {
            if (filter?.ToPartition is { } last && string.CompareOrdinal(key.Partition, last) is var beyond && (beyond > 0 || (beyond == 0 && EndsAt(filter, key)))) break;
            var row = rows[key];
            if (filter?.Holds(row.Entity) == false) continue;
            bytes += row.Bytes;
            if (entities.Count == most || (entities.Count > 0 && bytes > EntityLimits.PageBytes)) return (entities, key);
            entities.Add(row.Entity);
        }

        return (entities, null);
    }

    private static bool EndsAt(TableFilter filter, (string Partition, string Row) key) =>
        filter.FromPartition == filter.ToPartition && filter.ToRow is { } last && string.CompareOrdinal(key.Row, last) > 0;

    // What goes over the wire comes back as the wire knows it: times as UTC, bytes as a copy, and nothing that is null.
    private static TableEntity Sent(byte[] body)
    {
        var sent = TableWire.Entity(body);
        foreach (var name in sent.Keys.Where(name => sent[name] is null || name == nameof(TableEntity.Timestamp)).ToArray()) sent.Remove(name);
        foreach (var (name, value) in sent) EntityLimits.CheckProperty(name, value);
        return sent;
    }

    private static void CheckMatch(ETag ifMatch, TableEntity? before)
    {
        var expected = ifMatch.ToString();
        if (expected != "*" && !(expected.StartsWith("W/\"", StringComparison.OrdinalIgnoreCase) && expected.EndsWith('"')))
            throw TableFailure.InvalidInput($"The etag value '{expected}' specified in one of the request headers is not valid.");
        if (before is null) throw TableFailure.ResourceNotFound();
        if (expected != "*" && before.ETag.ToString() != expected)
            throw TableFailure.Of(412, "UpdateConditionNotSatisfied", "The update condition specified in the request was not satisfied.");
    }

    // TableEntity keeps a long or a double when an int is written over it; the service takes the new type.
    private static object Unlike(TableEntity entity, string property, object value)
    {
        entity.Remove(property);
        return value;
    }
}
