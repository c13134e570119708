using System.Security.Cryptography;
using Sluice.LocalHost.Hosting;
using Sluice.Providers;

namespace Sluice.LocalHost.Commands;

/// <summary>The requests of <c>sluice send</c>: what the sender would send, on its way to where the user wants it.</summary>
internal static class SendRequest
{
    private const string Post = "POST";

    /// <summary>An event, correctly signed.</summary>
    public static HttpRequestMessage Event(SendTarget sender, Uri url, string type, byte[]? body)
    {
        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12));
        var now = TimeProvider.System.GetUtcNow();
        var sample = sender.Provider.CreateSample(type, id, now);
        return Create(Sign(sender, url, known => new SentRequest { Url = known, Body = body ?? sample.Body, ContentType = sample.ContentType, Headers = sample.Headers, Id = $"msg_{id}" }, now));
    }

    /// <summary>The question that this sender asks; null where it asks none.</summary>
    public static HttpRequestMessage? Question(SendTarget sender, Uri url)
    {
        var known = sender.Settings.PublicUrl ?? url;
        var settings = sender.Settings with { Secrets = [new(Brought(sender))] };
        if (sender.Provider.CreateHandshake(known, settings) is not { } question) return null;
        if (question.IsSigned) return Create(Sign(sender, url, _ => question, TimeProvider.System.GetUtcNow()));
        return Create(sender.Settings.PublicUrl is null ? question : question with { Url = Moved(question.Url, known, url) });
    }

    // A question that brings a secret (Asana's) teaches it to a source that has none: that has to be one its user knows. To any other source it
    // brings one that nobody can guess, since the answer is printed.
    private static string Brought(SendTarget sender) => sender.Provider.OffersSecret && sender.Settings.Secrets.Count == 0
        ? sender.Secret.Value ?? throw new CommandException($"{sender.Settings.Name} would learn a secret that nobody knows; choose one with --secret, and send events with the same")
        : Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

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
