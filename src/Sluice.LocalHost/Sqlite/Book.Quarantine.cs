using Sluice.Configuration;
using Sluice.Quarantine;

namespace Sluice.LocalHost.Sqlite;

/// <summary>Refused requests. What there is of a source is read anew for each: the index alone answers, and its bounds are the rows'.</summary>
internal sealed partial class Book
{
    private Statement readRejections = null!;
    private Statement insertRejection = null!;
    private Statement deleteRejection = null!;

    private void PrepareQuarantine()
    {
        readRejections = Prepare("SELECT id, size FROM rejections WHERE source = ?1 AND kept = ?2 ORDER BY id");
        insertRejection = Prepare("""
            INSERT INTO rejections(id, source, kept, size, received_at, result, finding, address, body_bytes, target, headers, body) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
            """);
        deleteRejection = Prepare("DELETE FROM rejections WHERE id = ?1");
    }

    public IReadOnlyList<Keeping> Keep(IReadOnlyList<Rejection> rejections, QuarantineSettings bounds, DateTimeOffset now) => [.. rejections.Select(rejection => Keep(rejection, bounds, now))];

    private Keeping Keep(Rejection rejection, QuarantineSettings bounds, DateTimeOffset now)
    {
        if (rejection.Request is not { } request)
        {
            Note(rejection);
            return default;
        }

        var kept = Items(rejection.Source, isKept: true);
        var decision = Room.For(kept, request.Bytes, bounds, now);
        if (!decision.Fits)
        {
            if (rejection.Finding is not null) Note(rejection);
            return new(false, decision.FullUntil, decision.IsTooLarge, decision.FullFrom);
        }

        for (var i = 0; i < decision.PushedOut; i++) Forget(kept[i].Id);
        Insert(rejection, request);
        return new(true);
    }

    /// <summary>True when it was there.</summary>
    public bool Forget(RejectionId id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.CopyTo(bytes);
        return deleteRejection.Bind(bytes).Run() == 1;
    }

    /// <summary>One step of letting go of what is too old or too much.</summary>
    public int Age(string source, QuarantineSettings bounds, DateTimeOffset now, int limit)
    {
        var kept = Items(source, isKept: true);
        var old = kept.Take(Room.Surplus(kept, bounds, now)).Concat(Items(source, isKept: false).Where(item => item.Id.ReceivedAt <= now - bounds.MaxAge)).Take(limit).ToList();
        foreach (var item in old) Forget(item.Id);
        return old.Count;
    }

    private void Note(Rejection rejection)
    {
        var noted = Items(rejection.Source, isKept: false);
        for (var i = 0; i <= noted.Count - Rejection.MostNoted; i++) Forget(noted[i].Id);
        Insert(rejection, null);
    }

    private void Insert(Rejection rejection, KeptRequest? request)
    {
        Span<byte> bytes = stackalloc byte[16];
        rejection.Id.CopyTo(bytes);
        insertRejection.Bind(bytes).Bind(rejection.Source).Bind(request is null ? 0L : 1L).Bind(request?.Bytes ?? 0L).Bind(rejection.ReceivedAt).Bind(rejection.Result.ToString())
            .Bind(rejection.Finding).Bind(rejection.RemoteAddress?.ToString()).Bind((long)rejection.BodyBytes).Bind(request?.Target).Bind(request?.Headers.Encode());
        // A body of no bytes is one all the same; it is the column that says whether there is one.
        (request is null ? insertRejection.Bind((long?)null) : insertRejection.Bind(request.Body.Span)).Run();
    }

    private List<KeptItem> Items(string source, bool isKept)
    {
        var found = new List<KeptItem>();
        readRejections.Bind(source).Bind(isKept ? 1L : 0L);
        while (readRejections.Step()) found.Add(new(RejectionId.FromBytes(readRejections.Blob(0)), readRejections.Long(1)));
        return found;
    }
}
