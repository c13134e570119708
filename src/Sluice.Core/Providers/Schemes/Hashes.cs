using System.Security.Cryptography;
using Microsoft.Extensions.ObjectPool;

namespace Sluice.Providers;

/// <summary>Hashes of what stands in two places, so that nothing is copied together.</summary>
internal static class Hashes
{
    private static readonly DefaultObjectPool<IncrementalHash> Sha256s = new(new Policy(HashAlgorithmName.SHA256), maximumRetained: 64);
    private static readonly DefaultObjectPool<IncrementalHash> Sha1s = new(new Policy(HashAlgorithmName.SHA1), maximumRetained: 64);

    public static void Sha256(ReadOnlySpan<byte> start, ReadOnlySpan<byte> rest, Span<byte> hash) => Hash(Sha256s, start, rest, hash);

    public static void Sha1(ReadOnlySpan<byte> start, ReadOnlySpan<byte> rest, Span<byte> hash) => Hash(Sha1s, start, rest, hash);

    private static void Hash(DefaultObjectPool<IncrementalHash> pool, ReadOnlySpan<byte> start, ReadOnlySpan<byte> rest, Span<byte> hash)
    {
        var incremental = pool.Get();
        incremental.AppendData(start);
        incremental.AppendData(rest);
        incremental.GetHashAndReset(hash);
        pool.Return(incremental);
    }

    private sealed class Policy(HashAlgorithmName algorithm) : PooledObjectPolicy<IncrementalHash>
    {
        public override IncrementalHash Create() => IncrementalHash.CreateHash(algorithm);

        public override bool Return(IncrementalHash obj) => true;
    }
}
