using Azure;
using Azure.Data.Tables;
using Sluice.Configuration;
using Sluice.Quarantine;

namespace Sluice.AzureServices.Tables;

/// <summary>Refused requests of one source that are written down together, in as few transactions as hold them.</summary>
internal sealed class QuarantineBatch
{
    /// <summary>A transaction takes 100, and one is the ledger.</summary>
    private const int MostActions = 99;

    /// <summary>A transaction takes 4 MiB, in which bytes stand as base64; room is left for the ledger and for what stands around each row.</summary>
    private const long MostBytes = 2 * 1024 * 1024;

    private readonly List<(Rejection Rejection, TableEntity? Whole, int Index)> open = [];
    private readonly QuarantineSettings bounds;
    private readonly Keeping[] keepings;
    private int taken;
    private int next;

    public QuarantineBatch(IReadOnlyList<Rejection> rejections, QuarantineSettings bounds)
    {
        (this.bounds, keepings) = (bounds, new Keeping[rejections.Count]);
        for (var i = 0; i < rejections.Count; i++)
        {
            // Before anything else: what is too large by itself costs neither compression nor a read.
            var whole = rejections[i].Request is { } request && request.Bytes <= bounds.MaxBytes ? QuarantineRow.Of(rejections[i], request) : null;
            keepings[i] = new(false, IsTooLarge: rejections[i].Request is not null && whole is null);
            if (whole is not null || rejections[i].Request is null || rejections[i].Finding is not null) open.Add((rejections[i], whole, i));
        }
    }

    /// <summary>What became of each.</summary>
    public IReadOnlyList<Keeping> Keepings => keepings;

    /// <summary>Whether nothing is left to write.</summary>
    public bool IsDone => taken == open.Count;

    /// <summary>Puts as many into the ledger as one transaction holds, and says what else is written. Begins anew each time that it is asked, until <see cref="Taken"/>.</summary>
    public List<TableTransactionAction> Take(QuarantineLedger ledger, DateTimeOffset now)
    {
        var actions = new List<TableTransactionAction>();
        var bytes = 0L;
        for (next = taken; next < open.Count; next++)
        {
            var (rejection, whole, index) = open[next];
            var decision = whole is null ? default : Room.For(ledger.Kept, rejection.Request!.Bytes, bounds, now);
            var row = decision.Fits ? whole : rejection.Request is null || rejection.Finding is not null ? QuarantineRow.Of(rejection, null) : null;
            var (list, gone) = decision.Fits ? (ledger.Kept, decision.PushedOut) : (ledger.Noted, row is null ? 0 : Math.Max(0, ledger.Noted.Count - Rejection.MostNoted + 1));
            if (row is not null)
            {
                bytes += QuarantineRow.StoredBytes(row);
                if (actions.Count > 0 && (actions.Count + 1 + gone > MostActions || bytes > MostBytes)) break;
                actions.Add(new(TableTransactionActionType.Add, row));
                actions.AddRange(list.GetRange(0, gone).Select(item => Deletion(rejection.Source, item)));
                list.RemoveRange(0, gone);
                list.Add(new(rejection.Id, decision.Fits ? rejection.Request!.Bytes : 0));
            }

            if (whole is not null) keepings[index] = new(decision.Fits, decision.FullUntil, decision.IsTooLarge, decision.FullFrom);
        }

        return actions;
    }

    /// <summary>What was taken last is written.</summary>
    public void Taken() => taken = next;

    /// <summary>None of it is known to be written, since others were faster each time.</summary>
    public IReadOnlyList<Keeping> Overtaken() => [.. keepings.Select(keeping => keeping.IsTooLarge ? keeping : new Keeping(false, IsBusy: true))];

    public static TableTransactionAction Deletion(string source, KeptItem item) => new(TableTransactionActionType.Delete, new TableEntity(source, QuarantineRow.Key(item.Id)), ETag.All);
}
