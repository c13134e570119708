using System.Text;
using Sluice.Configuration;
using Sluice.Contracts.Catalogue;
using Sluice.Core.Tests.Configuration;
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
        var built = CatalogueSource.Build(provider, 0, [("Quarantine", "true")], out var errors, out var configuration);
        if (built.Source.Scheme.ShowsSecret)
        {
            Assert.Contains("shows its secret", Assert.Single(errors).Message, StringComparison.Ordinal);
            Assert.Null(built.Source.Verifier);
            return;
        }

        Assert.Empty(errors);
        var arrived = built.Send().EnvelopeFor(built.Source);
        var kept = ShownSecrets.Of(configuration).Cut(built.Source, arrived);
        Assert.NotNull(kept);
        var again = new Envelope
        {
            Method = "POST", Target = kept.Target, Url = built.Settings.UrlOf(kept.Target), Headers = HeaderList.Decode(kept.Headers.Encode()), Body = kept.Body, ReceivedAt = arrived.ReceivedAt,
        };
        await built.Source.Verifier!.FetchAsync(again, TestContext.Current.CancellationToken);
        Assert.Equal(SignatureResult.Valid, built.Source.Verifier.Verify(again, again.ReceivedAt).Result);

        var text = $"{kept.Target}\n{kept.Headers.Encode()}\n{Encoding.UTF8.GetString(kept.Body.Span)}";
        foreach (var secret in built.Settings.Secrets) Assert.DoesNotContain(secret.Value, text, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [MemberData(nameof(Senders))]
    public void Posted_to_another_senders_URL_it_shows_its_secret_there_neither(string provider)
    {
        var theirs = CatalogueSource.Of(provider);
        if (!theirs.Source.Scheme.ShowsSecret) return;
        var own = CatalogueSource.Build(provider == "github" ? "stripe" : "github", 0, [("Quarantine", "true")], out _, out var configuration);
        var arrived = theirs.Send().EnvelopeFor(own.Source);
        // Nothing of the path: a secret behind the name of a source that has none there is an unknown URL.
        arrived = arrived with { Target = "/api/webhooks/it" + (arrived.Target.IndexOf('?', StringComparison.Ordinal) is >= 0 and var query ? arrived.Target[query..] : "") };

        var kept = ShownSecrets.Of(configuration).Cut(own.Source, arrived);
        var text = kept is null ? "" : $"{kept.Target}\n{kept.Headers.Encode()}\n{Encoding.UTF8.GetString(kept.Body.Span)}";
        foreach (var secret in theirs.Settings.Secrets) Assert.DoesNotContain(secret.Value, text, StringComparison.OrdinalIgnoreCase);
        foreach (var name in theirs.Source.Scheme.CredentialNames) Assert.DoesNotContain(name, text, StringComparison.OrdinalIgnoreCase);
        if (kept is not null) Assert.Equal(arrived.Body.ToArray(), kept.Body.ToArray());
    }

    [Theory]
    [InlineData("stripe", "/api/webhooks/it?token=x#y", "/api/webhooks/it")]
    [InlineData("twilio", "/api/webhooks/it?token=x", "/api/webhooks/it?token=x")]
    public void The_query_is_kept_only_where_the_sender_signs_it(string provider, string target, string expected)
    {
        var own = CatalogueSource.Build(provider, 0, [("Quarantine", "true")], out _, out var configuration);

        Assert.Equal(expected, ShownSecrets.Of(configuration).Cut(own.Source, own.Send().EnvelopeFor(own.Source) with { Target = target })!.Target);
    }

    [Fact]
    public void A_header_that_a_sources_settings_name_for_a_secret_is_left_out_of_every_other_sources_requests()
    {
        var configuration = SettingsText.Of("""
            "Sources": { "own": { "Provider": "stripe", "Secrets": ["x"], "Quarantine": true }, "other": { "Provider": "token", "Secrets": ["a token of sixteen letters"], "SignatureHeader": "X-House-Token" } }
            """).Reads();
        Assert.True(configuration.TryGetSource("own", out var own));
        var arrived = new Envelope { Method = "POST", Target = "/", Headers = new([new("x-house-token", "nearly"), new("X-Other", "kept")]), Body = default, ReceivedAt = CatalogueSource.Now };

        Assert.Equal([new("X-Other", "kept")], ShownSecrets.Of(configuration).Cut(own, arrived)!.Headers);
        Assert.Null(ShownSecrets.Of(configuration).Cut(own, arrived with { Headers = new([new("x-house-token", "a token of sixteen letters")]) }));
    }

    [Fact]
    public void The_senders_that_show_their_secret_are_these() => Assert.Equal(
        ["basic", "cloudevents", "dialogflow", "dockerhub", "eventgrid", "gitlab", "jwt", "mailchimp", "msgraph", "none", "okta", "strava", "telegram", "token"],
        CatalogueTable.Names.Where(name => CatalogueSource.Of(name).Source.Scheme.ShowsSecret).Order(StringComparer.Ordinal));
}
