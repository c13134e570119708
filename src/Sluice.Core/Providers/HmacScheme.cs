using System.Security.Cryptography;

namespace Sluice.Providers;

/// <summary>How a sender that uses HMAC signs: data, so that a provider of this kind is a handful of values.</summary>
public sealed record HmacScheme
{
    /// <summary>SHA-256 unless said otherwise.</summary>
    public HashAlgorithmName Algorithm { get; init; } = HashAlgorithmName.SHA256;

    public required SignatureEncoding Encoding { get; init; }

    public required SignatureForm Form { get; init; }

    /// <summary>Stands before each signature, such as <c>sha256=</c>; in a pair list it is the name, such as <c>v1=</c>.</summary>
    public string Prefix { get; init; } = "";

    public required SignedContent Content { get; init; }

    /// <summary>The header names. Where there are several sets the first whose signature header is present counts.</summary>
    public required IReadOnlyList<SignatureHeaders> Headers { get; init; }

    /// <summary>How far the signed timestamp may be from now, both ways; null where the sender signs no time.</summary>
    public TimeSpan? Tolerance { get; init; }

    public KeyFormat Key { get; init; }
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

    /// <summary><c>t=1700000000,v1=...,v1=...</c>: the timestamp and any number of signatures (Stripe).</summary>
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
}
