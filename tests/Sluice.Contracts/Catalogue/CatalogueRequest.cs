using Sluice.Events;
using Sluice.Ingestion;
using Sluice.Providers;

namespace Sluice.Contracts.Catalogue;

/// <summary>A request on its way in: start from a genuine one and spoil it.</summary>
public sealed record CatalogueRequest(string Method, string Target, IReadOnlyList<KeyValuePair<string, string>> Headers, ReadOnlyMemory<byte> Body)
{
    private const string Start = "/api/webhooks/";

    /// <summary>The path behind the source's name; null where there is none.</summary>
    public string? PathSecret
    {
        get
        {
            var path = Path;
            var slash = path.StartsWith(Start, StringComparison.Ordinal) ? path.IndexOf('/', Start.Length) : -1;
            return slash < 0 ? null : path[(slash + 1)..];
        }
    }

    public string Path => Target.Split('?', 2)[0];

    /// <summary>What stands behind the question mark; null where there is none.</summary>
    public string? Query => Target.Split('?', 2) is [_, var query] ? query : null;

    public static CatalogueRequest Of(SentRequest request)
    {
        // The target as it was written, not as Uri would write it.
        var url = request.Url.OriginalString;
        var path = url.IndexOf('/', url.IndexOf("//", StringComparison.Ordinal) + 2);
        return new(request.Method, path < 0 ? "/" : url[path..], [.. request.Headers, new("Content-Type", request.ContentType)], request.Body);
    }

    /// <summary>As the endpoint sees it.</summary>
    public Envelope EnvelopeFor(Source source) => new()
    {
        Method = Method,
        Target = Target,
        Url = source.Settings.PublicUrl is not { } url ? null : url.Query.Length > 0 || Query is null ? url.OriginalString : $"{url.OriginalString}?{Query}",
        PathSecret = PathSecret,
        Headers = new HeaderList([.. Headers]),
        Body = Body,
        ReceivedAt = CatalogueSource.Now,
    };

    public string this[string name] => Headers.Single(header => Is(header, name)).Value;

    public bool Has(string name) => Headers.Any(header => Is(header, name));

    /// <summary>The header once, with this value, in its place.</summary>
    public CatalogueRequest With(string name, string value) => this with { Headers = [.. Headers.Select(header => Is(header, name) ? new(header.Key, value) : header)] };

    /// <summary>The header once more.</summary>
    public CatalogueRequest Plus(string name, string value) => this with { Headers = [.. Headers, new(name, value)] };

    public CatalogueRequest Without(string name) => this with { Headers = [.. Headers.Where(header => !Is(header, name))] };

    private static bool Is(KeyValuePair<string, string> header, string name) => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase);
}
