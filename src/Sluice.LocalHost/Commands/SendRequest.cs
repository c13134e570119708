using System.Security.Cryptography;
using Sluice.Events;
using Sluice.Providers;

namespace Sluice.LocalHost.Commands;

/// <summary>The requests of <c>sluice send</c>: what the sender would send, on its way to where the user wants it.</summary>
internal static class SendRequest
{
    private const string Post = "POST";

    /// <summary>Whether the type of an event stands beside its body, so that another body may have it.</summary>
    public static bool HasTypeInHeaders(IProvider provider, string type)
    {
        var now = TimeProvider.System.GetUtcNow();
        return !provider.CreateSample(type, "1", now).Headers.SequenceEqual(provider.CreateSample($"x{type}x", "1", now).Headers);
    }

    /// <summary>An event, correctly signed.</summary>
    public static HttpRequestMessage Event(SendTarget sender, Uri url, string type, byte[]? body)
    {
        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12));
        var now = TimeProvider.System.GetUtcNow();
        var sample = sender.Provider.CreateSample(type, id, now);
        return Create(Sign(sender, url, known => new SentRequest { Url = known, Body = body ?? sample.Body, ContentType = sample.ContentType, Headers = sample.Headers, Id = $"msg_{id}" }, now));
    }

    /// <summary>A request as its receiver sees it.</summary>
    /// <param name="request">To the URL that the sender knows.</param>
    public static Envelope EnvelopeOf(SendTarget sender, SentRequest request, DateTimeOffset now) => new()
    {
        Method = request.Method,
        Target = request.Url.PathAndQuery,
        Url = request.Url.OriginalString,
        PathSecret = sender.Scheme.IsInPath ? request.Url.AbsolutePath[(request.Url.AbsolutePath.LastIndexOf('/') + 1)..] : null,
        Headers = new HeaderList([.. request.Headers, new("Content-Type", request.ContentType)]),
        Body = request.Body,
        ReceivedAt = now,
    };

    // A sender that signs its URL signs the one it was given, wherever this one is sent to.
    private static SentRequest Sign(SendTarget sender, Uri url, Func<Uri, SentRequest> request, DateTimeOffset now) =>
        Towards(sender, url, sender.Secret.Sign(request(sender.Settings.PublicUrl ?? url), sender.Settings, now));

    /// <summary>A request to the URL that the sender knows, sent to where the user wants it.</summary>
    public static SentRequest Towards(SendTarget sender, Uri url, SentRequest signed) =>
        sender.Settings.PublicUrl is { } known ? signed with { Url = Moved(signed.Url, known, url) } : signed;

    /// <summary>What a proof or a question added to the URL the sender knows, added to the one that is called.</summary>
    private static Uri Moved(Uri signed, Uri known, Uri url)
    {
        var (path, query) = (Behind(signed.AbsolutePath, known.AbsolutePath).TrimStart('/'), Behind(signed.Query, known.Query).TrimStart('?', '&'));
        var moved = new UriBuilder(url);
        if (path.Length > 0 && !url.AbsolutePath.EndsWith($"/{path}", StringComparison.Ordinal)) moved.Path = $"{url.AbsolutePath.TrimEnd('/')}/{path}";
        if (query.Length > 0) moved.Query = url.Query.Length > 1 ? $"{url.Query[1..]}&{query}" : query;
        return moved.Uri;
    }

    private static string Behind(string text, string start) => text.StartsWith(start, StringComparison.Ordinal) ? text[start.Length..] : "";

    public static HttpRequestMessage Create(SentRequest sent)
    {
        var request = new HttpRequestMessage(new HttpMethod(sent.Method), sent.Url);
        if (sent.Method == Post || sent.Body.Length > 0)
        {
            request.Content = new ReadOnlyMemoryContent(sent.Body);
            if (sent.ContentType.Length > 0) request.Content.Headers.TryAddWithoutValidation("Content-Type", sent.ContentType);
        }

        foreach (var (name, value) in sent.Headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value)) request.Content?.Headers.TryAddWithoutValidation(name, value);
        }

        return request;
    }
}
