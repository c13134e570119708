using System.Text;
using Sluice.Configuration;
using Sluice.Contracts.Catalogue;
using Sluice.Events;
using Sluice.Ingestion;
using Sluice.Providers;
using Sluice.Quarantine;

namespace Sluice.Core.Tests.Refusals;

/// <summary>For every sender there is: either a refused request of its may be kept, is enough to verify it again and holds no secret, or it may not be kept at all.</summary>
public sealed class KeptRequestTests
{
    public static TheoryData<string> Senders => [.. CatalogueTable.Names];

    [Theory]
    [MemberData(nameof(Senders))]
    public async Task What_may_be_kept_verifies_again_and_shows_no_secret(string provider)
    {
        var built = CatalogueSource.Build(provider, 0, [("Quarantine", "true")], out var errors);
        if (built.Source.Scheme.ShowsSecret)
        {
            Assert.Contains("shows its secret", Assert.Single(errors).Message, StringComparison.Ordinal);
            Assert.Null(built.Source.Verifier);
            return;
        }

        Assert.Empty(errors);
        var arrived = built.Send().EnvelopeFor(built.Source);
        var kept = new KeptRequest(arrived.Target, KeptHeaders.Of(arrived.Headers, built.Source.Scheme.CredentialNames), arrived.Body);
        var again = new Envelope
        {
            Method = "POST", Target = kept.Target, Url = built.Settings.UrlOf(kept.Target), Headers = HeaderList.Decode(kept.Headers.Encode()), Body = kept.Body, ReceivedAt = arrived.ReceivedAt,
        };
        await built.Source.Verifier!.FetchAsync(again, TestContext.Current.CancellationToken);
        Assert.Equal(SignatureResult.Valid, built.Source.Verifier.Verify(again, again.ReceivedAt).Result);

        var text = $"{kept.Target}\n{kept.Headers.Encode()}\n{Encoding.UTF8.GetString(kept.Body.Span)}";
        foreach (var secret in built.Settings.Secrets) Assert.DoesNotContain(secret.Value, text, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void The_senders_that_show_their_secret_are_these() => Assert.Equal(
        ["basic", "cloudevents", "dialogflow", "dockerhub", "eventgrid", "gitlab", "jwt", "mailchimp", "msgraph", "none", "okta", "strava", "telegram", "token"],
        CatalogueTable.Names.Where(name => CatalogueSource.Of(name).Source.Scheme.ShowsSecret).Order(StringComparer.Ordinal));
}
