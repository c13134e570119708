using System.Globalization;
using Sluice.Contracts;
using Sluice.Providers;

namespace Sluice.Core.Tests.Providers;

public sealed class SecretRotationTests
{
    private static readonly DateTimeOffset Change = SignedSource.Now;

    [Theory, MemberData(nameof(SignedSource.Providers), MemberType = typeof(SignedSource))]
    public void Any_of_several_secrets_may_match_and_the_match_is_named(string provider)
    {
        var source = SignedSource.Of(provider, ("Secrets:1", SignedSource.SecretOf(provider, "second")), ("Secrets:2", SignedSource.SecretOf(provider, "third")));
        for (var i = 0; i < 3; i++)
            Assert.Equal(new SignatureCheck(SignatureResult.Valid, i), source.Check(source.Sign(secret: i)));
    }

    [Attack("A39")]
    [Theory, MemberData(nameof(SignedSource.Providers), MemberType = typeof(SignedSource))]
    public void A_secret_is_valid_from_its_first_instant_to_before_its_last(string provider)
    {
        var source = Rotated(provider);
        var (old, @new) = (source.Sign(secret: 0), source.Sign(secret: 1));
        Assert.Equal(new SignatureCheck(SignatureResult.Valid, 0), source.Check(old, Change.AddSeconds(10).AddTicks(-1)));
        Assert.Equal(new SignatureCheck(SignatureResult.SecretExpired, 0), source.Check(old, Change.AddSeconds(10)));
        Assert.Equal(new SignatureCheck(SignatureResult.SecretNotYetValid, 1), source.Check(@new, Change.AddSeconds(-10).AddTicks(-1)));
        Assert.Equal(new SignatureCheck(SignatureResult.Valid, 1), source.Check(@new, Change.AddSeconds(-10)));
    }

    [Attack("A39")]
    [Theory, MemberData(nameof(SignedSource.Providers), MemberType = typeof(SignedSource))]
    public void Both_secrets_match_in_their_overlap_only(string provider)
    {
        var source = Rotated(provider);
        foreach (var (second, old, @new) in new[] { (-11, true, false), (-10, true, true), (0, true, true), (9, true, true), (10, false, true), (200, false, true) })
        {
            var now = Change.AddSeconds(second);
            Assert.Equal(old, source.Check(source.Sign(secret: 0), now).IsValid);
            Assert.Equal(@new, source.Check(source.Sign(secret: 1), now).IsValid);
        }
    }

    [Theory, MemberData(nameof(SignedSource.Providers), MemberType = typeof(SignedSource))]
    public void A_forgery_is_a_mismatch_while_any_secret_is_valid(string provider)
    {
        var source = Rotated(provider);
        var forged = source.Sign().Carrying("{}");
        foreach (var second in new[] { -100, -10, 0, 10, 100 }) source.Refuses(forged, SignatureResult.Mismatch, Change.AddSeconds(second));
    }

    [Theory, MemberData(nameof(SignedSource.Providers), MemberType = typeof(SignedSource))]
    public void When_no_secret_is_valid_that_is_said_and_nothing_is_accepted(string provider)
    {
        var source = SignedSource.Of(provider,
            ("Secrets:0", null!), ("Secrets:0:Value", SignedSource.SecretOf(provider)), ("Secrets:0:NotAfter", Text(Change)),
            ("Secrets:1:Value", SignedSource.SecretOf(provider, "second")), ("Secrets:1:NotBefore", Text(Change.AddSeconds(60))));
        source.Refuses(source.Sign().Carrying("{}"), SignatureResult.NoUsableSecret);
        source.Refuses(source.Sign(secret: 0), SignatureResult.SecretExpired);
        source.Refuses(source.Sign(secret: 1), SignatureResult.SecretNotYetValid);
    }

    [Theory, MemberData(nameof(SignedSource.Providers), MemberType = typeof(SignedSource))]
    public void The_same_secret_dated_and_undated_is_valid_while_either_is(string provider)
    {
        var secret = SignedSource.SecretOf(provider);
        var source = SignedSource.Of(provider, ("Secrets:0", null!), ("Secrets:0:Value", secret), ("Secrets:0:NotAfter", Text(Change)), ("Secrets:1", secret));
        Assert.Equal(new SignatureCheck(SignatureResult.Valid, 1), source.Check(source.Sign()));
    }

    [Fact]
    public void Signatures_of_both_secrets_in_one_header_match_by_the_valid_one()
    {
        var source = Rotated("stripe");
        var request = source.Sign().With("Stripe-Signature", $"t=1700000000,v1={source.Signature(secret: 0)},v1={source.Signature(secret: 1)}");
        Assert.Equal(0, source.Check(request, Change.AddSeconds(-100)).Secret);
        Assert.Equal(1, source.Check(request, Change.AddSeconds(100)).Secret);
        source.Accepts(request, Change.AddSeconds(100));
    }

    // The old one until ten seconds after the change, the new one from ten seconds before it.
    private static SignedSource Rotated(string provider) => SignedSource.Of(provider,
        ("Secrets:0", null!), ("Secrets:0:Value", SignedSource.SecretOf(provider)), ("Secrets:0:NotAfter", Text(Change.AddSeconds(10))),
        ("Secrets:1:Value", SignedSource.SecretOf(provider, "second")), ("Secrets:1:NotBefore", Text(Change.AddSeconds(-10))));

    private static string Text(DateTimeOffset time) => time.ToString("O", CultureInfo.InvariantCulture);
}
