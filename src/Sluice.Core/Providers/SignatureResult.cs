namespace Sluice.Providers;

/// <summary>What checking a signature found. Everything but <see cref="Valid"/> and <see cref="KeyUnavailable"/> is answered 401; the precise value goes to log and inspector.</summary>
public enum SignatureResult
{
    Valid = 0,

    /// <summary>The signature header is absent or empty.</summary>
    MissingSignature,

    /// <summary>A header that may stand once stands several times.</summary>
    AmbiguousHeader,

    /// <summary>The signature header is not of the sender's form, or lists more than 16 signatures.</summary>
    MalformedSignature,

    /// <summary>The scheme signs a timestamp and none was sent.</summary>
    MissingTimestamp,

    /// <summary>The timestamp is not a plain number of seconds.</summary>
    MalformedTimestamp,

    /// <summary>The scheme signs an id and none was sent.</summary>
    MissingId,

    /// <summary>Well formed, but made with another secret or over other bytes.</summary>
    Mismatch,

    /// <summary>Genuine, but older than the tolerance.</summary>
    TimestampTooOld,

    /// <summary>Genuine, but further ahead than the tolerance.</summary>
    TimestampInFuture,

    /// <summary>Made with a secret whose time is over.</summary>
    SecretExpired,

    /// <summary>Made with a secret whose time has not come.</summary>
    SecretNotYetValid,

    /// <summary>No secret of the source is valid now; nothing can be accepted.</summary>
    NoUsableSecret,

    /// <summary>It came from an address that the source does not allow; its signature was not looked at.</summary>
    AddressNotAllowed,

    /// <summary>The key that the request names is none of the sender's, or the place it is said to lie at is not the sender's.</summary>
    UntrustedKey,

    /// <summary>The sender's key could not be fetched from where it keeps it. Answered 503: the sender has to try again.</summary>
    KeyUnavailable,

    /// <summary>A genuine token, but of another issuer, for another audience, or without what this source asks for.</summary>
    WrongClaims,

    /// <summary>A genuine token whose time is over. Not a late event: it says nothing about the bytes, so that it never counts again.</summary>
    TokenExpired,

    /// <summary>A handshake that offers another secret than the one that the source has learned; it learns one only.</summary>
    HandshakeRefused,
}

/// <summary>The finding, and for <see cref="SignatureResult.Valid"/> the position of the one that matched in the source's <c>Secrets</c>, followed by its <c>PublicKeys</c>.</summary>
public readonly record struct SignatureCheck(SignatureResult Result, int Secret = -1)
{
    public bool IsValid => Result == SignatureResult.Valid;
}
