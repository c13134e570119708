using Sluice.Providers;

namespace Sluice.Core.Tests.Providers;

public sealed class StandardWebhooksHeaderTests
{
    private readonly SignedSource source = SignedSource.Of("standard-webhooks");

    [Theory]
    [InlineData("v1,SIG")]
    [InlineData("v1,BAD v1,SIG")]
    [InlineData("v1,SIG v1,BAD")]
    [InlineData("v1,BAD v1,BAD v2,BAD v1,SIG")]
    [InlineData("v1a,ED25519 v1,SIG")]
    [InlineData("v1, v1,SIG")]
    [InlineData("v1 v1,SIG")]
    [InlineData("v1,SIG v1")]
    [InlineData("junk v1,SIG more")]
    [InlineData("  v1,SIG  ")]
    [InlineData(", ,, v1,SIG")]
    public void A_genuine_entry_is_found_among_malformed_ones(string header) => source.Accepts(With(header));

    [Theory]
    [InlineData("v1,")]
    [InlineData("v1,BAD")]
    [InlineData("v1,SIG,")]
    [InlineData("v1,SIG,junk")]
    [InlineData("SIG")]
    [InlineData("v1 SIG")]
    [InlineData("v1;SIG")]
    [InlineData("v1=SIG")]
    [InlineData("v1,SIG\tv1,BAD")]
    [InlineData("v1,SIG,v1,SIG")]
    [InlineData(" ")]
    public void A_list_without_a_genuine_entry_is_refused(string header) => source.Refuses(With(header), header);

    [Fact]
    public void The_svix_names_of_the_headers_are_read()
    {
        source.Accepts(Svix(source.Sign()));
        source.Refuses(Svix(source.Sign()).Carrying("{}"), SignatureResult.Mismatch);
        source.Refuses(Svix(source.Sign()).Without("svix-id"), SignatureResult.MissingId);
        source.Refuses(Svix(source.Sign()).Without("svix-timestamp"), SignatureResult.MissingTimestamp);
    }

    [Fact]
    public void The_two_families_of_names_are_never_mixed()
    {
        var request = source.Sign();
        source.Refuses(request.Renamed("webhook-id", "svix-id"), SignatureResult.MissingId);
        source.Refuses(request.Renamed("webhook-timestamp", "svix-timestamp"), SignatureResult.MissingTimestamp);
        source.Refuses(request.Renamed("webhook-signature", "svix-signature"), SignatureResult.MissingId);
    }

    [Fact]
    public void The_standard_names_count_before_the_svix_names()
    {
        var genuine = source.Sign();
        var forged = source.Sign("{}");
        var both = forged.Plus("svix-id", SignedSource.Id).Plus("svix-timestamp", "1700000000").Plus("svix-signature", genuine["webhook-signature"]);
        source.Refuses(both.Carrying(SignedSource.Body), SignatureResult.Mismatch);
    }

    [Fact]
    public void The_id_of_the_event_is_the_one_that_was_signed()
    {
        var request = source.Sign(id: "signed").Plus("svix-id", "smuggled");
        source.Accepts(request);
        Assert.Equal("signed", source.Source.Provider.Describe(request.Envelope, source.Source.Settings).Id);
        var svix = Svix(source.Sign(id: "signed")).Plus("webhook-id", "smuggled");
        source.Accepts(svix);
        Assert.Equal("signed", source.Source.Provider.Describe(svix.Envelope, source.Source.Settings).Id);
    }

    [Fact]
    public void An_empty_standard_signature_leaves_it_to_the_svix_names()
    {
        var request = Svix(source.Sign(id: "signed")).Plus("webhook-signature", "").Plus("webhook-id", "smuggled");
        source.Accepts(request);
        Assert.Equal("signed", source.Source.Provider.Describe(request.Envelope, source.Source.Settings).Id);
    }

    [Fact]
    public void The_key_is_the_decoded_secret_with_or_without_its_prefix()
    {
        var bare = SignedSource.Of("standard-webhooks", ("Secrets:0", SignedSource.SecretOf("standard-webhooks")["whsec_".Length..]));
        bare.Accepts(source.Sign());
        source.Accepts(bare.Sign());
    }

    private static SignedRequest Svix(SignedRequest request) => request
        .Renamed("webhook-id", "svix-id").Renamed("webhook-timestamp", "svix-timestamp").Renamed("webhook-signature", "svix-signature");

    private SignedRequest With(string header) => source.Sign().With("webhook-signature", header
        .Replace("SIG", source.Signature(), StringComparison.Ordinal)
        .Replace("BAD", source.Signature("other"), StringComparison.Ordinal));
}
