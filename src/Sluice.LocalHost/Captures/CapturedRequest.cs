using System.Globalization;
using Sluice.Configuration;
using Sluice.Events;
using Sluice.Ingestion;

namespace Sluice.LocalHost.Captures;

/// <summary>A request that somebody kept: of a log, a proxy or a browser.</summary>
internal sealed record CapturedRequest
{
    private const string Start = "/api/webhooks/";

    public required string Method { get; init; }

    /// <summary>Path and query; empty where the capture does not say.</summary>
    public required string Target { get; init; }

    /// <summary>The whole URL that was called; null where the capture has only the path.</summary>
    public string? Url { get; init; }

    public required HeaderList Headers { get; init; }

    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>When it was received, where the capture says so.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>What is odd about the capture, one line each, without anything of its content.</summary>
    public IReadOnlyList<string> Remarks { get; init; } = [];

    /// <summary>The source that the path names, <c>/api/webhooks/NAME</c>; null where it names none.</summary>
    public string? SourceName => Parts() is [var name, ..] && name.Length > 0 ? name : null;

    /// <summary>The moment in its <c>Date</c> header; few senders send one.</summary>
    public DateTimeOffset? Date => DateTimeOffset.TryParseExact(Headers.Single("Date", out _), "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date) ? date : null;

    /// <summary>As the endpoint of that source would have seen it.</summary>
    public Envelope EnvelopeFor(Source source, DateTimeOffset at) => new()
    {
        Method = Method,
        Target = Target,
        Url = source.Settings.UrlOf(Target),
        PathSecret = source.Scheme.IsInPath ? PathSecret(source.Settings) : null,
        Headers = Headers,
        Body = Body,
        ReceivedAt = at,
    };

    /// <summary>Reads the target of a request line or the URL of a capture; null when it is neither a path nor an http address.</summary>
    public static (string Target, string? Url)? ReadTarget(string text)
    {
        var sent = text.IndexOf('#', StringComparison.Ordinal) is >= 0 and var fragment ? text[..fragment] : text;
        if (sent.StartsWith('/')) return (sent, null);
        if (!Uri.TryCreate(sent, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https")) return null;
        // The path as it was written, not as Uri would write it.
        var host = sent.IndexOf("//", StringComparison.Ordinal) + 2;
        if (host < 2) return null;
        var path = sent.AsSpan(host).IndexOfAny('/', '?');
        if (path < 0) return ("/", sent);
        return (sent[host + path] == '/' ? sent[(host + path)..] : $"/{sent[(host + path)..]}", sent);
    }

    // Behind a proxy the path may be another than the host's own: then it is the public one, or its last part.
    private string? PathSecret(SourceSettings settings)
    {
        if (Parts() is [_, var secret]) return Uri.UnescapeDataString(secret);
        var path = Path;
        var known = settings.PublicUrl?.AbsolutePath.TrimEnd('/');
        if (known is { Length: > 0 } && path.StartsWith($"{known}/", StringComparison.Ordinal)) return Uri.UnescapeDataString(path[(known.Length + 1)..]);
        return SourceName is null && path.LastIndexOf('/') is > 0 and var slash ? Uri.UnescapeDataString(path[(slash + 1)..]) : null;
    }

    private string[] Parts() => Path.StartsWith(Start, StringComparison.OrdinalIgnoreCase) ? Path[Start.Length..].Split('/', 2) : [];

    private string Path => Target.Split('?', 2)[0];
}
