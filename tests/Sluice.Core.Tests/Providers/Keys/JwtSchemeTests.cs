using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Sluice.Contracts;
using Sluice.Providers;
using static Sluice.Providers.SignatureResult;

namespace Sluice.Core.Tests.Providers.Keys;

public sealed class JwtSchemeTests : IDisposable
{
    private const string Issuer = "https://issuer.example";
    private const string Audience = "https://hooks.example.com";
    private const string Jwks = "https://issuer.example/keys";

    private static readonly RSA Rsa = RSA.Create(2048);
    private static readonly RSA OtherRsa = RSA.Create(2048);
    private static readonly ECDsa Curve = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    private readonly PublishedKeys published = new();
    private readonly KeyedSource source = Source();

    public void Dispose() => published.Dispose();

    public static TheoryData<string> Algorithms => ["RS256", "PS256", "ES256"];

    // Tokens are made by hand here: header, claims, signature.
    private static string Token(string? header = null, string? claims = null, string algorithm = "RS256", Func<byte[], byte[]>? sign = null)
    {
        var text = $"{Encoded(header ?? $$"""{"alg":"{{algorithm}}","typ":"JWT"}""")}.{Encoded(claims ?? Claims())}";
        var bytes = Encoding.ASCII.GetBytes(text);
        sign ??= algorithm switch
        {
            "ES256" => data => Curve.SignData(data, HashAlgorithmName.SHA256),
            "PS256" => data => Rsa.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pss),
            _ => data => Rsa.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
        };
        return $"{text}.{Base64Url.EncodeToString(sign(bytes))}";
    }

    [Theory, MemberData(nameof(Algorithms))]
    public void A_token_made_by_hand_is_accepted_under_its_sources_algorithm_only(string algorithm)
    {
        var mine = Source(algorithm);
        mine.Accepts(With(Token(algorithm: algorithm)));
        mine.Accepts(With(mine.Sign(PrivateKey(algorithm), "{}")["Authorization"]["Bearer ".Length..]));
        foreach (var other in Algorithms.Select(row => row.Data).Where(other => other != algorithm)) Source(other).Refuses(With(Token(algorithm: algorithm)), MalformedSignature);
    }

    [Theory, MemberData(nameof(Algorithms))]
    public void A_token_changed_anywhere_is_refused(string algorithm)
    {
        var mine = Source(algorithm);
        var token = Token(algorithm: algorithm);
        var signature = token.LastIndexOf('.') + 1;
        for (var i = 0; i < token.Length; i++)
        {
            // The last character of a part has bits that mean nothing.
            if (i == token.Length - 1 || token[i] == '.') continue;
            foreach (var other in "A0_-.+/= é")
            {
                if (other != token[i]) mine.Refuses(With($"{token[..i]}{other}{token[(i + 1)..]}"), $"character {i} = {other}");
            }

            if (i <= signature + 1) mine.Refuses(With(token[..i]), $"cut at {i}");
        }

        mine.Refuses(With(token + "."), MalformedSignature);
        mine.Refuses(With(token + ".a.b"), MalformedSignature);
        mine.Refuses(With(token[..signature]), "no signature");
    }

    [Fact]
    public void A_token_may_stand_in_the_header_or_in_the_query_and_nowhere_twice()
    {
        var token = Token();
        source.Accepts(Sent().With("Authorization", "bearer " + token));
        source.Accepts(Sent().To($"{KeyedSource.Url}?a=1&access_token={token}"));
        source.Refuses(Sent(), MissingSignature);
        source.Refuses(Sent().With("Authorization", ""), MissingSignature);
        foreach (var header in new[] { token, "Basic " + token, "Bearer", "Bearer ", "Bearer  " + token, "Bearer" + token, "Bearer " + new string('a', 100_000), "Bearer a.b", "Bearer ..", "Bearer a.b.c.d.e" })
            source.Refuses(Sent().With("Authorization", header), MalformedSignature);
        source.Refuses(With(token).Plus("Authorization", "Bearer " + token), AmbiguousHeader);
        source.Refuses(With(token).To($"{KeyedSource.Url}?access_token={token}"), AmbiguousHeader);
        source.Refuses(Sent().To($"{KeyedSource.Url}?access_token={token}&access_token={token}"), AmbiguousHeader);
        source.Refuses(Sent().To($"{KeyedSource.Url}?access_token="), MalformedSignature);
    }

    [Attack("A11")]
    [Fact]
    public void None_and_shared_secrets_are_refused()
    {
        var spki = Encoding.UTF8.GetBytes(Rsa.ExportSubjectPublicKeyInfoPem());
        foreach (var secret in new[] { spki, Rsa.ExportSubjectPublicKeyInfo(), Encoding.UTF8.GetBytes(Rsa.ExportSubjectPublicKeyInfoPem() + "\n"), [] })
        {
            source.Refuses(With(Token("""{"alg":"HS256","typ":"JWT"}""", sign: data => HMACSHA256.HashData(secret, data))), MalformedSignature);
            source.Refuses(With(Token("""{"alg":"RS256","typ":"JWT"}""", sign: data => HMACSHA256.HashData(secret, data))), Mismatch);
        }

        foreach (var none in new[] { "none", "None", "NONE", "", "rs256", "RS512", "RS256 ", "ES256K" }) source.Refuses(With(Token($$"""{"alg":"{{none}}"}""", sign: _ => [])), MalformedSignature);
        source.Refuses(With(Token(sign: _ => [])), Mismatch);
        source.Refuses(With(Token("""{"typ":"JWT"}""")), MalformedSignature);
        source.Refuses(With(Token("""{"alg":["RS256"]}""")), "a list");
        source.Refuses(With(Token("""{"alg":"RS256","crit":["b64"],"b64":false}""")), MalformedSignature);
    }

    [Attack("A11")]
    [Fact]
    public void Keys_that_the_token_brings_are_never_used()
    {
        var n = Base64Url.EncodeToString(OtherRsa.ExportParameters(false).Modulus);
        foreach (var header in new[] { $$"""{"alg":"RS256","jwk":{"kty":"RSA","n":"{{n}}","e":"AQAB"} }""", """{"alg":"RS256","jku":"https://evil.example/keys"}""", """{"alg":"RS256","x5u":"https://evil.example/x"}""", """{"alg":"RS256","kid":"../../dev/null"}""" })
            source.Refuses(With(Token(header, sign: data => OtherRsa.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))), Mismatch);
    }

    [Attack("A14")]
    [Fact]
    public void Psychic_and_other_odd_signatures_are_refused()
    {
        var mine = Source("ES256");
        foreach (var length in new[] { 0, 1, 63, 64, 65, 70, 128, 1000 }) mine.Refuses(With(Token(algorithm: "ES256", sign: _ => new byte[length])), Mismatch);
        mine.Refuses(With(Token(algorithm: "ES256", sign: data => Curve.SignData(data, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence))), Mismatch);
    }

    [Fact]
    public void Issuer_audience_and_subject_have_to_be_the_sources()
    {
        foreach (var claims in new[]
        {
            Claims(issuer: "https://issuer.example/"), Claims(issuer: "HTTPS://issuer.example"), Claims(issuer: ""), Claims(audience: "\"https://other.example\""), Claims(audience: "[]"), Claims(audience: "[\"a\"]"),
            $$"""{"exp":{{KeyedSource.Now.ToUnixTimeSeconds() + 60}},"aud":"{{Audience}}"}""", $$"""{"exp":{{KeyedSource.Now.ToUnixTimeSeconds() + 60}},"iss":"{{Issuer}}"}""",
        }) source.Refuses(With(Token(claims: claims)), WrongClaims);
        source.Refuses(With(Token(claims: Claims(audience: "5"))), "a number");
        source.Accepts(With(Token(claims: Claims(audience: $"[\"a\",\"{Audience}\"]"))));
        var named = Source(settings: ("Subject", "me"));
        named.Refuses(With(Token()), WrongClaims);
        named.Refuses(With(Token(claims: Claims(more: ",\"sub\":\"you\""))), WrongClaims);
        named.Refuses(With(Token(claims: Claims(more: ",\"sub\":[\"me\"]"))), "a list");
        named.Accepts(With(Token(claims: Claims(more: ",\"sub\":\"me\""))));
    }

    [Fact]
    public void A_token_counts_from_its_beginning_to_its_end_and_a_minute_more()
    {
        var token = With(Token(claims: Claims(end: 300, more: $",\"nbf\":{KeyedSource.Now.ToUnixTimeSeconds()}")));
        source.Accepts(token);
        source.Accepts(token, KeyedSource.Now.AddSeconds(359));
        source.Refuses(token, TokenExpired, KeyedSource.Now.AddSeconds(360));
        source.Accepts(token, KeyedSource.Now.AddSeconds(-60));
        source.Refuses(token, TimestampInFuture, KeyedSource.Now.AddSeconds(-61));
        var strict = Source(settings: ("Tolerance", "00:00:00"));
        strict.Refuses(token, TokenExpired, KeyedSource.Now.AddSeconds(300));
        strict.Refuses(token, TimestampInFuture, KeyedSource.Now.AddSeconds(-1));
        source.Refuses(With(Token(claims: $$"""{"iss":"{{Issuer}}","aud":"{{Audience}}"}""")), MissingTimestamp);
        foreach (var end in new[] { "null", "[]", "-1", "0", "1e-400" })
            source.Refuses(With(Token(claims: $$"""{"iss":"{{Issuer}}","aud":"{{Audience}}","exp":{{end}}}""")), end);
        source.Refuses(With(Token(claims: Claims(more: ",\"iat\":\"soon\""))), "no number");
        source.Refuses(With(Token(claims: Claims(more: ",\"nbf\":99999999999"))), TimestampInFuture);
    }

    [Fact]
    public void Nonsense_for_header_or_claims_never_throws()
    {
        foreach (var text in new[] { "", "{", "[]", "5", "null", "\"x\"", new string('[', 2000), "{\"alg\":\"RS256\",\"alg\":\"none\"}", "{\"\\ud800\":1}", "{\"kid\":5,\"alg\":\"RS256\"}" })
        {
            source.Refuses(With(Token(header: text)), text);
            Assert.NotEqual(Valid, source.Check(With(Token(claims: text))).Result);
        }

        var random = new Random(20261122);
        for (var i = 0; i < 2000; i++)
            source.Refuses(With(new string([.. Enumerable.Range(0, random.Next(60)).Select(_ => "eyJhbGciOiJSUzI1NiJ9._-=\0é"[random.Next(26)])])), "random");
    }

    [Fact]
    public async Task Keys_are_fetched_by_their_id_at_most_once_a_minute()
    {
        var fetching = Fetching();
        published.Says(Set(("a", Rsa)));
        var (first, second) = (With(Token("""{"alg":"RS256","kid":"a"}""")), With(Token("""{"alg":"RS256","kid":"b"}""", sign: data => OtherRsa.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))));
        fetching.Refuses(first, KeyUnavailable);
        await Fetch(fetching, first);
        fetching.Accepts(first);
        published.Says(Set(("a", Rsa), ("b", OtherRsa)));
        for (var i = 0; i < 60; i++) await Fetch(fetching, second, i);
        fetching.Refuses(second, UntrustedKey);
        Assert.Equal([Jwks], published.Asked);
        await Fetch(fetching, second, 60);
        fetching.Accepts(second);
        fetching.Accepts(first);
        for (var i = 61; i < 661; i++) await Fetch(fetching, With(Token($$"""{"alg":"RS256","kid":"{{i}}"}""")), i);
        Assert.InRange(published.Asked.Count, 3, 12);
        // The right key under another's name fits nobody.
        fetching.Refuses(With(Token("""{"alg":"RS256","kid":"b"}""")), Mismatch);
    }

    [Fact]
    public async Task Strangers_do_not_use_up_the_minute_of_a_sender_that_was_genuine()
    {
        var fetching = Fetching();
        var (own, stranger) = (IPAddress.Parse("192.0.2.1"), IPAddress.Parse("198.51.100.1"));
        var (first, second) = (With(Token("""{"alg":"RS256","kid":"a"}""")) with { From = own }, With(Token("""{"alg":"RS256","kid":"b"}""", sign: data => OtherRsa.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))) with { From = own });
        published.Says(Set(("a", Rsa)));
        await Fetch(fetching, first);
        fetching.Accepts(first);
        for (var i = 0; i < 10; i++) await Fetch(fetching, With(Token($$"""{"alg":"RS256","kid":"{{i}}"}""")) with { From = stranger }, 60);
        Assert.Equal(2, published.Asked.Count);
        published.Says(Set(("a", Rsa), ("b", OtherRsa)));
        await Fetch(fetching, second, 61);
        fetching.Accepts(second);
        // Once, and no oftener.
        for (var i = 0; i < 10; i++) await Fetch(fetching, With(Token($$"""{"alg":"RS256","kid":"x{{i}}"}""")) with { From = own }, 62);
        Assert.Equal(3, published.Asked.Count);
    }

    [Fact]
    public async Task Odd_keys_in_a_set_are_passed_over_and_the_good_one_counts()
    {
        var modulus = Base64Url.EncodeToString(Rsa.ExportParameters(false).Modulus!);
        string[] odd =
        [
            $$"""{"kty":"RSA","n":"{{modulus}}","e":""}""", $$"""{"kty":"RSA","n":"{{modulus}}","e":"AA"}""", $$"""{"kty":"RSA","n":"{{modulus}}","e":"AQ"}""", $$"""{"kty":"RSA","n":"{{modulus}}","e":"Ag"}""",
            $$"""{"kty":"RSA","n":"{{modulus}}","e":"AAAAAAAAAQAB"}""", $$"""{"kty":"RSA","n":"{{modulus}}","e":"!"}""", $$"""{"kty":"RSA","n":"{{modulus}}"}""", $$"""{"kty":"RSA","n":"","e":"AQAB"}""", """{"kty":"RSA","n":"AA","e":"AQAB"}""",
            $$"""{"kty":"RSA","n":"{{new string('_', 4000)}}","e":"AQAB"}""", $$"""{"kty":"RSA","n":5,"e":"AQAB"}""", """{"kty":"EC","crv":"P-256","x":"","y":""}""", """{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}""", """{"kty":"RSA","n":null,"e":null}""",
            """{"kty":"oct","k":""}""", """{"kty":""}""", """{}""", """{"x5c":["!"]}""", """{"kty":"RSA","x5c":[""]}""",
        ];
        foreach (var key in odd)
        {
            var fetching = Fetching();
            published.Says($$"""{"keys":[{{key}},{{Set(("a", Rsa))["{\"keys\":[".Length..]}}""");
            await Fetch(fetching, With(Token()));
            Assert.True(fetching.Check(With(Token())).IsValid, $"{key} takes the good one away");
            fetching.Refuses(With(Token(sign: data => OtherRsa.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))), key);
        }

        foreach (var key in odd)
        {
            var alone = Fetching();
            published.Says($$"""{"keys":[{{key}}]}""");
            await Fetch(alone, With(Token()));
            alone.Refuses(With(Token()), KeyUnavailable);
        }
    }

    [Fact]
    public async Task A_set_that_is_none_or_has_no_fitting_key_takes_nothing_away()
    {
        using var small = RSA.Create(1024);
        foreach (var set in new[] { "", "{", "{}", "{\"keys\":5}", "{\"keys\":[{}]}", "{\"keys\":[{\"kty\":\"oct\",\"k\":\"AAAA\"}]}", Set(("a", small)), Set(("a", Rsa)).Replace("\"sig\"", "\"enc\"", StringComparison.Ordinal), Set(("a", Rsa)).Replace("AQAB", "AQ", StringComparison.Ordinal), new string('[', 50_000) })
        {
            var fetching = Fetching();
            published.Says(set);
            await Fetch(fetching, With(Token()));
            fetching.Refuses(With(Token()), KeyUnavailable);
        }

        var good = Fetching();
        published.Says(Set(("a", Rsa)));
        await Fetch(good, With(Token()));
        published.Is(HttpStatusCode.InternalServerError);
        await Fetch(good, With(Token("""{"alg":"RS256","kid":"x"}""")), 100);
        good.Accepts(With(Token()));
    }

    [Theory]
    [InlineData("Issuer", "", "Issuer is missing; write the token's iss to the letter")]
    [InlineData("Audience", "", "Audience is missing; a token for anybody else would do, so write the token's aud to the letter")]
    [InlineData("Algorithm", "HS256", "Algorithm is none for this; use RS256, ES256, PS256")]
    [InlineData("Algorithm", "none", "Algorithm is none for this; use RS256, ES256, PS256")]
    [InlineData("JwksUrl", "https://issuer.example/keys", "JwksUrl is set beside PublicKeys; keep one of them")]
    public void A_setting_that_makes_no_sense_is_named(string name, string value, string error)
    {
        var settings = new Dictionary<string, string> { ["Issuer"] = Issuer, ["Audience"] = Audience, ["PublicKeys:0"] = Rsa.ExportSubjectPublicKeyInfoPem(), [name] = value };
        Assert.Contains($"Sluice:Sources:it:{error}", KeyedSource.Faults("jwt", [.. settings.Select(pair => (pair.Key, pair.Value))]).Select(fault => fault.ToString()));
    }

    [Fact]
    public void Keys_of_the_wrong_kind_and_plain_addresses_make_no_source()
    {
        Assert.StartsWith("Sluice:Sources:it:PublicKeys:0 is no RSA public key", KeyedSource.Fault("jwt", ("Issuer", Issuer), ("Audience", Audience), ("PublicKeys:0", Curve.ExportSubjectPublicKeyInfoPem())), StringComparison.Ordinal);
        Assert.StartsWith("Sluice:Sources:it:JwksUrl is no https address", KeyedSource.Fault("jwt", ("Issuer", Issuer), ("Audience", Audience), ("JwksUrl", "http://issuer.example/keys")), StringComparison.Ordinal);
        Assert.StartsWith("Sluice:Sources:it:PublicKeys has no key", KeyedSource.Fault("jwt", ("Issuer", Issuer), ("Audience", Audience)), StringComparison.Ordinal);
    }

    private static KeyedSource Source(string algorithm = "RS256", params (string, string)[] settings) => KeyedSource.Of("jwt",
        [("Issuer", Issuer), ("Audience", Audience), ("Algorithm", algorithm), ("PublicKeys:0", algorithm == "ES256" ? Curve.ExportSubjectPublicKeyInfoPem() : Rsa.ExportSubjectPublicKeyInfoPem()), .. settings]);

    private KeyedSource Fetching() => KeyedSource.Of(new JwtProvider(published.Client()), ("Issuer", Issuer), ("Audience", Audience), ("JwksUrl", Jwks));

    private static string PrivateKey(string algorithm) => algorithm == "ES256" ? Curve.ExportPkcs8PrivateKeyPem() : Rsa.ExportPkcs8PrivateKeyPem();

    private static SentWebhook Sent() => new(new SentRequest { Url = KeyedSource.Url, Body = "{}"u8.ToArray(), ContentType = "application/json" });

    private static SentWebhook With(string token) => Sent().With("Authorization", "Bearer " + token);

    private static string Claims(string issuer = Issuer, string audience = $"\"{Audience}\"", int end = 60, string more = "") =>
        $$"""{"iss":"{{issuer}}","aud":{{audience}},"exp":{{KeyedSource.Now.ToUnixTimeSeconds() + end}}{{more}}}""";

    private static string Encoded(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    private static string Set(params (string Id, RSA Key)[] keys) => JsonSerializer.Serialize(new
    {
        keys = keys.Select(key => new { kty = "RSA", use = "sig", alg = "RS256", kid = key.Id, n = Base64Url.EncodeToString(key.Key.ExportParameters(false).Modulus), e = "AQAB" }),
    });

    private static async Task Fetch(KeyedSource source, SentWebhook webhook, int second = 0) =>
        await source.Source.Verifier!.FetchAsync((webhook with { At = KeyedSource.Now.AddSeconds(second) }).Envelope, TestContext.Current.CancellationToken);
}
