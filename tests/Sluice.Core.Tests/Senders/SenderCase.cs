using System.Collections.Concurrent;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Sluice.Contracts.Catalogue;
using Sluice.Providers;

namespace Sluice.Core.Tests.Senders;

/// <summary>One request, one secret and one time, to be judged by a sender's library and by us.</summary>
public sealed record SenderCase(string Sender, string Secret, CatalogueRequest Request, long Now)
{
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly ConcurrentDictionary<(string Provider, string Secret), CatalogueSource> Sources = new();

    public string Body => Encoding.UTF8.GetString(Request.Body.Span);

    /// <summary>The line for verify.mjs. With it a case can be replayed: <c>echo 'line' | node verify.mjs</c>.</summary>
    public string Line => JsonSerializer.Serialize(new
    {
        provider = Sender,
        secret = Secret,
        headers = Request.Headers.GroupBy(header => header.Key, StringComparer.OrdinalIgnoreCase)
            .ToDictionary(group => group.Key, group => group.Count() == 1 ? (object)group.Single().Value : group.Select(header => header.Value)),
        body = Convert.ToBase64String(Request.Body.Span),
        now = Now,
        url = Request.Query is null ? CatalogueSource.PublicUrl : $"{CatalogueSource.PublicUrl}?{Request.Query}",
    }, Readable);

    /// <summary>All values of a header as Node gives them; null when it is absent.</summary>
    public string? Header(string name)
    {
        var values = Request.Headers.Where(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(header => header.Value).ToList();
        return values.Count == 0 ? null : string.Join(", ", values);
    }

    public int Count(string name) => Request.Headers.Count(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>What we say; null when we would not even start with this secret.</summary>
    public SignatureResult? Ours()
    {
        var source = Sources.GetOrAdd((SenderLibraries.Senders[Sender].Provider, Secret), static key => CatalogueSource.Build(key.Provider, 0, [(CatalogueTable.Of(key.Provider).KeySetting, key.Secret)], out _)).Source;
        return source.Verifier?.Verify(Request.EnvelopeFor(source), DateTimeOffset.FromUnixTimeSeconds(Now)).Result;
    }
}
