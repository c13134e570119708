using System.Globalization;
using Sluice.Storage;

namespace Sluice.LocalHost.Sqlite;

/// <summary>The small documents.</summary>
internal sealed partial class Book
{
    private Statement insertState = null!;
    private Statement updateState = null!;
    private Statement deleteState = null!;
    private long stateWrites;

    private void PrepareState()
    {
        insertState = Prepare("INSERT INTO state(kind, name, json, version) VALUES(?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING");
        updateState = Prepare("UPDATE state SET json = ?3, version = ?4 WHERE kind = ?1 AND name = ?2 AND version = ?5");
        deleteState = Prepare("DELETE FROM state WHERE kind = ?1 AND name = ?2 AND version = ?3");
    }

    /// <summary>The document with its new version; null when another stands there, or none.</summary>
    public SharedDocument? Write(SharedDocument document)
    {
        // No version comes twice, not even of a document that was removed and added again.
        var version = string.Create(CultureInfo.InvariantCulture, $"{Start}.{++stateWrites}");
        var statement = document.Version is null ? insertState : updateState;
        statement.Bind(document.Kind).Bind(document.Name).Bind(document.Json).Bind(version);
        if (document.Version is not null) statement.Bind(document.Version);
        return statement.Run() > 0 ? document with { Version = version } : null;
    }

    /// <summary>False when another version stands there, or none.</summary>
    public bool Remove(SharedDocument document) =>
        document.Version is not null && deleteState.Bind(document.Kind).Bind(document.Name).Bind(document.Version).Run() > 0;
}
