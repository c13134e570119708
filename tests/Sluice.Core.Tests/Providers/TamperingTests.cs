using Sluice.Contracts;
using Sluice.Providers;

namespace Sluice.Core.Tests.Providers;

public sealed class TamperingTests
{
    [Theory, MemberData(nameof(SignedSource.Providers), MemberType = typeof(SignedSource))]
    public void What_the_sender_signed_is_accepted_and_the_secret_is_named(string provider)
    {
        var source = SignedSource.Of(provider);
        Assert.Equal(new SignatureCheck(SignatureResult.Valid, 0), source.Check(source.Sign()));
    }

    [Theory, MemberData(nameof(SignedSource.Providers), MemberType = typeof(SignedSource))]
    public void A_body_with_any_one_bit_or_byte_changed_is_refused(string provider)
    {
        var source = SignedSource.Of(provider);
        var request = source.Sign();
        for (var i = 0; i < request.Body.Length; i++)
        {
            foreach (var change in new byte[] { 1, 0x20, 0x80, 0xff })
            {
                var body = request.Body.ToArray();
                body[i] ^= change;
                source.Refuses(request with { Body = body }, SignatureResult.Mismatch);
            }
        }
    }

    [Theory, MemberData(nameof(SignedSource.Providers), MemberType = typeof(SignedSource))]
    public void A_body_with_a_byte_more_or_less_is_refused(string provider)
    {
        var source = SignedSource.Of(provider);
        var request = source.Sign();
        source.Refuses(request with { Body = request.Body[..^1] }, SignatureResult.Mismatch);
        source.Refuses(request with { Body = request.Body[1..] }, SignatureResult.Mismatch);
        source.Refuses(request.Carrying(SignedSource.Body + "\n"), SignatureResult.Mismatch);
        source.Refuses(request.Carrying(" " + SignedSource.Body), SignatureResult.Mismatch);
        source.Refuses(request.Carrying("\uFEFF" + SignedSource.Body), SignatureResult.Mismatch);
        source.Refuses(request.Carrying(""), SignatureResult.Mismatch);
    }

    [Attack("A6")]
    [Theory]
    [InlineData("""{"id": "evt_1", "type": "a.b"}""")]
    [InlineData("""{"type":"a.b","id":"evt_1"}""")]
    [InlineData("""{"id":"evt_1","type":"a.b","type":"a.b"}""")]
    [InlineData("""{"id":"evt\u005f1","type":"a.b"}""")]
    public void A_body_that_says_the_same_in_other_bytes_is_refused(string body)
    {
        foreach (var provider in SignedSource.HmacProviders)
        {
            var source = SignedSource.Of(provider);
            source.Refuses(source.Sign().Carrying(body), SignatureResult.Mismatch);
        }
    }

    [Theory, MemberData(nameof(SignedSource.Providers), MemberType = typeof(SignedSource))]
    public void A_signature_header_with_any_one_character_changed_is_refused(string provider)
    {
        var source = SignedSource.Of(provider);
        var request = source.Sign();
        var header = request[source.Names.Signature];
        for (var i = 0; i < header.Length; i++)
        {
            foreach (var other in "0fgZ=, \0é".Append((char)(header[i] + 1)).Append((char)(header[i] - 1)))
            {
                if (other == header[i]) continue;
                var changed = $"{header[..i]}{other}{header[(i + 1)..]}";
                source.Refuses(request.With(source.Names.Signature, changed), changed);
            }
        }
    }

    [Attack("A3")]
    [Theory, MemberData(nameof(SignedSource.Providers), MemberType = typeof(SignedSource))]
    public void A_signature_header_cut_anywhere_is_refused(string provider)
    {
        var source = SignedSource.Of(provider);
        var request = source.Sign();
        var header = request[source.Names.Signature];
        for (var k = 0; k < header.Length; k++)
        {
            source.Refuses(request.With(source.Names.Signature, header[..k]), $"the first {k} characters");
            if (k > 0) source.Refuses(request.With(source.Names.Signature, header[k..]), $"all but the first {k} characters");
        }
    }

