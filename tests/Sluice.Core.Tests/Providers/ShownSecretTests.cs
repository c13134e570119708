using System.Text;
using Sluice.Events;
using Sluice.Providers;

namespace Sluice.Core.Tests.Providers;

/// <summary>Senders that show their secret, in a header, the URL or the body: the whole secret and nothing like it.</summary>
public sealed class ShownSecretTests
{
    [Theory, MemberData(nameof(ShownSource.Names), MemberType = typeof(ShownSource))]
    public void The_secret_is_accepted(string provider)
    {
        var source = ShownSource.Of(provider);
        Assert.Equal(SignatureResult.Valid, source.Check(source.Send()));
    }

    [Theory, MemberData(nameof(ShownSource.Names), MemberType = typeof(ShownSource))]
    public void Another_secret_is_refused(string provider)
    {
        var source = ShownSource.Of(provider);
        Assert.Equal(SignatureResult.Mismatch, source.Check(source.Send(ShownSource.OtherOf(provider))));
    }

    [Theory, MemberData(nameof(ShownSource.Names), MemberType = typeof(ShownSource))]
    public void Every_single_changed_character_and_every_shorter_or_longer_secret_is_refused(string provider)
    {
        var source = ShownSource.Of(provider);
        var secret = ShownSource.SecretOf(provider);
        var guesses = Enumerable.Range(0, secret.Length).Select(i => secret[..i] + (char)(secret[i] ^ 1) + secret[(i + 1)..])
            .Concat(Enumerable.Range(0, secret.Length).Select(i => secret[..i]))
            .Concat([secret + "x", "x" + secret, secret + secret, secret.ToUpperInvariant()])
            .Where(guess => guess != secret);
        Assert.All(guesses, guess => Assert.NotEqual(SignatureResult.Valid, source.Check(Guess(source, guess))));
    }

    [Theory, MemberData(nameof(ShownSource.Names), MemberType = typeof(ShownSource))]
    public void Without_the_secret_a_request_is_refused(string provider)
    {
        var source = ShownSource.Of(provider);
        var envelope = source.Send();
        var bare = envelope with { PathSecret = null, Headers = new HeaderList([]), Body = provider == "msgraph" ? "{\"value\":[{}]}"u8.ToArray() : envelope.Body };
        Assert.Equal(SignatureResult.MissingSignature, source.Check(bare));
    }

    [Theory, MemberData(nameof(ShownSource.Names), MemberType = typeof(ShownSource))]
    public void Dated_secrets_count_in_their_time_only(string provider)
    {
        var now = SignedSource.Now;
        var source = ShownSource.Of(provider, ("Secrets:0:Value", ShownSource.SecretOf(provider)), ("Secrets:0:NotAfter", now.AddHours(1).ToString("O")),
            ("Secrets:1:Value", ShownSource.OtherOf(provider)), ("Secrets:1:NotBefore", now.AddMinutes(30).ToString("O")));
        var (old, fresh) = (source.Send(), source.Send(ShownSource.OtherOf(provider)));

        Assert.Equal((SignatureResult.Valid, SignatureResult.SecretNotYetValid), (source.Check(old), source.Check(fresh)));
        Assert.Equal((SignatureResult.Valid, SignatureResult.Valid), (source.Check(old, now.AddMinutes(45)), source.Check(fresh, now.AddMinutes(45))));
        Assert.Equal((SignatureResult.SecretExpired, SignatureResult.Valid), (source.Check(old, now.AddHours(1)), source.Check(fresh, now.AddHours(1))));
        Assert.Equal(1, source.Source.Verifier!.Verify(fresh, now.AddHours(1)).Secret);
    }

