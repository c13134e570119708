using System.Text;
using System.Text.Json;
using Sluice.Configuration;
using Sluice.Providers;

namespace Sluice.Diagnosis;

/// <summary>Something between sender and here changed the bytes: their encoding, their ends, their mark.</summary>
internal sealed class BodyMistakes(Work work)
{
    private const string RawBytes = "hand the body on as the bytes that arrived: nothing in front may decode or rewrite it";

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private static readonly byte[] Mark = [0xef, 0xbb, 0xbf];

    /// <summary>In the order in which they are undone: what happened last comes first.</summary>
    public IReadOnlyList<Mistake> All => [Of(new Compression(work).Undo), Of(Wrapped), Of(CharacterSet), Of(ByteOrderMark), Of(LineEnds)];

    /// <summary>Parsed and written anew: there are many ways to write, and each is as long as the body.</summary>
    public IReadOnlyList<Mistake> Rewritten => [Of(new JsonForms(work).Undo), Of(new FormEscapes(work).Undo)];

    private Mistake Of(Func<Trial, ReadOnlyMemory<byte>, IEnumerable<(byte[] Body, Cause Cause)>> undo) => new(trial => trial.LooksAtBody && !trial.Envelope.Body.IsEmpty ? Changed(trial, undo) : []);

    private IEnumerable<Trial> Changed(Trial trial, Func<Trial, ReadOnlyMemory<byte>, IEnumerable<(byte[] Body, Cause Cause)>> undo)
    {
        // Read to see whether there is something to undo, with room for what it may have been.
        if (!work.Read(2L * trial.Envelope.Body.Length)) yield break;
        foreach (var (body, cause) in undo(trial, trial.Envelope.Body))
        {
            if (!work.Read(body.Length)) yield break;
            if (!trial.Envelope.Body.Span.SequenceEqual(body)) yield return trial.With(body, cause);
        }
    }

    // The whole body inside something else: base64 of API gateways, a JSON string, a field of a form, escapes.
    private IEnumerable<(byte[] Body, Cause Cause)> Wrapped(Trial trial, ReadOnlyMemory<byte> body)
    {
        if (body.Span.IndexOf((byte)'{') < 0 && FromBase64(body.Span) is { } plain) yield return (plain, Reencoded("the body arrived in base64 and the sender signed what it encodes", "decode the body before it is handed on (API gateways say isBase64Encoded)"));
        if (body.Span[0] == '"' && ReadString(body.Span) is { } text) yield return (text, Reencoded("the body arrived as a JSON string of the body that was signed"));
        if (FormBody.Exactly(body.Span, "payload") is [{ Length: > 0 } payload]) yield return (payload, Reencoded("the body arrived as the field payload of a form, and the sender signed the field's value", "set the sender to send JSON, or hand its body on unchanged"));
        if (body.Span.IndexOf((byte)'%') >= 0 && Decoded(body.Span) is { } unescaped) yield return (unescaped, Reencoded("the body's percent escapes were made once too often"));
        var (hasSlashes, hasEntities) = (body.Span.IndexOf("\\\""u8) >= 0, body.Span.IndexOf("&"u8) >= 0 && body.Span.IndexOf(";"u8) >= 0);
        if (!(hasSlashes || hasEntities) || !work.Transcode(body.Length) || Text(body.Span) is not { } written) yield break;
        if (hasSlashes) yield return (Encoding.UTF8.GetBytes(written.Replace("\\\"", "\"", StringComparison.Ordinal).Replace("\\\\", "\\", StringComparison.Ordinal)), Reencoded("the body's quotes arrived with backslashes before them"));
        if (hasEntities) yield return (Encoding.UTF8.GetBytes(System.Net.WebUtility.HtmlDecode(written)), Reencoded("the body's signs arrived as HTML entities"));
    }

