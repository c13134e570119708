using Sluice.Providers;

namespace Sluice.Core.Tests.Providers;

/// <summary>Refusing costs no memory, so that a flood of forgeries makes no work for the garbage collector.</summary>
public sealed class AllocationTests
{
    [Theory, MemberData(nameof(SignedSource.Providers), MemberType = typeof(SignedSource))]
    public void Verification_allocates_nothing(string provider)
    {
        var source = SignedSource.Of(provider, ("Secrets:1", SignedSource.SecretOf(provider, "second")));
        var good = source.Sign(secret: 1).Envelope;
        var forged = source.Sign().Carrying("{}").Envelope;
        var unsigned = source.Sign().Without(source.Names.Signature).Envelope;
        var verifier = source.Source.Verifier!;
        Assert.Equal(0, Allocated(() => verifier.Verify(good, SignedSource.Now), SignatureResult.Valid));
        Assert.Equal(0, Allocated(() => verifier.Verify(forged, SignedSource.Now), SignatureResult.Mismatch));
        Assert.Equal(0, Allocated(() => verifier.Verify(unsigned, SignedSource.Now), SignatureResult.MissingSignature));
    }

    // What the runtime itself allocates once, when it compiles a method again, is in one round and not in the next.
    private static long Allocated(Func<SignatureCheck> verify, SignatureResult expected)
    {
        var least = long.MaxValue;
        for (var round = 0; round < 20 && least > 0; round++)
        {
            var others = 0;
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 1000; i++) others += verify().Result == expected ? 0 : 1;
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
            Assert.Equal(0, others);
        }

        return least;
    }
}
