using System.Buffers;
using System.Text;
using Sluice.Providers;

namespace Sluice.Diagnosis;

/// <summary>A form was parsed and written anew: there are several ways to escape the same fields.</summary>
internal sealed class FormEscapes(Work work)
{
    private const int MostFields = 1000;

    private static readonly Cause Rewritten = new(CauseKind.BodyReencoded, "the form was parsed and written anew with other escapes", "hand the body on as the bytes that arrived: nothing in front may parse and rewrite a form");

    private static readonly byte[][] Digits = [[.. "0123456789ABCDEF"u8], [.. "0123456789abcdef"u8]];
    private static readonly byte[][] Blanks = [[.. "+"u8], [.. "%20"u8]];

    // What stays as it is beside letters and digits: in forms of browsers, in RFC 3986, in JavaScript's encodeURIComponent.
    private static readonly SearchValues<byte>[] Kept = [.. new[] { "*-._", "-._~", "-_.!~*'()", "-._" }.Select(signs => SearchValues.Create(Encoding.ASCII.GetBytes($"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789{signs}")))];

    public IEnumerable<(byte[] Body, Cause Cause)> Undo(Trial trial, ReadOnlyMemory<byte> body)
    {
        // To those that sign the fields and not the bytes all escapes are one.
        if (trial.Scheme is UrlAndFormScheme or TravisScheme or BraintreeScheme || !work.Transcode(body.Length) || Fields(body.Span) is not { } fields) yield break;
        var text = new ArrayBufferWriter<byte>(body.Length);
        foreach (var blank in Blanks)
        {
            foreach (var kept in Kept)
            {
                foreach (var hex in Digits)
                {
                    if (!work.Rewrite(body.Length)) yield break;
                    yield return (Write(fields, kept, blank, hex, text), Rewritten);
                }
            }
        }
    }

    private static List<(byte[] Name, byte[]? Value)>? Fields(ReadOnlySpan<byte> form)
    {
        if (form.IndexOf((byte)'=') < 0 || form.IndexOfAny("{<\n "u8) >= 0 || form.Count((byte)'&') > MostFields) return null;
        var fields = new List<(byte[], byte[]?)>();
        foreach (var range in form.Split((byte)'&'))
        {
            var field = form[range];
            var equals = field.IndexOf((byte)'=');
            if (Decoded(equals < 0 ? field : field[..equals]) is not { } name) return null;
            var value = equals < 0 ? null : Decoded(field[(equals + 1)..]);
            if (equals >= 0 && value is null) return null;
            fields.Add((name, value));
        }

        return fields;
    }

    private static byte[]? Decoded(ReadOnlySpan<byte> text)
    {
        var bytes = new byte[text.Length];
        return FormBody.TryDecode(text, bytes, out var length) ? bytes[..length] : null;
    }

    private static byte[] Write(List<(byte[] Name, byte[]? Value)> fields, SearchValues<byte> kept, ReadOnlySpan<byte> blank, ReadOnlySpan<byte> digits, ArrayBufferWriter<byte> text)
    {
        text.ResetWrittenCount();
        foreach (var (name, value) in fields)
        {
            if (text.WrittenCount > 0) text.Write("&"u8);
            Write(text, name, kept, blank, digits);
            if (value is null) continue;
            text.Write("="u8);
            Write(text, value, kept, blank, digits);
        }

        return text.WrittenSpan.ToArray();
    }

    private static void Write(ArrayBufferWriter<byte> text, ReadOnlySpan<byte> rest, SearchValues<byte> kept, ReadOnlySpan<byte> blank, ReadOnlySpan<byte> digits)
    {
        while (rest.IndexOfAnyExcept(kept) is >= 0 and var at)
        {
            text.Write(rest[..at]);
            if (rest[at] == ' ') text.Write(blank);
            else text.Write([(byte)'%', digits[rest[at] >> 4], digits[rest[at] & 15]]);
            rest = rest[(at + 1)..];
        }

        text.Write(rest);
    }
}
