using Sluice.Providers;

namespace Sluice.Core.Tests.Providers;

/// <summary>The header cases of stripe-dotnet's own tests, and what else a pair list can look like.</summary>
public sealed class StripeHeaderTests
{
    private readonly SignedSource stripe = SignedSource.Of("stripe");

    [Theory]
    [InlineData("t=,v1=SIG", SignatureResult.MissingTimestamp)]
    [InlineData("v1=SIG", SignatureResult.MissingTimestamp)]
    [InlineData("t=1700000000,v1=", SignatureResult.Mismatch)]
    [InlineData("t,v1=,v0=", SignatureResult.MissingTimestamp)]
    [InlineData("t,v1=SIG", SignatureResult.MissingTimestamp)]
    [InlineData("t,,", SignatureResult.MalformedSignature)]
    [InlineData(",,", SignatureResult.MalformedSignature)]
    [InlineData(",", SignatureResult.MalformedSignature)]
    [InlineData("t", SignatureResult.MalformedSignature)]
    [InlineData("=", SignatureResult.MalformedSignature)]
    [InlineData("SIG", SignatureResult.MalformedSignature)]
    [InlineData("t=1700000000", SignatureResult.MalformedSignature)]
    [InlineData("t=1700000000,", SignatureResult.MalformedSignature)]
    [InlineData("t=1700000000,SIG", SignatureResult.MalformedSignature)]
    [InlineData("t=1700000000,v1", SignatureResult.MalformedSignature)]
    [InlineData("t=1700000000,v0=SIG", SignatureResult.MalformedSignature)]
    [InlineData("t=1700000000,v2=SIG", SignatureResult.MalformedSignature)]
    [InlineData("t=1700000000,v11=SIG", SignatureResult.MalformedSignature)]
    [InlineData("t=1700000000,V1=SIG", SignatureResult.MalformedSignature)]
    [InlineData("t=1700000000, v1=SIG", SignatureResult.MalformedSignature)]
    [InlineData("t=1700000000;v1=SIG", SignatureResult.MalformedSignature)]
    [InlineData("t=1700000000,v1= SIG", SignatureResult.Mismatch)]
    [InlineData("t=1700000000,v1=SIG=junk", SignatureResult.Mismatch)]
    [InlineData("t=1700000000,v1==SIG", SignatureResult.Mismatch)]
    [InlineData("T=1700000000,v1=SIG", SignatureResult.MissingTimestamp)]
    [InlineData(" t=1700000000,v1=SIG", SignatureResult.MissingTimestamp)]
    [InlineData("t=1700000000=1,v1=SIG", SignatureResult.MalformedTimestamp)]
    [InlineData("t=1700000000,t=1700000000,v1=SIG", SignatureResult.AmbiguousHeader)]
    [InlineData("t=1,t=1700000000,v1=SIG", SignatureResult.AmbiguousHeader)]
    [InlineData("t=1700000000,v1=SIG,t=1", SignatureResult.AmbiguousHeader)]
    [InlineData("t=,t=1700000000,v1=SIG", SignatureResult.AmbiguousHeader)]
    public void A_header_of_another_form_is_refused(string header, SignatureResult result) => stripe.Refuses(With(header), result);

    [Theory]
    [InlineData("t=1700000000,v1=SIG")]
    [InlineData("v1=SIG,t=1700000000")]
    [InlineData("t=1700000000,v1=SIG,v0=BAD")]
    [InlineData("t=1700000000,v0=BAD,v1=SIG")]
    [InlineData("t=1700000000,v1=BAD,v1=SIG")]
    [InlineData("t=1700000000,v1=SIG,v1=BAD")]
    [InlineData("t=1700000000,v1=,v1=SIG")]
    [InlineData("t=1700000000,,v1=SIG,")]
    [InlineData("t=1700000000,v9=future,x,v1=SIG")]
    public void A_genuine_v1_in_a_pair_list_is_found_wherever_it_stands(string header) => stripe.Accepts(With(header));

    [Fact]
    public void The_whole_text_with_its_whsec_is_the_key()
    {
        var whole = SignedSource.Of("stripe", ("Secrets:0", "whsec_abc"));
        var part = SignedSource.Of("stripe", ("Secrets:0", "abc"));
        whole.Refuses(part.Sign(), SignatureResult.Mismatch);
        part.Refuses(whole.Sign(), SignatureResult.Mismatch);
    }

    private SignedRequest With(string header) => stripe.Sign().With("Stripe-Signature", header
        .Replace("SIG", stripe.Signature(), StringComparison.Ordinal)
        .Replace("BAD", stripe.Signature("other"), StringComparison.Ordinal));
}