    private IEnumerable<(byte[] Body, Cause Cause)> CharacterSet(Trial trial, ReadOnlyMemory<byte> body)
    {
        if (Ascii.IsValid(body.Span) || !work.Transcode(body.Length)) yield break;
        var other = Reencoded("the body's letters outside ASCII were decoded and encoded in another character set");
        var bytes = body.ToArray();
        if (bytes.AsSpan().StartsWith((byte[])[0xff, 0xfe])) yield return (Encoding.UTF8.GetBytes(Encoding.Unicode.GetString(bytes, 2, bytes.Length - 2)), Reencoded("the body arrived in UTF-16 and the sender signed UTF-8", "write the body to the file as bytes (PowerShell's > makes UTF-16 of it)"));
        if (Text(bytes) is not { } text) yield return (Encoding.UTF8.GetBytes(Encoding.Latin1.GetString(bytes)), other);
        else if (text.All(c => c <= '\u00ff')) yield return (Encoding.Latin1.GetBytes(text), other);
    }

    private static IEnumerable<(byte[] Body, Cause Cause)> ByteOrderMark(Trial trial, ReadOnlyMemory<byte> body) => body.Span.StartsWith(Mark)
        ? [(body[3..].ToArray(), new(CauseKind.BodyByteOrderMark, "the body arrived with a byte order mark that the sender did not sign", "write the body without byte order mark"))]
        : [([.. Mark, .. body.Span], new(CauseKind.BodyByteOrderMark, "the body arrived without the byte order mark that the sender signed", RawBytes))];

    private static IEnumerable<(byte[] Body, Cause Cause)> LineEnds(Trial trial, ReadOnlyMemory<byte> body)
    {
        var changed = new Cause(CauseKind.BodyLineEnds, "the body's line ends were changed between LF and CR LF", RawBytes);
        var added = new Cause(CauseKind.BodyLineEnds, "the body arrived with blanks or a line end around it that the sender did not sign", "write the body without adding a line end (editors, echo and here-documents add one)");
        var removed = new Cause(CauseKind.BodyLineEnds, "the body arrived without the line end behind it that the sender signed", RawBytes);
        if (body.Span.EndsWith("\n"u8)) yield return (body.Span[..^(body.Span.EndsWith("\r\n"u8) ? 2 : 1)].ToArray(), added);
        yield return (body.Span.Trim(" \t\r\n"u8).ToArray(), added);
        yield return ([.. body.Span, (byte)'\n'], removed);
        yield return ([.. body.Span, (byte)'\r', (byte)'\n'], removed);
        if (body.Span.IndexOf((byte)'\n') < 0) yield break;
        var feeds = WithoutReturns(body.Span);
        yield return (feeds, changed);
        yield return (WithReturns(feeds), changed);
    }

    private static byte[] WithoutReturns(ReadOnlySpan<byte> body)
    {
        var text = new byte[body.Length];
        var length = 0;
        for (var i = 0; i < body.Length; i++)
        {
            if (body[i] != '\r' || i + 1 == body.Length || body[i + 1] != '\n') text[length++] = body[i];
        }

        return text[..length];
    }

    private static byte[] WithReturns(ReadOnlySpan<byte> feeds)
    {
        var text = new byte[feeds.Length + feeds.Count((byte)'\n')];
        var length = 0;
        foreach (var b in feeds)
        {
            if (b == '\n') text[length++] = (byte)'\r';
            text[length++] = b;
        }

        return text;
    }

    private static byte[]? ReadString(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            return reader.Read() && reader.TokenType == JsonTokenType.String && reader.GetString() is { } text && !reader.Read() ? Encoding.UTF8.GetBytes(text) : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static byte[]? FromBase64(ReadOnlySpan<byte> text)
    {
        var bytes = new byte[(text.Length / 4 * 3) + 3];
        return System.Buffers.Text.Base64.DecodeFromUtf8(text, bytes, out _, out var length) == System.Buffers.OperationStatus.Done && length > 0 ? bytes[..length] : null;
    }

    private static byte[]? Decoded(ReadOnlySpan<byte> text)
    {
        var bytes = new byte[text.Length];
        return FormBody.TryDecode(text, bytes, out var length) ? bytes[..length] : null;
    }

    private static string? Text(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return Strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    private static Cause Reencoded(string text, string fix = RawBytes) => new(CauseKind.BodyReencoded, text, fix);
}
