using Sluice.Events;
using Sluice.Providers;

namespace Sluice.Diagnosis;

/// <summary>A URL taken apart as text: what is signed is to the letter.</summary>
/// <param name="Port">With its colon; empty where none is written.</param>
/// <param name="Query">Without its question mark; null where there is none.</param>
internal sealed record UrlText(string Scheme, string Host, string Port, string Path, string? Query)
{
    public static UrlText? Parse(string? url)
    {
        if (url is null || url.IndexOf("://", StringComparison.Ordinal) is not (> 0 and var scheme)) return null;
        var (host, path) = SignedUrl.Ports(url);
        var query = url.IndexOf('?', path);
        return new(url[..scheme], url[(scheme + 3)..host], url[host..path], query < 0 ? url[path..] : url[path..query], query < 0 ? null : url[(query + 1)..]);
    }

    /// <summary>As the request itself shows it, by what the last proxy says and else by its own Host; null without a host.</summary>
    public static UrlText? Of(Envelope envelope)
    {
        var headers = envelope.Headers;
        var host = First(headers, "X-Forwarded-Host") ?? First(headers, "X-Original-Host") ?? First(headers, "Host");
        return host is null ? null : Parse($"{(First(headers, "X-Forwarded-Proto") == "http" ? "http" : "https")}://{host}{envelope.Target}");
    }

    /// <summary>The first of what proxies have listed in a header.</summary>
    public static string? First(HeaderList headers, string name) => headers.First(name) is { } list && Before(list, ',').Trim() is { Length: > 0 and < 512 } value ? value : null;

    /// <summary>What stands before the first such sign; all where there is none.</summary>
    public static string Before(string text, char sign) => text.IndexOf(sign, StringComparison.Ordinal) is >= 0 and var at ? text[..at] : text;

    public override string ToString() => $"{Scheme}://{Host}{Port}{Path}{(Query is null ? "" : "?")}{Query}";
}
