using Sluice.Events;
using Sluice.Processing;

namespace Sluice.LocalHost.Sqlite;

/// <summary>Deliveries that wait with their destination.</summary>
internal sealed partial class Book
{
    private Statement park = null!;

    private void PrepareParking() =>
        park = Prepare("UPDATE deliveries SET start = -1, due = min(due, ?4) WHERE event = ?1 AND destination = ?2 AND due IS NOT NULL AND start = 0 AND attempt = ?3");

    public bool Park(Bell bell, DateTimeOffset now)
    {
        if (Seq(bell.Delivery.Event) is not { } seq || Read(seq, bell.Delivery.Destination) is not { } row) return false;
        if (row.Status.IsEnd() || row.IsClaimed || row.Attempt + 1 != bell.Attempt) return false;
        park.Bind(seq).Bind(bell.Delivery.Destination).Bind(bell.Attempt - 1).Bind(now).Run();
        return true;
    }
}
