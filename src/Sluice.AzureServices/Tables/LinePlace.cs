using System.Globalization;
using Sluice.Storage;

namespace Sluice.AzureServices.Tables;

/// <summary>A delivery's place in a line, as its row holds it: one text.</summary>
/// <param name="Row">The key of its row in the partition of the line.</param>
internal sealed record LinePlace(string OrderKey, string Row, bool Holds, bool IsOutOfOrder, DateTimeOffset? SentAt)
{
    /// <summary>The same, not held by a dead letter.</summary>
    public LinePlace Released => this with { Holds = false };

    public static LinePlace? Of(Place? place, string row) => place is null ? null : new(place.Key, row, place.Holds, IsOutOfOrder: false, place.SentAt);

    public static LinePlace? Read(string? text) => text?.Split(' ') is [var key, var row, var holds, var order, var sent]
        ? new(key, row, holds == "holds", order == "out", sent.Length == 0 ? null : new(long.Parse(sent, CultureInfo.InvariantCulture), TimeSpan.Zero))
        : null;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{OrderKey} {Row} {(Holds ? "holds" : "")} {(IsOutOfOrder ? "out" : "")} {SentAt?.UtcTicks}");
}
