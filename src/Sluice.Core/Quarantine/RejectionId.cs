using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Sluice.Quarantine;

/// <summary>
/// The id of a refused request: the millisecond it was received in and 80 random bits, written as 32 lower-case hex digits. Ids sort as their
/// requests were received. Nothing of the request is in it: two that are the same to the byte have two ids.
/// </summary>
public readonly record struct RejectionId : IComparable<RejectionId>
{
    private const int RandomBits = 80;

    private readonly UInt128 value;

    private RejectionId(UInt128 value) => this.value = value;

    /// <summary>Greater than every id there is.</summary>
    public static RejectionId Last { get; } = new(UInt128.MaxValue);

    /// <summary>When its request was received, to the millisecond; the last moment there is where a text names a later one.</summary>
    public DateTimeOffset ReceivedAt => DateTimeOffset.FromUnixTimeMilliseconds(Math.Min((long)(value >> RandomBits), DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()));

    /// <summary>The id behind this one.</summary>
    public RejectionId Next => new(value + 1);

    /// <summary>Makes the id of a request.</summary>
    public static RejectionId Create(DateTimeOffset receivedAt, Random random)
    {
        Span<byte> bytes = stackalloc byte[16];
        random.NextBytes(bytes);
        var drawn = BinaryPrimitives.ReadUInt128BigEndian(bytes) & ((UInt128.One << RandomBits) - 1);
        return new(((UInt128)receivedAt.ToUnixTimeMilliseconds() << RandomBits) | drawn);
    }

    /// <summary>Reads the 16 bytes that <see cref="CopyTo"/> wrote; more bytes are ignored.</summary>
    public static RejectionId FromBytes(ReadOnlySpan<byte> bytes) => new(BinaryPrimitives.ReadUInt128BigEndian(bytes));

    /// <summary>Writes the 16 bytes, big-endian, so that byte order and text order agree.</summary>
    public void CopyTo(Span<byte> bytes) => BinaryPrimitives.WriteUInt128BigEndian(bytes, value);

    /// <summary>Reads 32 hex digits; anything else is no id.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out RejectionId id)
    {
        id = default;
        if (text is not { Length: 32 } || !UInt128.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)) return false;
        id = new(value);
        return true;
    }

    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[16];
        CopyTo(bytes);
        return Convert.ToHexStringLower(bytes);
    }

    public int CompareTo(RejectionId other) => value.CompareTo(other.value);

    public static bool operator <(RejectionId left, RejectionId right) => left.value < right.value;
    public static bool operator >(RejectionId left, RejectionId right) => left.value > right.value;
    public static bool operator <=(RejectionId left, RejectionId right) => left.value <= right.value;
    public static bool operator >=(RejectionId left, RejectionId right) => left.value >= right.value;
}
