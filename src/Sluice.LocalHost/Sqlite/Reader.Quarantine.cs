using System.Net;
using Sluice.Events;
using Sluice.Inspection;
using Sluice.Providers;
using Sluice.Quarantine;

namespace Sluice.LocalHost.Sqlite;

/// <summary>Refused requests, one and in pages.</summary>
internal sealed partial class Reader
{
    private Statement findRejection = null!;
    private Statement newestRejections = null!;
    private Statement oldestRejections = null!;
    private Statement rejectionSources = null!;

    private void PrepareQuarantine()
    {
        const string columns = "id, source, kept, received_at, result, finding, address, body_bytes";
        findRejection = Prepare($"SELECT {columns}, target, headers, body FROM rejections WHERE id = ?1");
        newestRejections = Prepare($"SELECT {columns} FROM rejections WHERE id < ?1 ORDER BY id DESC LIMIT ?2");
        oldestRejections = Prepare($"SELECT {columns} FROM rejections WHERE id > ?1 ORDER BY id LIMIT ?2");
        // From one source to the next by the index, whatever lies between.
        rejectionSources = Prepare("SELECT min(source) FROM rejections WHERE source > ?1");
    }

    public Rejection? FindRejection(RejectionId id)
    {
        var row = Bind(findRejection, id).Step() ? Rejection(findRejection) : null;
        if (row is { IsKept: true }) row = row with { Request = new(findRejection.Text(8), HeaderList.Decode(findRejection.Text(9)), findRejection.Blob(10).ToArray()) };
        findRejection.Reset();
        return row;
    }

    public Page<Rejection> ListRejections(RejectionFilter filter)
    {
        var at = filter.OldestFirst ? default : RejectionId.Last;
        if (filter.Before is not null && !RejectionId.TryParse(filter.Before, out at)) throw new CursorException();
        var list = filter.OldestFirst ? oldestRejections : newestRejections;
        var found = new List<Rejection>();
        var looked = 0;
        Bind(list, at).Bind(MostRows);
        while (found.Count < filter.Limit && list.Step())
        {
            looked++;
            at = RejectionId.FromBytes(list.Blob(0));
            if ((filter.Source is null || list.Text(1) == filter.Source) && (!filter.OnlyKept || list.Long(2) == 1)) found.Add(Rejection(list));
        }

        list.Reset();
        return new(found, found.Count == filter.Limit || looked == MostRows ? at.ToString() : null);
    }

    public IReadOnlyList<string> RejectionSources()
    {
        var found = new List<string>();
        for (string? last = ""; last is not null;)
        {
            rejectionSources.Bind(last).Step();
            last = rejectionSources.TextOrNull(0);
            rejectionSources.Reset();
            if (last is not null) found.Add(last);
        }

        return found;
    }

    private static Rejection Rejection(Statement row) => new()
    {
        Id = RejectionId.FromBytes(row.Blob(0)), Source = row.Text(1), IsKept = row.Long(2) == 1, ReceivedAt = row.Time(3),
        // A name of a newer build's is shown as the plainest one.
        Result = Enum.TryParse<SignatureResult>(row.Text(4), out var result) ? result : SignatureResult.Mismatch,
        Finding = row.TextOrNull(5), RemoteAddress = row.TextOrNull(6) is { } address && IPAddress.TryParse(address, out var parsed) ? parsed : null, BodyBytes = row.Int(7),
    };

    private static Statement Bind(Statement statement, RejectionId id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.CopyTo(bytes);
        return statement.Bind(bytes);
    }
}
