using System.Text;
using Sluice.Contracts;
using Sluice.Providers;

namespace Sluice.Core.Tests.Providers;

public sealed class HandshakeTests
{
    private readonly SignedSource slack = SignedSource.Of("slack");

    [Fact]
    public void Slacks_signed_url_verification_is_answered_with_its_challenge_as_text()
    {
        var request = slack.Sign("""{"token":"x","challenge":"3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P","type":"url_verification"}""");
        slack.Accepts(request);
        var answer = slack.Source.Provider.Handshake(request.Envelope, SignedSource.Settings)!;
        Assert.Equal((200, "text/plain"), (answer.StatusCode, answer.ContentType));
        Assert.Equal("3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P"u8, answer.Body.Span);
    }

    [Attack("A17")]
    [Fact]
    public void An_unsigned_url_verification_is_refused_like_anything_unsigned() =>
        slack.Refuses(slack.Sign("""{"challenge":"x","type":"url_verification"}""").Without("X-Slack-Signature"), SignatureResult.MissingSignature);

    [Attack("A17")]
    [Theory]
    [InlineData(512, true)]
    [InlineData(513, false)]
    [InlineData(1_000_000, false)]
    public void An_over_long_challenge_is_not_echoed(int length, bool echoed) =>
        Assert.Equal(echoed, Challenge(new string('x', length)) is not null);

    [Attack("A17")]
    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("a\\r\\nSet-Cookie: x=1")]
    [InlineData("\\u001b[31m")]
    [InlineData("\\u00e9")]
    public void A_challenge_that_is_more_than_letters_is_not_echoed(string challenge) => Assert.Null(Challenge(challenge));

    [Theory]
    [InlineData("""{"type":"event_callback","challenge":"x"}""")]
    [InlineData("""{"type":"event_callback","challenge":"x","event":{"type":"url_verification"}}""")]
    [InlineData("""{"type":"url_verification"}""")]
    [InlineData("""{"type":"url_verification","challenge":5}""")]
    [InlineData("""{"type":"url_verification","challenge":null}""")]
    [InlineData("""{"type":"url_verification","event":{"challenge":"x"}}""")]
    [InlineData("""[{"type":"url_verification","challenge":"x"}]""")]
    [InlineData("""{"type":"url_verification","challenge":"x" """)]
    [InlineData("type=url_verification&challenge=x")]
    [InlineData("")]
    public void Anything_else_is_an_event(string body) => Assert.Null(slack.Source.Provider.Handshake(slack.Sign(body).Envelope, SignedSource.Settings));

    [Theory, MemberData(nameof(SignedSource.Providers), MemberType = typeof(SignedSource))]
    public void Only_slack_answers_a_challenge(string provider)
    {
        if (provider == "slack") return;
        var source = SignedSource.Of(provider);
        Assert.Null(source.Source.Provider.Handshake(source.Sign("""{"type":"url_verification","challenge":"x"}""").Envelope, SignedSource.Settings));
    }

    private Answer? Challenge(string challenge) =>
        slack.Source.Provider.Handshake(new SignedRequest([], Encoding.UTF8.GetBytes($$"""{"type":"url_verification","challenge":"{{challenge}}"}""")).Envelope, SignedSource.Settings);
}
