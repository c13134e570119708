using System.Globalization;
using System.Security.Cryptography;
using Sluice.Events;

namespace Sluice.Providers;

/// <summary>
/// The id of what has none and may come twice in the same bytes: each arrival is one of its own. A sender's repeat makes one too many, where one too
/// few would be a change never looked at.
/// </summary>
internal static class ArrivalId
{
    /// <summary>The moment it came, to the millisecond, and the bytes' hash.</summary>
    public static string Of(Envelope envelope) =>
        string.Create(CultureInfo.InvariantCulture, $"{envelope.ReceivedAt.ToUnixTimeMilliseconds()}-{Convert.ToHexStringLower(SHA256.HashData(envelope.Body.Span).AsSpan(0, 16))}");
}
