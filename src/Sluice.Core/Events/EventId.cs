using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Sluice.Events;

/// <summary>
/// The id of an event: the first 16 bytes of SHA-256 over its source, a zero byte and its idempotency key,
/// written as 32 lower-case hex digits. The same webhook therefore has the same id wherever and however often it arrives.
/// </summary>
public readonly record struct EventId : IComparable<EventId>, ISpanFormattable
{
    private readonly UInt128 value;

    private EventId(UInt128 value) => this.value = value;

    /// <summary>Derives the id of the event that <paramref name="source"/> calls <paramref name="idempotencyKey"/>.</summary>
    public static EventId Of(string source, string idempotencyKey)
    {
        var length = Encoding.UTF8.GetMaxByteCount(source.Length + idempotencyKey.Length + 1);
        var buffer = length <= 1024 ? stackalloc byte[length] : new byte[length];
        var written = Encoding.UTF8.GetBytes(source, buffer);
        buffer[written++] = 0;
        written += Encoding.UTF8.GetBytes(idempotencyKey, buffer[written..]);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(buffer[..written], hash);
        return FromBytes(hash);
    }

    /// <summary>Reads the 16 bytes that <see cref="CopyTo"/> wrote (big-endian); more bytes are ignored.</summary>
    public static EventId FromBytes(ReadOnlySpan<byte> bytes) => new(BinaryPrimitives.ReadUInt128BigEndian(bytes));

    /// <summary>Writes the 16 bytes, big-endian, so that byte order and text order agree.</summary>
    public void CopyTo(Span<byte> bytes) => BinaryPrimitives.WriteUInt128BigEndian(bytes, value);

    /// <summary>Reads 32 hex digits; anything else is no id.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out EventId id)
    {
        id = default;
        if (text is not { Length: 32 } || !UInt128.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
            return false;
        id = new EventId(value);
        return true;
    }

    /// <summary>Writes the 32 hex digits into a span that has room for them.</summary>
    public void Format(Span<char> text) => TryFormat(text, out _);

    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[16];
        CopyTo(bytes);
        return Convert.ToHexStringLower(bytes);
    }

    /// <summary>There is one form only.</summary>
    public string ToString(string? format, IFormatProvider? formatProvider) => ToString();

    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format = default, IFormatProvider? provider = null)
    {
        Span<byte> bytes = stackalloc byte[16];
        CopyTo(bytes);
        return Convert.TryToHexStringLower(bytes, destination, out charsWritten);
    }

    public int CompareTo(EventId other) => value.CompareTo(other.value);

    public static bool operator <(EventId left, EventId right) => left.value < right.value;
    public static bool operator >(EventId left, EventId right) => left.value > right.value;
    public static bool operator <=(EventId left, EventId right) => left.value <= right.value;
    public static bool operator >=(EventId left, EventId right) => left.value >= right.value;
}
