using System.Text;
using Sluice.Configuration;
using Sluice.Events;

namespace Sluice.Providers;

/// <summary>
/// CloudEvents 1.0 over HTTP, in structured, binary and batched mode. The secret is a bearer token, in <c>Authorization</c> or in the
/// parameter <c>access_token</c>; where <c>SignatureHeader</c> names a header, it is there. A sender asks for leave by OPTIONS with
/// <c>WebHook-Request-Origin</c>. The id is source and id together. Success is 202: accepted, not yet processed.
/// (github.com/cloudevents/spec, http-webhook.md and http-protocol-binding.md, read 2026-11-22.)
/// </summary>
public sealed class CloudEventsProvider : IProvider
{
    private const string Structured = "application/cloudevents+json";
    private const string Batched = "application/cloudevents-batch+json";
    private const int LongestOrigin = 253;

    public string Name => "cloudevents";

    public ProviderFacts Facts { get; } = new()
    {
        Title = "CloudEvents",
        Source = "github.com/cloudevents/spec, http-webhook.md, read 2026-11-22",
        SuccessCodes = [200, 201, 202, 204],
        Unconfirmed = ["Senders that confirm by WebHook-Request-Callback: the callback is never called, only the answer's headers agree."],
    };

    public string SampleType => "com.example.created";

    public IReadOnlyList<string> Headers { get; } = ["ce-*"];

    public Answer? Success { get; } = Answer.Empty(202);

    public SignatureScheme Scheme(SourceSettings settings, ICollection<string> errors) => TokenProvider.Of(settings) with { Query = "access_token" };

    public EventDescription Describe(Envelope envelope, SourceSettings settings)
    {
        if (IsOf(envelope, Structured)) return Of(envelope.Body.Span);
        return new(IdOf(envelope.Headers.Single("ce-source", out _), envelope.Headers.Single("ce-id", out _)), envelope.Headers.Single("ce-type", out _));
    }

    // Whoever asks may send; what he sends is accepted only with the token.
    public Answer? Greet(Envelope envelope, SourceSettings settings)
    {
        if (envelope.Method != "OPTIONS" || envelope.Headers.Single("WebHook-Request-Origin", out _) is not { Length: > 0 and <= LongestOrigin } origin || !origin.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-')) return null;
        var rate = envelope.Headers.Single("WebHook-Request-Rate", out _) is { Length: > 0 and <= 9 } wanted && wanted.All(char.IsAsciiDigit) ? wanted : "*";
        return Answer.Empty(200) with { Headers = [new("Allow", "POST"), new("WebHook-Allowed-Origin", origin), new("WebHook-Allowed-Rate", rate)] };
    }

    public bool IsBatch(Envelope envelope) => IsOf(envelope, Batched);

    public IReadOnlyList<BatchItem>? Split(WebhookEvent batch) =>
        JsonAt.Split(batch.Body, Of) is { } items ? [.. items.Select(item => item with { ContentType = $"{Structured}; charset=utf-8" })] : null;

    public Sample CreateSample(string type, string id, DateTimeOffset at) => new(Encoding.UTF8.GetBytes($$"""
        { "specversion": "1.0", "id": {{Json.Text(id)}}, "source": "/example", "type": {{Json.Text(type)}}, "time": "{{at:yyyy-MM-ddTHH:mm:ssZ}}", "datacontenttype": "application/json", "data": { "sample": true } }
        """), $"{Structured}; charset=utf-8");

    public SentRequest? CreateHandshake(Uri url, SourceSettings settings) =>
        Challenge.Ask("OPTIONS", url).With(new("WebHook-Request-Origin", "eventemitter.example.com"), new("WebHook-Request-Rate", "120"));

    private static EventDescription Of(ReadOnlySpan<byte> item) => new(IdOf(JsonAt.Text(item, "source"), JsonAt.Text(item, "id")), JsonAt.Text(item, "type"));

    // A source is a URI and has no blank.
    private static string? IdOf(string? source, string? id) => string.IsNullOrEmpty(source) || string.IsNullOrEmpty(id) ? null : $"{source} {id}";

    private static bool IsOf(Envelope envelope, string type)
    {
        var given = envelope.Headers.Single("Content-Type", out _).AsSpan();
        var end = given.IndexOf(';');
        return (end < 0 ? given : given[..end]).Trim().Equals(type, StringComparison.OrdinalIgnoreCase);
    }
}
