using System.Net;
using System.Text;
using Sluice.Contracts;
using Sluice.Events;
using Sluice.Providers;
using static Sluice.Providers.SignatureResult;

namespace Sluice.Core.Tests.Providers.Keys;

public sealed partial class FormSchemeTests
{
    [Fact]
    public void Braintrees_published_challenge_is_answered_as_published() => Assert.Equal(
        "integration_public_key|d9b899556c966b3f06945ec21311865d35df3ce4", Encoding.UTF8.GetString(Greet(braintree, "GET", "", "?bt_challenge=20f9f8ed05f77439fe955c977e4c8a53")!.Body.Span));

    [Theory]
    [InlineData("?bt_challenge=")]
    [InlineData("?bt_challenge=20f9f8ed05f77439fe9")]
    [InlineData("?bt_challenge=20f9f8ed05f77439fe955c977e4c8a530")]
    [InlineData("?bt_challenge=20F9F8ED05F77439FE955C977E4C8A53")]
    [InlineData("?bt_challenge=bad+challenge+with+blanks")]
    [InlineData("?bt_challenge=20f9f8ed05f77439fe955c977e4c8a5%0a")]
    [InlineData("?bt_challenge=20f9f8ed05f77439fe955c977e4c8a53&bt_challenge=20f9f8ed05f77439fe955c977e4c8a53")]
    [InlineData("")]
    public void Nothing_else_is_signed_for_a_stranger(string query) => Assert.Null(Greet(braintree, "GET", "", query));

    [Fact]
    public void The_answer_to_a_challenge_is_no_signature_of_an_event()
    {
        const string challenge = "20f9f8ed05f77439fe955c977e4c8a53";
        var answer = Encoding.UTF8.GetString(Greet(braintree, "GET", "", "?bt_challenge=" + challenge)!.Body.Span);
        braintree.Refuses(Braintree(answer, challenge), Mismatch);
        braintree.Refuses(Braintree(answer, challenge + "\n"), Mismatch);
    }

    [Fact]
    public void What_braintree_signed_is_accepted_and_nothing_else()
    {
        const string payload = "PG5vdGlmaWNhdGlvbj4KICA8a2luZD5jaGVjazwva2luZD4KPC9ub3RpZmljYXRpb24+\n";
        var signature = "integration_public_key|" + Sha1Hex(payload);
        braintree.Accepts(Braintree(signature, payload));
        Assert.Equal("check", braintree.Provider.Describe(Braintree(signature, payload).Envelope, braintree.Source.Settings).Type);
        braintree.Accepts(Braintree(signature, payload[..^1]));
        braintree.Accepts(Braintree($"other|{new string('0', 40)}&{signature}", payload));
        for (var i = 0; i < payload.Length; i++) braintree.Refuses(Braintree(signature, $"{payload[..i]}{(payload[i] == 'A' ? 'B' : 'A')}{payload[(i + 1)..]}"), Mismatch);
        for (var i = 0; i < signature.Length; i++) braintree.Refuses(Braintree($"{signature[..i]}{(signature[i] == '0' ? '1' : '0')}{signature[(i + 1)..]}", payload), $"signature, character {i}");
        foreach (var other in new[] { signature[..^1], signature + "0", "bad" + signature, signature.Replace("integration", "Integration", StringComparison.Ordinal), "|" + Sha1Hex(payload), Sha1Hex(payload), "bad", signature.ToUpperInvariant() })
            braintree.Refuses(Braintree(other, payload), Mismatch);
        braintree.Refuses(Braintree("", payload), MissingSignature);
        braintree.Refuses(Braintree(string.Join('&', Enumerable.Repeat("a|b", 20).Append(signature)), payload), MalformedSignature);
    }

    [Theory]
    [InlineData("^& bad ,* chars @!")]
    [InlineData("abc\r\n")]
    [InlineData("abc-_")]
    [InlineData("")]
    public void A_payload_with_other_characters_is_refused_though_it_is_signed(string payload) => braintree.Refuses(Braintree("integration_public_key|" + Sha1Hex(payload), payload), Mismatch);

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("bt_payload=x")]
    [InlineData("bt_signature=x")]
    [InlineData("bt_signature=x&bt_payload=y&bt_payload=z")]
    [InlineData("bt_signature=x&bt_payload=y&extra=z")]
    [InlineData("bt_signature=%&bt_payload=%")]
    public void A_form_that_is_not_of_these_two_fields_is_refused(string body) => braintree.Refuses(braintree.Sign(BraintreeSecret, "bt_payload=x").Carrying(body), MissingSignature);

    [Theory]
    [InlineData("privatekey")]
    [InlineData("|privatekey")]
    [InlineData("publickey|")]
    [InlineData("a|b|c")]
    public void Braintrees_secret_is_both_its_keys(string secret) => Assert.Equal(
        "Sluice:Sources:it:Secrets:0 is not 'public key|private key'; join Braintree's two keys with |", KeyedSource.Fault("braintree", ("Secrets:0", secret)));

    private SentWebhook Braintree(string signature, string payload) =>
        braintree.Sign(BraintreeSecret, "bt_payload=x").Carrying($"bt_signature={WebUtility.UrlEncode(signature)}&bt_payload={WebUtility.UrlEncode(payload)}");
}
