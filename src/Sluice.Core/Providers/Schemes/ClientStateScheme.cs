using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Configuration;
using Sluice.Events;

namespace Sluice.Providers;

/// <summary>
/// The secret stands in the body, once in each notification of <c>value</c> (Microsoft Graph). All of them have to show the same one; a
/// request without a notification shows none. It stays in the bytes that are kept and delivered.
/// </summary>
public sealed record ClientStateScheme : SignatureScheme
{
    /// <summary>What Graph takes.</summary>
    private const int LongestState = 128;

    public override string Kind => "secret in the body";

    public override IReadOnlyList<string> HeaderNames => [];

    public override bool ShowsSecret => true;

    public override ISignatureVerifier? Prepare(SourceSettings settings, ICollection<ConfigurationError> errors)
    {
        RequireSecret(settings, errors);
        return DatedKeys.Read<SharedSecret>(settings, errors, Read) is { } keys ? new ClientStateVerifier(keys) : null;
    }

    public override SentRequest Sign(SentRequest request, SourceSettings settings, string secret, DateTimeOffset at)
    {
        if (Read(secret).Error is { } error) throw new FormatException(error);
        try
        {
            var body = JsonNode.Parse(request.Body.Span);
            foreach (var item in body?["value"]?.AsArray() ?? []) item!["clientState"] = secret;
            return request with { Body = JsonSerializer.SerializeToUtf8Bytes(body, Plain) };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or NullReferenceException)
        {
            // Bytes that have no place for the secret are sent as they are.
            return request;
        }
    }

    private static readonly JsonSerializerOptions Plain = new();

    private static (SharedSecret? Key, string? Error) Read(string secret) => secret.Length > LongestState
        ? (null, $"is longer than {LongestState} characters; a subscription's clientState cannot be")
        : (new SharedSecret(secret), null);
}

/// <summary>Compares the <c>clientState</c> of every notification with the secrets of one source.</summary>
internal sealed class ClientStateVerifier(IReadOnlyList<DatedKey<SharedSecret>> keys) : ISignatureVerifier
{
    public int Keys => keys.Count;

    public bool IsUsable(DateTimeOffset now) => DatedKeys.IsUsable(keys, now);

    public SignatureCheck Verify(Envelope envelope, DateTimeOffset now)
    {
        if (JsonAt.Items(envelope.Body, "value") is not { Count: > 0 } items) return new(SignatureResult.MissingSignature);
        var states = new string[items.Count];
        for (var i = 0; i < states.Length; i++)
        {
            if (JsonAt.Text(items[i].Span, "clientState") is not { Length: > 0 } state) return new(SignatureResult.MissingSignature);
            states[i] = state;
        }

        return DatedKeys.Find(keys, now, states, static (key, all) => Array.TrueForAll(all, state => key.Is(state)));
    }
}
