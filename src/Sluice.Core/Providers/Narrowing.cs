using System.Security.Cryptography;
using System.Text.Json;

namespace Sluice.Providers;

/// <summary>
/// Cuts a body with arrays down to one of their elements: the same bytes without the others, so that a handler sees what the sender
/// would have sent had it sent that one alone.
/// </summary>
internal sealed class Narrowing
{
    /// <summary>Sixteen times what came, at the most: what stands around a thing is repeated for each.</summary>
    private const int MostGrowth = 16;

    private readonly ReadOnlyMemory<byte> json;
    private readonly (int Start, int End)[] cuts;

    public Narrowing(ReadOnlyMemory<byte> json) : this(json, []) { }

    private Narrowing(ReadOnlyMemory<byte> json, (int Start, int End)[] cuts) => (this.json, this.cuts) = (json, cuts);

    /// <summary>How many bytes are left.</summary>
    public int Length => json.Length - cuts.Sum(cut => cut.End - cut.Start);

    /// <summary>Of that array only the element is left.</summary>
    public Narrowing To(JsonElement array, JsonElement element)
    {
        var (outer, inner) = (Bounds(array), Bounds(element));
        return new(json, [.. cuts, (outer.Start + 1, inner.Start), (inner.End, outer.End - 1)]);
    }

    /// <summary>Of that array nothing is left.</summary>
    public Narrowing Without(JsonElement array)
    {
        var (start, end) = Bounds(array);
        return new(json, [.. cuts, (start + 1, end - 1)]);
    }

    /// <summary>
    /// Each of these as an event of its own; null when there are more than <see cref="BatchItem.Most"/>. Where what stands around them would grow beyond
    /// measure they stay together, as one event of that type: nothing is lost.
    /// </summary>
    public static IReadOnlyList<BatchItem>? Split(ReadOnlyMemory<byte> json, IEnumerable<(Narrowing Narrowed, EventDescription Description)> found, string? type)
    {
        var items = found.Take(BatchItem.Most + 1).ToList();
        if (items.Count > BatchItem.Most) return null;
        return items.Sum(item => (long)item.Narrowed.Length) > (long)MostGrowth * json.Length
            ? [new BatchItem(json, $"whole:{Convert.ToHexStringLower(SHA256.HashData(json.Span))}", type)]
            : [.. items.Select(item => new BatchItem(item.Narrowed.ToBytes(), item.Description.Id, item.Description.Type))];
    }

    public byte[] ToBytes()
    {
        var bytes = new byte[Length];
        var (read, written) = (0, 0);
        foreach (var (start, end) in cuts.OrderBy(cut => cut.Start))
        {
            json.Span[read..start].CopyTo(bytes.AsSpan(written));
            written += start - read;
            read = end;
        }

        json.Span[read..].CopyTo(bytes.AsSpan(written));
        return bytes;
    }

    private (int Start, int End) Bounds(JsonElement element)
    {
        var (start, length) = JsonItems.RangeOf(json, element).GetOffsetAndLength(json.Length);
        return (start, start + length);
    }
}
