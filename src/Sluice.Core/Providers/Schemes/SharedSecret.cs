using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Sluice.Providers;

/// <summary>
/// A secret that the sender shows as it is. Only its hash is held, and hashes are compared in fixed time: neither the secret's
/// characters nor its length can be measured. Never shows itself.
/// </summary>
internal sealed class SharedSecret
{
    private readonly byte[] hash = new byte[SHA256.HashSizeInBytes];

    /// <param name="text">The secret as it stands in the request.</param>
    public SharedSecret(string text) => SHA256.HashData(MemoryMarshal.AsBytes(text.AsSpan()), hash);

    public bool Is(ReadOnlySpan<char> text)
    {
        Span<byte> given = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(MemoryMarshal.AsBytes(text), given);
        return CryptographicOperations.FixedTimeEquals(given, hash);
    }

    /// <summary>Compares two texts without telling by the time it takes where they differ.</summary>
    public static bool AreSame(string? given, string? expected) => !string.IsNullOrEmpty(given) && !string.IsNullOrEmpty(expected) && new SharedSecret(expected).Is(given);

    public override string ToString() => nameof(SharedSecret);
}
