using Sluice.Configuration;
using Sluice.Inspection;
using Sluice.Quarantine;

namespace Sluice.Contracts;

/// <summary>Refused requests in memory: a double that keeps every promise of <see cref="IQuarantine"/> but the durable one.</summary>
public sealed class InMemoryQuarantine(TimeProvider time) : IQuarantine
{
    private readonly Lock gate = new();
    private readonly SortedDictionary<RejectionId, Rejection> rows = [];

    public ValueTask<IReadOnlyList<Keeping>> KeepAsync(IReadOnlyList<Rejection> rejections, QuarantineSettings bounds, CancellationToken cancellationToken)
    {
        lock (gate) return new([.. rejections.Select(rejection => Keep(rejection, bounds))]);
    }

    public ValueTask<Page<Rejection>> ListAsync(RejectionFilter filter, CancellationToken cancellationToken)
    {
        RejectionId? behind = filter.Before is null ? null : RejectionId.TryParse(filter.Before, out var parsed) ? parsed : throw new CursorException();
        lock (gate)
        {
            var all = filter.OldestFirst ? rows.Values.Where(row => behind is null || row.Id > behind.Value) : rows.Values.Reverse().Where(row => behind is null || row.Id < behind.Value);
            List<Rejection> found = [.. all.Where(row => (filter.Source is null || row.Source == filter.Source) && (row.IsKept || !filter.OnlyKept)).Take(filter.Limit + 1)];
            var more = found.Count > filter.Limit;
            return new(new Page<Rejection>([.. found.Take(filter.Limit).Select(row => row with { Request = null })], more ? found[filter.Limit - 1].Id.ToString() : null));
        }
    }

    public ValueTask<Rejection?> FindAsync(RejectionId id, CancellationToken cancellationToken)
    {
        lock (gate) return new(rows.GetValueOrDefault(id));
    }

    public ValueTask<bool> RemoveAsync(RejectionId id, CancellationToken cancellationToken)
    {
        lock (gate) return new(rows.Remove(id));
    }

    public ValueTask<IReadOnlyList<string>> SourcesAsync(CancellationToken cancellationToken)
    {
        lock (gate) return new([.. rows.Values.Select(row => row.Source).Distinct()]);
    }

    public ValueTask<int> AgeAsync(string source, QuarantineSettings bounds, DateTimeOffset now, int limit, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            var kept = Items(source);
            RejectionId[] old =
            [
                .. kept.Take(Room.Surplus(kept, bounds, now)).Select(item => item.Id)
                    .Concat(rows.Values.Where(row => !row.IsKept && row.Source == source && row.ReceivedAt <= now - bounds.MaxAge).Select(row => row.Id)).Take(limit),
            ];
            foreach (var id in old) rows.Remove(id);
            return new(old.Length);
        }
    }

    private Keeping Keep(Rejection rejection, QuarantineSettings bounds)
    {
        if (rejection.Request is not { } request)
        {
            Note(rejection);
            return default;
        }

        var kept = Items(rejection.Source);
        var decision = Room.For(kept, request.Bytes, bounds, time.GetUtcNow());
        if (decision.Fits)
        {
            foreach (var item in kept.Take(decision.PushedOut)) rows.Remove(item.Id);
            rows.Add(rejection.Id, rejection);
            return new(true);
        }

        if (rejection.Finding is not null) Note(rejection with { IsKept = false, Request = null });
        return new(false, decision.FullUntil, decision.IsTooLarge, decision.FullFrom);
    }

    private List<KeptItem> Items(string source) => [.. rows.Values.Where(row => row.IsKept && row.Source == source).Select(row => new KeptItem(row.Id, row.Request!.Bytes))];

    private void Note(Rejection rejection)
    {
        RejectionId[] noted = [.. rows.Values.Where(row => !row.IsKept && row.Source == rejection.Source).Select(row => row.Id)];
        foreach (var id in noted.Take(noted.Length - Rejection.MostNoted + 1)) rows.Remove(id);
        rows.Add(rejection.Id, rejection);
    }
}
