using System.Buffers;
using System.Text;

namespace Sluice.Providers;

/// <summary>Reads <c>application/x-www-form-urlencoded</c> bodies strictly, and writes them: what is no such text gives nothing. Never throws.</summary>
internal static class FormBody
{
    /// <summary>
    /// The decoded bytes of these fields, in this order, of a form that has each of them once and no other: what else it had would be
    /// signed by nobody. Null for any other form, or when something is not encoded as it should be.
    /// </summary>
    public static byte[][]? Exactly(ReadOnlySpan<byte> form, params ReadOnlySpan<string> names)
    {
        var values = new byte[names.Length][];
        Span<byte> key = stackalloc byte[64];
        foreach (var range in form.Split((byte)'&'))
        {
            var field = form[range];
            var equals = field.IndexOf((byte)'=');
            if (equals < 0 || !TryDecode(field[..equals], key, out var length)) return null;
            var place = -1;
            for (var i = 0; i < names.Length; i++)
            {
                if (Ascii.Equals(key[..length], names[i])) place = i;
            }

            if (place < 0 || values[place] is not null) return null;
            var buffer = new byte[field.Length - equals - 1];
            if (!TryDecode(field[(equals + 1)..], buffer, out length)) return null;
            values[place] = length == buffer.Length ? buffer : buffer[..length];
        }

        return Array.IndexOf(values, null) < 0 ? values : null;
    }

    /// <summary>The value, as text, of the field of that name; null when it is absent, stands several times, or is not encoded as it should be.</summary>
    public static string? Single(ReadOnlySpan<byte> form, string name)
    {
        var most = Encoding.UTF8.GetMaxByteCount(name.Length);
        Span<byte> buffer = most <= 128 ? stackalloc byte[256] : new byte[2 * most];
        var wanted = buffer[..Encoding.UTF8.GetBytes(name, buffer)];
        // A longer name does not fit, and is another.
        var key = buffer.Slice(most, wanted.Length);
        var value = default(ReadOnlySpan<byte>);
        var count = 0;
        foreach (var range in form.Split((byte)'&'))
        {
            var field = form[range];
            var equals = field.IndexOf((byte)'=');
            if (equals < 0 || !TryDecode(field[..equals], key, out var length) || !wanted.SequenceEqual(key[..length])) continue;
            value = field[(equals + 1)..];
            count++;
        }

        if (count != 1) return null;
        var bytes = new byte[value.Length];
        return TryDecode(value, bytes, out var decoded) ? Encoding.UTF8.GetString(bytes, 0, decoded) : null;
    }

    /// <summary><c>+</c> is a blank, <c>%xx</c> a byte; a <c>%</c> without two hex digits is an error.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> text, Span<byte> bytes, out int length)
    {
        length = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (length == bytes.Length) return false;
            if (text[i] != '%')
            {
                bytes[length++] = text[i] == '+' ? (byte)' ' : text[i];
                continue;
            }

            if (i + 2 >= text.Length || Convert.FromHexString(text.Slice(i + 1, 2), bytes.Slice(length++, 1), out _, out _) != OperationStatus.Done) return false;
            i += 2;
        }

        return true;
    }

    /// <summary>The text of a form, encoded as browsers do.</summary>
    public static byte[] Encode(params ReadOnlySpan<(string Name, string Value)> fields)
    {
        var text = new StringBuilder();
        foreach (var (name, value) in fields)
            text.Append(text.Length == 0 ? "" : "&").Append(Escape(name)).Append('=').Append(Escape(value));
        return Encoding.ASCII.GetBytes(text.ToString());
    }

    private static string Escape(string text) => Uri.EscapeDataString(text).Replace("%20", "+", StringComparison.Ordinal);
}
