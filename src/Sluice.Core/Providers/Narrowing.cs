using System.Text.Json;

namespace Sluice.Providers;

/// <summary>
/// Cuts a body with arrays down to one of their elements: the same bytes without the others, so that a handler sees what the sender
/// would have sent had it sent that one alone.
/// </summary>
internal sealed class Narrowing
{
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
