using System.Security.Cryptography;
using Sluice.Configuration;
using Sluice.Events;

namespace Sluice.Providers;

/// <summary>How a sender that uses HMAC signs: data, so that a provider of this kind is a handful of values.</summary>
public sealed record HmacScheme : SignatureScheme
{
    /// <summary>SHA-256 unless said otherwise.</summary>
    public HashAlgorithmName Algorithm { get; init; } = HashAlgorithmName.SHA256;

    public required SignatureEncoding Encoding { get; init; }

    public required SignatureForm Form { get; init; }

    /// <summary>Stands before each signature, such as <c>sha256=</c>; in a pair list it is the name, such as <c>v1=</c>.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>Stands between the pairs of <see cref="SignatureForm.Pairs"/>.</summary>
    public char Separator { get; init; } = ',';

    /// <summary>The name of the timestamp among the pairs; null where none stands there.</summary>
    public string? TimestampName { get; init; } = "t=";

    public required SignedContent Content { get; init; }

    /// <summary>The header names. Where there are several sets the first whose signature header is present counts.</summary>
    public required IReadOnlyList<SignatureHeaders> Headers { get; init; }

    public KeyFormat Key { get; init; }

    /// <summary>How the timestamp is written.</summary>
    public TimestampFormat Timestamp { get; init; }

    public override string Kind => $"HMAC-{Algorithm.Name}";

    public override bool SignsUrl => Content.HasUrl;

    public override IReadOnlyList<string> HeaderNames => [.. Headers.SelectMany(names => new[] { names.Signature, names.Timestamp, names.Id }).OfType<string>()];

    public override ISignatureVerifier? Prepare(SourceSettings settings, ICollection<ConfigurationError> errors)
    {
        RequireSecret(settings, errors);
        var keys = new List<HmacKey>();
        foreach (var secret in settings.Secrets)
        {
            if (HmacKey.Create(secret, this, out var error) is { } key) keys.Add(key);
            else errors.Add(new(secret.Entry, error!, settings.Name));
        }

        return keys.Count > 0 && keys.Count == settings.Secrets.Count ? new HmacVerifier(this, keys, settings.Tolerance ?? Tolerance) : null;
    }

    public override byte[]? SignedText(Envelope envelope)
    {
        Span<Range> candidates = stackalloc Range[SignatureHeader.MostCandidates];
        SignatureHeader.Read(envelope.Headers, this, candidates, out var header);
        return Content.Write(new SignedParts { Body = envelope.Body.Span, Id = header.Id, Timestamp = header.Timestamp, Method = envelope.Method, Url = envelope.Url });
    }

    public override long? SignedAt(Envelope envelope)
    {
        Span<Range> candidates = stackalloc Range[SignatureHeader.MostCandidates];
        return Content.HasTimestamp && SignatureHeader.Read(envelope.Headers, this, candidates, out var header) == SignatureResult.Valid && Timestamps.TryReadSeconds(header.Timestamp, Timestamp, out var seconds) ? seconds : null;
    }

    public override SentRequest Sign(SentRequest request, SourceSettings settings, string secret, DateTimeOffset at)
    {
        var key = HmacKey.Create(new SecretSettings(secret), this, out var error) ?? throw new FormatException(error);
        return request.With([.. HmacSigner.Headers(this, key, request, at)]);
    }
}

public enum TimestampFormat
{
    Seconds,

    Milliseconds,

    /// <summary>ISO 8601 in UTC with up to nine digits behind the second, such as <c>2026-11-22T12:00:00Z</c>.</summary>
    Iso8601,
}

/// <summary>The headers a scheme reads. <c>Timestamp</c> is null where it stands in the signature header or is not sent.</summary>
public sealed record SignatureHeaders(string Signature, string? Timestamp = null, string? Id = null);

public enum SignatureEncoding
{
    /// <summary>Lower-case hex, as the senders' own libraries demand it.</summary>
    HexLower,

    /// <summary>Hex in either case.</summary>
    Hex,

    /// <summary>Base64 with padding.</summary>
    Base64,
}

public enum SignatureForm
{
    /// <summary>The prefix and one signature.</summary>
    Single,

    /// <summary><c>t=1700000000,v1=...,v1=...</c>: the timestamp, if the scheme has one, and any number of signatures (Stripe, Paddle, CircleCI).</summary>
    Pairs,

    /// <summary><c>v1,... v1,...</c>: signatures separated by spaces, each with its prefix (Standard Webhooks).</summary>
    List,
}

public enum KeyFormat
{
    /// <summary>The secret's characters as UTF-8 are the key.</summary>
    Text,

    /// <summary><c>whsec_</c> (may be absent) and the key in base64.</summary>
    Whsec,

    /// <summary>The key in hex.</summary>
    Hex,

    /// <summary>The key in base64.</summary>
    Base64,
}
