using Sluice.Events;
using Sluice.Processing;
using Sluice.Storage;

namespace Sluice.LocalHost.Sqlite;

/// <summary>What waits with its destination, and the small documents.</summary>
internal sealed partial class Reader
{
    private Statement parked = null!;
    private Statement listState = null!;
    private Statement findState = null!;

    private void PrepareState()
    {
        parked = Prepare("""
            SELECT e.id, d.attempt, d.due FROM deliveries d JOIN events e ON e.seq = d.event
            WHERE d.start = -1 AND d.destination = ?1 ORDER BY d.due, d.event LIMIT ?2
            """);
        listState = Prepare("SELECT name, json, version FROM state WHERE kind = ?1 ORDER BY name");
        findState = Prepare("SELECT name, json, version FROM state WHERE kind = ?1 AND name = ?2");
    }

    public IReadOnlyList<DueRow> Parked(string destination, int limit)
    {
        var found = new List<DueRow>();
        parked.Bind(destination).Bind(limit);
        while (parked.Step()) found.Add(new(new Bell(new DeliveryId(parked.Id(0), destination), parked.Int(1) + 1), parked.Time(2)));
        return found;
    }

    public IReadOnlyList<SharedDocument> ListState(string kind)
    {
        var found = new List<SharedDocument>();
        listState.Bind(kind);
        while (listState.Step()) found.Add(new(kind, listState.Text(0), listState.Text(1), listState.Text(2)));
        return found;
    }

    public SharedDocument? FindState(string kind, string name)
    {
        var found = findState.Bind(kind).Bind(name).Step() ? new SharedDocument(kind, name, findState.Text(1), findState.Text(2)) : null;
        findState.Reset();
        return found;
    }
}
