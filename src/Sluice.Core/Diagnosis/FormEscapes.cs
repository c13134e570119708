using System.Text;
using Sluice.Providers;

namespace Sluice.Diagnosis;

/// <summary>A form was parsed and written anew: there are several ways to escape the same fields.</summary>
internal sealed class FormEscapes(Work work)
{
    private const int MostFields = 1000;

    private static readonly Cause Rewritten = new(CauseKind.BodyReencoded, "the form was parsed and written anew with other escapes", "hand the body on as the bytes that arrived: nothing in front may parse and rewrite a form");

    private static readonly string[] Digits = ["X2", "x2"];

    // What stays as it is beside letters and digits: in forms of browsers, in RFC 3986, in JavaScript's encodeURIComponent.
    private static readonly string[] Kept = ["*-._", "-._~", "-_.!~*'()", "-._"];

    public IEnumerable<(byte[] Body, Cause Cause)> Undo(Trial trial, ReadOnlyMemory<byte> body)
    {
        // To those that sign the fields and not the bytes all escapes are one.
        if (trial.Scheme is UrlAndFormScheme or TravisScheme or BraintreeScheme || Fields(body.Span) is not { } fields) yield break;
        foreach (var blank in new[] { "+", "%20" })
        {
            foreach (var kept in Kept)
            {
                foreach (var hex in Digits)
                {
                    if (!work.Rewrite(body.Length)) yield break;
                    yield return (Write(fields, kept, blank, hex), Rewritten);
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

    private static byte[] Write(List<(byte[] Name, byte[]? Value)> fields, string kept, string blank, string hex)
    {
        var text = new StringBuilder();
        foreach (var (name, value) in fields)
        {
            if (text.Length > 0) text.Append('&');
            Write(text, name, kept, blank, hex);
            if (value is null) continue;
            text.Append('=');
            Write(text, value, kept, blank, hex);
        }

        return Encoding.ASCII.GetBytes(text.ToString());
    }

    private static void Write(StringBuilder text, byte[] bytes, string kept, string blank, string hex)
    {
        foreach (var b in bytes)
        {
            if (char.IsAsciiLetterOrDigit((char)b) || kept.Contains((char)b, StringComparison.Ordinal)) text.Append((char)b);
            else if (b == ' ') text.Append(blank);
            else text.Append('%').Append(b.ToString(hex, System.Globalization.CultureInfo.InvariantCulture));
        }
    }
}
