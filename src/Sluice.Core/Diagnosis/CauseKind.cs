namespace Sluice.Diagnosis;

/// <summary>The usual mistakes.</summary>
public enum CauseKind
{
    /// <summary>The configured secret has white space or a line end that is not part of it.</summary>
    SecretWhitespace,

    /// <summary>The configured secret stands in quotes.</summary>
    SecretQuotes,

    /// <summary>A prefix such as <c>whsec_</c> is missing, doubled or too much.</summary>
    SecretPrefix,

    /// <summary>The secret is read as text, hex or base64 and is another of these.</summary>
    SecretEncoding,

    /// <summary>Another source's secret fits: of the same provider (test and live, two endpoints) or not.</summary>
    OtherSourcesSecret,

    SecretExpired,
    SecretNotYetValid,

    /// <summary>The source has no secret yet: the sender brings it in its handshake.</summary>
    SecretNotLearned,

    /// <summary>Nothing that is known made this signature: another secret, or a forgery.</summary>
    UnknownSecret,

    /// <summary>The body was parsed and written anew: spaces, escapes, key order.</summary>
    BodyReserialised,

    /// <summary>The body's characters were decoded and encoded anew: another character set, base64, form escapes.</summary>
    BodyReencoded,

    /// <summary>The body was decompressed, or arrived compressed.</summary>
    BodyCompressed,

    /// <summary>Line ends were changed, or one was added or removed at the end.</summary>
    BodyLineEnds,

    /// <summary>A byte order mark was added or removed.</summary>
    BodyByteOrderMark,

    /// <summary>The body is empty or cut off.</summary>
    BodyTruncated,

    UrlScheme,
    UrlHost,
    UrlPort,
    UrlTrailingSlash,
    UrlQuery,
    UrlPath,

    /// <summary>The sender's clock and this one differ, or the request is that late.</summary>
    ClockSkew,

    /// <summary>The request is another provider's.</summary>
    WrongProvider,

    HeaderRenamed,
    HeaderDoubled,
    HeaderMissing,
    HeaderMalformed,

    /// <summary>Signed with another hash, encoding or over another template than the source's scheme.</summary>
    OtherAlgorithm,

    /// <summary>Came from an address that the source does not allow.</summary>
    AddressNotAllowed,

    /// <summary>A token of another issuer or for another audience, or one whose time is over.</summary>
    WrongToken,
}