    [Attack("A4")]
    [Theory, MemberData(nameof(SignedSource.Providers), MemberType = typeof(SignedSource))]
    public void A_signature_with_anything_behind_it_is_refused(string provider)
    {
        var source = SignedSource.Of(provider);
        var request = source.Sign();
        // A separator alone ends a list and adds nothing to it.
        foreach (var tail in new[] { "0", "=", "\0", "\n", "\t", "00", ".", ";", "%00", "é" }.Where(tail => source.Scheme.Form != SignatureForm.Pairs || tail != source.Scheme.Separator.ToString()))
            source.Refuses(request.With(source.Names.Signature, request[source.Names.Signature] + tail), tail);
    }

    [Theory, MemberData(nameof(SignedSource.TimedProviders), MemberType = typeof(SignedSource))]
    public void A_timestamp_with_any_one_digit_changed_is_refused(string provider)
    {
        var source = SignedSource.Of(provider);
        var request = source.Sign();
        var name = source.Names.Timestamp ?? source.Names.Signature;
        var stamp = source.Stamp(SignedSource.Now);
        var first = request[name].IndexOf(stamp, StringComparison.Ordinal);
        for (var i = first; i < first + stamp.Length; i++)
        {
            for (var digit = '0'; digit <= '9'; digit++)
            {
                if (digit == request[name][i]) continue;
                source.Refuses(request.With(name, $"{request[name][..i]}{digit}{request[name][(i + 1)..]}"), $"digit {i} = {digit}");
            }
        }
    }

    [Theory, MemberData(nameof(SignedSource.Providers), MemberType = typeof(SignedSource))]
    public void An_id_that_is_signed_cannot_be_changed(string provider)
    {
        var source = SignedSource.Of(provider);
        if (!source.Scheme.Content.HasId) return;
        source.Refuses(source.Sign().With(source.Names.Id!, "msg_2"), SignatureResult.Mismatch);
        source.Refuses(source.Sign().With(source.Names.Id!, SignedSource.Id + "."), SignatureResult.Mismatch);
    }

    [Theory, MemberData(nameof(SignedSource.UrlProviders), MemberType = typeof(SignedSource))]
    public void A_signature_that_covers_the_url_is_refused_at_any_other(string provider)
    {
        var source = SignedSource.Of(provider);
        var request = source.Sign();
        foreach (var url in new[] { null, "", "http://hooks.example.com/api/webhooks/it", SignedSource.PublicUrl + "/", SignedSource.PublicUrl + "?a=b", "https://hooks.example.com:443/api/webhooks/it", "https://HOOKS.example.com/api/webhooks/it", SignedSource.PublicUrl.ToUpperInvariant() })
            source.Refuses(request with { Url = url }, SignatureResult.Mismatch);
    }

    [Fact]
    public void A_signature_that_covers_the_method_is_refused_with_any_other()
    {
        var source = SignedSource.Of("hubspot");
        source.Refuses(source.Sign() with { Method = "PUT" }, SignatureResult.Mismatch);
    }

    [Theory, MemberData(nameof(SignedSource.Providers), MemberType = typeof(SignedSource))]
    public void A_signature_made_with_another_secret_is_refused(string provider)
    {
        var stranger = SignedSource.Of(provider, ("Secrets:0", SignedSource.SecretOf(provider, "a secret of some lengti")));
        SignedSource.Of(provider).Refuses(stranger.Sign(), SignatureResult.Mismatch);
    }

    [Fact]
    public void A_signature_of_one_provider_is_none_of_another()
    {
        foreach (var signer in SignedSource.HmacProviders.Select(name => SignedSource.Of(name)))
        {
            // Meta signs as GitHub does, to the letter: only their secrets differ.
            foreach (var verifier in SignedSource.HmacProviders.Select(name => SignedSource.Of(name)).Where(other => (other.Names, other.Scheme.Prefix) != (signer.Names, signer.Scheme.Prefix)))
                verifier.Refuses(signer.Sign(), $"{signer.Source.Provider.Name} by {verifier.Source.Provider.Name}");
        }
    }
}
