using Sluice.Providers;

namespace Sluice.Core.Tests.Providers;

/// <summary>Neither accepting nor refusing costs memory.</summary>
public sealed class Ed25519AllocationTests
{
    private static readonly CraftedSignature Signed = CraftedSignature.Honest(new byte[32], new byte[1000]);
    private static readonly byte[] Forged = CraftedSignature.Flip(Signed.Signature, 7);
    private static readonly byte[] NotReduced = CraftedSignature.Flip(Signed.Signature, 511);

    [Fact]
    public void A_check_with_a_prepared_key_allocates_nothing()
    {
        Assert.True(Ed25519PublicKey.TryCreate(Signed.PublicKey, out var key));
        Assert.Equal(0, Allocated(() => key.Verify(Signed.Message, Signed.Signature), expected: true));
        Assert.Equal(0, Allocated(() => key.Verify("1700000000"u8, Signed.Message, Signed.Signature), expected: false));
        Assert.Equal(0, Allocated(() => key.Verify(Signed.Message, Forged), expected: false));
        Assert.Equal(0, Allocated(() => key.Verify(Signed.Message, NotReduced), expected: false));
    }

    [Fact]
    public void A_single_check_allocates_nothing()
    {
        Assert.Equal(0, Allocated(() => Ed25519.Verify(Signed.PublicKey, Signed.Message, Signed.Signature), expected: true));
        Assert.Equal(0, Allocated(() => Ed25519.Verify(Signed.Message.AsSpan(0, 32), Signed.Message, Signed.Signature), expected: false));
    }

    // What the runtime itself allocates once, when it compiles a method again, is in one round and not in the next.
    private static long Allocated(Func<bool> verify, bool expected)
    {
        var least = long.MaxValue;
        for (var round = 0; round < 20 && least > 0; round++)
        {
            var others = 0;
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 100; i++) others += verify() == expected ? 0 : 1;
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
            Assert.Equal(0, others);
        }

        return least;
    }
}
