using System.Buffers;
using System.Globalization;
using System.Text;
using Sluice.Events;

namespace Sluice.LocalHost.Captures;

/// <summary>Request line and headers as they stand in a file, with line ends of either kind.</summary>
/// <param name="Method">Null without a request line.</param>
/// <param name="Length">How many bytes it takes, the blank line behind it included.</param>
/// <param name="IsFromCurl">Whether it was picked out of what <c>curl -v</c> prints, which leaves the body out.</param>
/// <param name="IsEnded">Whether a blank line stands behind it.</param>
internal sealed record RequestHead(string? Method, string Target, string? Url, HeaderList Headers, int Length, bool IsFromCurl, bool IsEnded)
{
    private const int Longest = 64 * 1024;
    private const int MostHeaders = 1000;

    private static readonly SearchValues<char> Token = SearchValues.Create("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    /// <exception cref="CaptureException">It is no head of a request.</exception>
    public static RequestHead Read(ReadOnlySpan<byte> bytes)
    {
        var lines = new List<(int Number, string Text)>();
        var (at, number, isEnded, isCurl) = (0, 0, false, false);
        while (at < bytes.Length && !isEnded)
        {
            var end = bytes[at..].IndexOf((byte)'\n');
            var line = end < 0 ? bytes[at..] : bytes.Slice(at, end);
            at += end < 0 ? line.Length : end + 1;
            number++;
            if (at > Longest) throw new CaptureException($"has more than {Longest / 1024} KiB before the first blank line; a request's headers end with one");
            if (line is [.., (byte)'\r']) line = line[..^1];
            isCurl |= lines.Count == 0 && line.Length > 1 && line[0] is (byte)'*' or (byte)'>' && line[1] == ' ';
            if (isCurl && !IsSent(ref line)) continue;
            // Blank lines before a request are no end of it (RFC 9112, 2.2).
            if (line.IsEmpty) isEnded = lines.Count > 0;
            else lines.Add((number, Decode(line, number)));
        }

        if (lines.Count == 0) throw new CaptureException("is empty; it should hold a request line, headers, a blank line and the body");
        return Read(lines, at, isCurl, isEnded);
    }

    // Of what curl -v prints the sent lines begin with "> "; a ">" alone is the blank one.
    private static bool IsSent(ref ReadOnlySpan<byte> line)
    {
        if (line is not [(byte)'>', ..]) return false;
        line = line is [_, (byte)' ', ..] ? line[2..] : line[1..];
        return true;
    }

    private static RequestHead Read(List<(int Number, string Text)> lines, int length, bool isCurl, bool isEnded)
    {
        string? method = null;
        (string Target, string? Url) target = ("", null);
        var first = lines[0].Text;
        if (first[0] != ':' && (first.AsSpan().IndexOfAnyExcept(Token) is not (> 0 and var end) || first[end] != ':'))
        {
            (method, target) = ReadRequestLine(first);
            lines.RemoveAt(0);
        }

        var headers = new List<KeyValuePair<string, string>>();
        foreach (var (number, text) in lines)
        {
            if (text[0] is ' ' or '\t')
            {
                // A folded line (RFC 9112, 5.2) goes on the one before it.
                if (headers.Count == 0) throw new CaptureException($"has a line {Text(number)} that begins with a blank and follows no header");
                headers[^1] = new(headers[^1].Key, $"{headers[^1].Value} {text.Trim(' ', '\t')}".Trim(' '));
                continue;
            }

            // HTTP/2 writes the request line as headers: they stand in captures of browsers.
            if (text.StartsWith(":method:", StringComparison.Ordinal)) method = text[8..].Trim();
            else if (text.StartsWith(":path:", StringComparison.Ordinal)) target = CapturedRequest.ReadTarget(text[6..].Trim()) ?? target;
            else if (!text.StartsWith(':')) headers.Add(ReadHeader(text, number));
            if (headers.Count > MostHeaders) throw new CaptureException($"has more than {MostHeaders} headers; no request has");
        }

        return new(method, target.Target, target.Url, new HeaderList([.. headers]), length, isCurl, isEnded);
    }

    private static (string Method, (string Target, string? Url) Target) ReadRequestLine(string line)
    {
        if (line.StartsWith("HTTP/", StringComparison.Ordinal)) throw new CaptureException("is a response; it should hold the request that the sender made");
        if (line.StartsWith("curl ", StringComparison.Ordinal)) throw new CaptureException("is a command line of curl; it should hold the request itself");
        if (line[0] is '{' or '[') throw new CaptureException("begins like JSON; a HAR is read with --har, a body alone with --body beside --headers");
        var parts = line.Split(' ');
        if (parts.Length is not (2 or 3) || parts[0].AsSpan().ContainsAnyExcept(Token) || parts[0].Length == 0 || (parts.Length == 3 && !parts[2].StartsWith("HTTP/", StringComparison.Ordinal)))
            throw new CaptureException("does not begin with a request line; the first line should be such as: POST /api/webhooks/stripe HTTP/1.1");
        return (parts[0], CapturedRequest.ReadTarget(parts[1]) ?? throw new CaptureException("has a request line without a path; it should be such as: POST /api/webhooks/stripe HTTP/1.1"));
    }

    private static KeyValuePair<string, string> ReadHeader(string line, int number)
    {
        var colon = line.IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0 || line.AsSpan(0, colon).ContainsAnyExcept(Token))
            throw new CaptureException($"has a line {Text(number)} that is no header (Name: value); is the blank line between headers and body missing?");
        return new(line[..colon], line[(colon + 1)..].Trim(' ', '\t'));
    }

    private static string Decode(ReadOnlySpan<byte> line, int number)
    {
        foreach (var one in line)
        {
            if ((one < 0x20 && one != '\t') || one == 0x7F) throw new CaptureException($"has a control character in line {Text(number)}; it is no HTTP request as text");
        }

        try
        {
            return Strict.GetString(line);
        }
        catch (DecoderFallbackException)
        {
            return Encoding.Latin1.GetString(line);
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