    [Theory, MemberData(nameof(ShownSource.Names), MemberType = typeof(ShownSource))]
    public void A_secret_that_is_none_makes_the_source_unusable_and_is_not_shown(string provider)
    {
        foreach (var (secret, fix) in new[] { ("", "is empty"), ("   ", "is empty"), (" CANARYCANARYCANARY:x ", "white space") })
        {
            var error = Assert.Single(ShownSource.ErrorsOf(provider, ("Secrets:0", secret)));
            Assert.Contains(fix, error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("CANARY", error.ToString(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("none", "0123456789abcde", "is shorter than 16 characters; it is all that guards the URL, so make it long and random")]
    [InlineData("none", "0123456789abcdef/../x", "has characters that a URL would change; use letters, digits, - and _")]
    [InlineData("basic", "password", "has no user name; write user:password")]
    [InlineData("basic", ":password", "has no user name; write user:password")]
    [InlineData("gitlab", "schlüssel", "has characters that no header can carry; use letters, digits and signs of ASCII")]
    public void A_secret_that_cannot_be_shown_is_named_with_its_fix(string provider, string secret, string error) =>
        Assert.Equal(error, Assert.Single(ShownSource.ErrorsOf(provider, ("Secrets:0", secret))).Message);

    [Theory]
    [InlineData("gitlab", "X-Gitlab-Token")]
    [InlineData("telegram", "x-telegram-bot-api-secret-token")]
    [InlineData("token", "Authorization")]
    [InlineData("okta", "Authorization")]
    [InlineData("basic", "AUTHORIZATION")]
    [InlineData("cloudevents", "Authorization")]
    public void A_token_that_is_sent_twice_is_refused(string provider, string header)
    {
        var source = ShownSource.Of(provider);
        var envelope = source.Send();
        var value = envelope.Headers.First(header)!;
        Assert.Equal(SignatureResult.AmbiguousHeader, source.Check(envelope with { Headers = new HeaderList([.. envelope.Headers, new(header, value)]) }));
    }

    [Fact]
    public void Basic_is_what_the_rfc_says()
    {
        // RFC 7617, section 2.
        var source = ShownSource.Of("basic", ("Secrets:0", "Aladdin:open sesame"));
        Assert.Equal(SignatureResult.Valid, source.Check(source.Carry("{}", ("Authorization", "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="))));
        Assert.Equal(SignatureResult.Valid, source.Check(source.Carry("{}", ("Authorization", "basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="))));
        Assert.Equal(SignatureResult.Mismatch, source.Check(source.Carry("{}", ("Authorization", "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ"))));
        Assert.Equal(SignatureResult.MalformedSignature, source.Check(source.Carry("{}", ("Authorization", "Bearer QWxhZGRpbjpvcGVuIHNlc2FtZQ=="))));
    }

    [Fact]
    public void A_token_may_stand_in_any_header_with_any_prefix()
    {
        var source = ShownSource.Of("token", ("SignatureHeader", "X-Key"), ("SignaturePrefix", "key="));
        Assert.Equal(SignatureResult.Valid, source.Check(source.Carry("{}", ("X-Key", "key=0123456789"))));
        Assert.Equal(SignatureResult.MalformedSignature, source.Check(source.Carry("{}", ("X-Key", "0123456789"))));
        Assert.Equal(SignatureResult.Valid, ShownSource.Of("token", ("SignatureHeader", "X-Key")).Check(source.Carry("{}", ("X-Key", "0123456789"))));
    }

    [Fact]
    public void A_header_that_holds_the_secret_is_kept_from_destinations()
    {
        foreach (var (provider, _, _) in ShownSource.Providers)
        {
            var source = ShownSource.Of(provider).Source;
            Assert.DoesNotContain(source.Scheme.HeaderNames, name => source.Scheme.CredentialNames.Contains(name, StringComparer.OrdinalIgnoreCase));
        }

        Assert.Equal(["X-Gitlab-Token"], ShownSource.Of("gitlab").Source.Scheme.CredentialNames);
    }

    [Theory]
    [InlineData("?access_token=a-token-of-some-length", SignatureResult.Valid)]
    [InlineData("?x=1&access_token=a%2Dtoken-of-some-length", SignatureResult.Valid)]
    [InlineData("?access_token=a-token-of-some-lengthX", SignatureResult.Mismatch)]
    [InlineData("?access_token=", SignatureResult.MissingSignature)]
    [InlineData("?ACCESS_TOKEN=a-token-of-some-length", SignatureResult.MissingSignature)]
    [InlineData("?access_token=a-token-of-some-length&access_token=x", SignatureResult.AmbiguousHeader)]
    [InlineData("", SignatureResult.MissingSignature)]
    public void A_cloud_events_token_may_stand_in_the_query(string query, SignatureResult expected)
    {
        var source = ShownSource.Of("cloudevents");
        Assert.Equal(expected, source.Check(source.Send() with { Headers = HeaderList.Empty, Target = "/api/webhooks/it" + query }));
    }

    [Theory]
    [InlineData("""{"value":[{"clientState":"a client state"},{"clientState":"a client state"}]}""", SignatureResult.Valid)]
    [InlineData("""{"value":[{"clientState":"x"}],"value":[{"clientState":"a client state"}]}""", SignatureResult.Valid)]
    [InlineData("""{"value":[{"clientState":"a client state"},{"clientState":"a client statf"}]}""", SignatureResult.Mismatch)]
    [InlineData("""{"value":[{"clientState":"a client state"},{}]}""", SignatureResult.MissingSignature)]
    [InlineData("""{"value":[{"clientState":"a client state"},null]}""", SignatureResult.MissingSignature)]
    [InlineData("""{"value":[{"clientState":["a client state"]}]}""", SignatureResult.MissingSignature)]
    [InlineData("""{"value":[{"clientState":"a client state","clientState":"x"}]}""", SignatureResult.Mismatch)]
    [InlineData("""{"value":[],"clientState":"a client state"}""", SignatureResult.MissingSignature)]
    [InlineData("""{"value":{"clientState":"a client state"}}""", SignatureResult.MissingSignature)]
    [InlineData("""[{"clientState":"a client state"}]""", SignatureResult.MissingSignature)]
    [InlineData("""{"value":[{"clientState":"a client state"}]}}""", SignatureResult.MissingSignature)]
    [InlineData("""{"value":[{"clientState":"a client state"}""", SignatureResult.MissingSignature)]
    [InlineData("""{"value":[{"clientState":"\ud800"}]}""", SignatureResult.MissingSignature)]
    [InlineData("", SignatureResult.MissingSignature)]
    public void Every_notification_of_microsoft_graph_has_to_show_the_client_state(string body, SignatureResult expected)
    {
        var source = ShownSource.Of("msgraph");
        Assert.Equal(expected, source.Check(source.Send() with { Body = Encoding.UTF8.GetBytes(body) }));
    }

    [Fact]
    public void Two_secrets_in_one_request_of_microsoft_graph_are_none()
    {
        var source = ShownSource.Of("msgraph", ("Secrets:1", "second"));
        Assert.Equal(SignatureResult.Mismatch, source.Check(source.Send() with { Body = """{"value":[{"clientState":"a client state"},{"clientState":"second"}]}"""u8.ToArray() }));
    }

    [Theory]
    [InlineData("gitlab")]
    [InlineData("none")]
    [InlineData("basic")]
    public void Looking_at_a_secret_allocates_nothing(string provider)
    {
        var source = ShownSource.Of(provider);
        var (good, forged) = (source.Send(), source.Send(ShownSource.OtherOf(provider)));
        var least = long.MaxValue;
        for (var round = 0; round < 20 && least > 0; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 500; i++) _ = (source.Source.Verifier!.Verify(good, SignedSource.Now), source.Source.Verifier.Verify(forged, SignedSource.Now));
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
    }

    // A guess that the sender's own form would refuse is put where the secret stands.
    private static Envelope Guess(ShownSource source, string guess)
    {
        var good = source.Send();
        if (source.Source.Scheme.IsInPath) return good with { PathSecret = guess };
        if (source.Source.Scheme is ClientStateScheme) return good with { Body = Encoding.UTF8.GetBytes($$"""{"value":[{"clientState":{{System.Text.Json.JsonSerializer.Serialize(guess)}}}]}""") };
        var scheme = (TokenScheme)source.Source.Scheme;
        var text = scheme.Prefix + (scheme.IsBasic ? Convert.ToBase64String(Encoding.UTF8.GetBytes(guess)) : guess);
        return good with { Headers = new HeaderList([new(scheme.Header, text)]) };
    }
}
