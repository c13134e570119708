using System.Buffers;
using System.Security.Cryptography;

namespace Sluice.Providers;

/// <summary>
/// The fields of a form as senders sign them: decoded, in the order of their names, name and value behind each other with nothing between.
/// A field that stands twice with one value counts once, as in the senders' own libraries.
/// </summary>
internal ref struct SortedFields
{
    /// <summary>No sender has nearly as many; sorting more would be an attacker's wish.</summary>
    private const int Most = 1000;

    private byte[]? bytes;
    private Field[]? fields;
    private int count;

    /// <summary>False for what is no form to the letter. <see cref="Return"/> gives the buffers back in either case.</summary>
    public static bool TryRead(ReadOnlySpan<byte> form, out SortedFields read)
    {
        read = default;
        if (form.IsEmpty) return true;
        var expected = form.Count((byte)'&') + 1;
        if (expected > Most) return false;
        read.bytes = ArrayPool<byte>.Shared.Rent(form.Length);
        read.fields = ArrayPool<Field>.Shared.Rent(expected);
        var at = 0;
        foreach (var range in form.Split((byte)'&'))
        {
            var text = form[range];
            var equals = text.IndexOf((byte)'=');
            if (equals <= 0 || !FormBody.TryDecode(text[..equals], read.bytes.AsSpan(at), out var name) || !FormBody.TryDecode(text[(equals + 1)..], read.bytes.AsSpan(at + name), out var value)) return false;
            read.fields[read.count++] = new Field(read.bytes, at, name, value);
            at += name + value;
        }

        read.fields.AsSpan(0, read.count).Sort();
        return true;
    }

    public readonly void AppendTo(IncrementalHash hash)
    {
        for (var i = 0; i < count; i++)
        {
            if (i > 0 && fields![i].CompareTo(fields[i - 1]) == 0) continue;
            hash.AppendData(bytes!, fields![i].Start, fields[i].Name + fields[i].Value);
        }
    }

    /// <summary>The same behind each other.</summary>
    public readonly byte[] ToArray()
    {
        var text = new List<byte>();
        for (var i = 0; i < count; i++)
        {
            if (i == 0 || fields![i].CompareTo(fields[i - 1]) != 0) text.AddRange(bytes.AsSpan(fields![i].Start, fields[i].Name + fields[i].Value));
        }

        return [.. text];
    }

    public readonly void Return()
    {
        if (bytes is not null) ArrayPool<byte>.Shared.Return(bytes);
        if (fields is not null) ArrayPool<Field>.Shared.Return(fields, clearArray: true);
    }

    private readonly record struct Field(byte[] Bytes, int Start, int Name, int Value) : IComparable<Field>
    {
        public int CompareTo(Field other)
        {
            var names = Bytes.AsSpan(Start, Name).SequenceCompareTo(other.Bytes.AsSpan(other.Start, other.Name));
            return names != 0 ? names : Bytes.AsSpan(Start + Name, Value).SequenceCompareTo(other.Bytes.AsSpan(other.Start + other.Name, other.Value));
        }
    }
}
