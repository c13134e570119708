using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Sluice.Providers;
using static Sluice.Providers.SignatureResult;

namespace Sluice.Core.Tests.Providers.Keys;

public sealed class TravisSchemeTests : IDisposable
{
    private const string Payload = """{"id":17,"type":"push","state":"passed","finished_at":"2026-11-22T12:00:00Z","message":"a & b = 100 % +é"}""";

    // As api.travis-ci.com/config has shown it for years (copied from a public verifier's source).
    private const string TravisKey = "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAvtjdLkS+FP+0fPC09j25\ny/PiuYDDivIT86COVedvlElk99BBYTrqNaJybxjXbIZ1Q6xFNhOY+iTcBr4E1zJu\ntizF3Xi0V9tOuP/M8Wn4Y/1lCWbQKlWrNQuqNBmhovF4K3mDCYswVbpgTmp+JQYu\nBm9QMdieZMNry5s6aiMA9aSjDlNyedvSENYo18F+NYg1J0C0JiPYTxheCb4optr1\n5xNzFKhAkuGs4XTOA5C7Q06GCKtDNf44s/CVE30KODUxBi0MCKaxiXw/yy55zxX2\n/YdGphIyQiA5iO1986ZmZCLLW8udz9uhW5jUr3Jlp9LbmphAC61bVSf4ou2YsJaN\n0QIDAQAB\n-----END PUBLIC KEY-----";

    private static readonly RSA Key = RSA.Create(2048);
    private static readonly RSA OtherKey = RSA.Create(2048);
    private static readonly string Body = "payload=" + WebUtility.UrlEncode(Payload);

    private readonly PublishedKeys published = new();

    public void Dispose() => published.Dispose();

    [Fact]
    public void What_another_implementation_signed_is_accepted()
    {
        var source = WithKey();
        source.Accepts(Signed(source));
        Assert.Equal(new SignatureCheck(Valid, 0), source.Check(source.Sign(Key.ExportPkcs8PrivateKeyPem(), Body)));
    }

    [Fact]
    public void A_payload_or_signature_changed_anywhere_is_refused()
    {
        var source = WithKey();
        var webhook = Signed(source);
        for (var i = 0; i < Payload.Length; i++)
            source.Refuses(webhook.Carrying("payload=" + WebUtility.UrlEncode($"{Payload[..i]}{(char)(Payload[i] + 1)}{Payload[(i + 1)..]}")), Mismatch);
        foreach (var changed in webhook.WithEachCharacterChanged("Signature")) source.Refuses(changed, changed["Signature"]);
        source.Refuses(Signed(source, RSA.Create(2048)), Mismatch);
        source.Refuses(webhook.Without("Signature"), MissingSignature);
        source.Refuses(webhook.Plus("Signature", "x"), AmbiguousHeader);
    }

    [Theory]
    [InlineData("&extra=1")]
    [InlineData("&payload=x")]
    [InlineData("&")]
    [InlineData("&payload")]
    [InlineData("%")]
    [InlineData("%2")]
    [InlineData("%zz")]
    public void A_form_with_anything_that_is_not_signed_is_refused(string tail)
    {
        var source = WithKey();
        source.Refuses(Signed(source).Carrying(Body + tail), Mismatch);
        source.Refuses(Signed(source).Carrying(Payload), Mismatch);
        source.Refuses(Signed(source).Carrying(""), Mismatch);
    }

    [Fact]
    public void Other_paddings_and_hashes_are_refused()
    {
        var source = WithKey();
        var bytes = Encoding.UTF8.GetBytes(Payload);
        source.Refuses(Signed(source).With("Signature", Convert.ToBase64String(Key.SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))), Mismatch);
        source.Refuses(Signed(source).With("Signature", Convert.ToBase64String(Key.SignData(bytes, HashAlgorithmName.SHA1, RSASignaturePadding.Pss))), Mismatch);
        foreach (var length in new[] { 1, 255, 256, 257, 512, 1024 }) source.Refuses(Signed(source).With("Signature", Convert.ToBase64String(new byte[length])), Mismatch);
        source.Refuses(Signed(source).With("Signature", Convert.ToBase64String(new byte[1027])), MalformedSignature);
        source.Refuses(Signed(source).With("Signature", new string('A', 1_000_000)), MalformedSignature);
    }

    [Fact]
    public void Small_huge_and_odd_keys_make_no_source()
    {
        using var small = RSA.Create(1024);
        using var curve = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var ordinary = Key.ExportParameters(false);
        foreach (var text in new[] { small.ExportSubjectPublicKeyInfoPem(), curve.ExportSubjectPublicKeyInfoPem(), "00", Encoded(ordinary.Modulus!, [1]), Encoded(ordinary.Modulus!, [2]), Encoded(ordinary.Modulus!, [1, 0, 0, 0, 1]), Encoded([0xff, .. new byte[1100], 1], [1, 0, 1]) })
            Assert.StartsWith("Sluice:Sources:it:PublicKeys:0 is no", KeyedSource.Fault("travisci", ("PublicKeys:0", text)), StringComparison.Ordinal);
        Assert.StartsWith("Sluice:Sources:it:PublicKeys:0 is a private key", KeyedSource.Fault("travisci", ("PublicKeys:0", Key.ExportPkcs8PrivateKeyPem())), StringComparison.Ordinal);
        Assert.StartsWith("Sluice:Sources:it:Secrets:0 is set", KeyedSource.Fault("travisci", ("Secrets:0", TravisKey)), StringComparison.Ordinal);
        KeyedSource.Of("travisci", ("PublicKeys:0", Key.ExportRSAPublicKeyPem())).Accepts(Signed(WithKey()));
    }

    [Fact]
    public async Task The_key_is_fetched_once_from_travis_own_address()
    {
        var source = Fetching();
        published.Says(Config(Key));
        Assert.True(source.Source.IsUsable(KeyedSource.Now));
        source.Refuses(Signed(source), KeyUnavailable);
        await Fetch(source, Signed(source));
        source.Accepts(Signed(source));
        for (var i = 0; i < 100; i++) await Fetch(source, Signed(source), i * 10);
        Assert.Equal(["https://api.travis-ci.com/config"], published.Asked);
    }

    [Fact]
    public async Task The_key_travis_shows_is_read()
    {
        var source = Fetching();
        published.Says(JsonSerializer.Serialize(new { config = new { notifications = new { webhook = new { public_key = TravisKey } } } }));
        await Fetch(source, Signed(source));
        source.Refuses(Signed(source), Mismatch);
        Assert.Equal(1, source.Source.Verifier!.Keys);
    }

    [Fact]
    public async Task A_new_key_is_fetched_when_the_old_one_does_not_fit_at_most_once_a_minute()
    {
        var source = Fetching();
        published.Says(Config(Key));
        await Fetch(source, Signed(source));
        published.Says(Config(OtherKey));
        for (var i = 0; i < 50; i++) await Fetch(source, Signed(source, OtherKey), 59);
        source.Refuses(Signed(source, OtherKey), Mismatch);
        Assert.Single(published.Asked);
        for (var i = 0; i < 50; i++) await Fetch(source, Signed(source, OtherKey), 60);
        source.Accepts(Signed(source, OtherKey));
        source.Refuses(Signed(source), Mismatch);
        Assert.Equal(2, published.Asked.Count);
    }

    [Fact]
    public async Task A_flood_of_forgeries_asks_once_a_minute()
    {
        var source = Fetching();
        published.Says(Config(Key));
        for (var second = 0; second < 300; second++) await Fetch(source, Signed(source, OtherKey), second);
        Assert.Equal(5, published.Asked.Count);
        for (var second = 0; second < 300; second++) await Fetch(source, Signed(source).Without("Signature"), 1000 + second);
        Assert.Equal(5, published.Asked.Count);
        source.Accepts(Signed(source));
    }

    [Fact]
    public async Task A_place_that_fails_takes_no_key_away_and_is_asked_again_after_a_minute()
    {
        var source = Fetching();
        foreach (var status in new[] { HttpStatusCode.InternalServerError, HttpStatusCode.Found, HttpStatusCode.NoContent })
        {
            published.Is(status);
            await Fetch(source, Signed(source), 60 * published.Asked.Count);
            source.Refuses(Signed(source), KeyUnavailable);
            Assert.False(source.Source.IsUsable(KeyedSource.Now));
        }

        published.Says(Config(Key));
        await Fetch(source, Signed(source), 180);
        source.Accepts(Signed(source));
        published.Is(HttpStatusCode.BadGateway);
        await Fetch(source, Signed(source, OtherKey), 240);
        Assert.Equal(5, published.Asked.Count);
        source.Accepts(Signed(source));
        Assert.True(source.Source.IsUsable(KeyedSource.Now));
    }

    [Fact]
    public async Task Nonsense_from_the_place_is_no_key()
    {
        using var small = RSA.Create(1024);
        var second = 0;
        foreach (var text in new[] { "", "{", "[]", "5", "{\"config\":null}", "{\"config\":{\"notifications\":[]}}", Config(small), new string('[', 60_000), new string(' ', 70_000) + Config(Key), Config(Key).Replace("BEGIN", "\\ud800", StringComparison.Ordinal) })
        {
            var source = Fetching();
            published.Says(text);
            await Fetch(source, Signed(source), second += 60);
            source.Refuses(Signed(source), KeyUnavailable);
        }
    }

    [Fact]
    public async Task A_place_that_never_answers_costs_so_much_time_and_all_wait_together()
    {
        var source = Fetching(TimeSpan.FromMilliseconds(100));
        published.Answer = _ => new TaskCompletionSource<HttpResponseMessage>().Task;
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Fetch(source, Signed(source))));
        source.Refuses(Signed(source), KeyUnavailable);
        Assert.Single(published.Asked);
    }

    [Fact]
    public async Task Those_who_come_while_it_is_fetched_get_the_same_answer()
    {
        var source = Fetching();
        var answer = new TaskCompletionSource<HttpResponseMessage>();
        published.Answer = _ => answer.Task;
        var all = Enumerable.Range(0, 20).Select(_ => Fetch(source, Signed(source))).ToArray();
        answer.SetResult(await PublishedKeys.Text(Config(Key)));
        await Task.WhenAll(all);
        source.Accepts(Signed(source));
        Assert.Single(published.Asked);
    }

    [Fact]
    public void Id_and_type_are_the_builds()
    {
        var source = WithKey();
        var described = source.Provider.Describe(Signed(source).Envelope, source.Source.Settings);
        Assert.Equal(("17:passed:2026-11-22T12:00:00Z", "push.passed"), (described.Id, described.Type));
        foreach (var body in new[] { "", "payload=", "payload=%7B", "payload=[]", "payload={\"id\":\"x\"}", "x=1", Payload })
            Assert.Null(source.Provider.Describe(Signed(source).Carrying(body).Envelope, source.Source.Settings).Id);
        var sample = source.Provider.CreateSample("pull_request.failed", "42", KeyedSource.Now);
        Assert.Equal("pull_request.failed", source.Provider.Describe(source.Sign(Key.ExportPkcs8PrivateKeyPem(), sample.Body).Envelope, source.Source.Settings).Type);
    }

    [Fact]
    public void The_handler_in_use_follows_no_redirect_and_uses_no_proxy_or_cookies()
    {
        using var handler = KeyClient.CreateHandler();
        Assert.False(handler.AllowAutoRedirect || handler.UseProxy || handler.UseCookies);
    }

    private static KeyedSource WithKey() => KeyedSource.Of("travisci", ("PublicKeys:0", Key.ExportSubjectPublicKeyInfoPem()));

    private KeyedSource Fetching(TimeSpan? timeout = null) => KeyedSource.Of(new TravisCiProvider(published.Client(timeout)));

    private static SentWebhook Signed(KeyedSource source, RSA? key = null) => source.Sign(Key.ExportPkcs8PrivateKeyPem(), Body, contentType: "application/x-www-form-urlencoded")
        .With("Signature", Convert.ToBase64String((key ?? Key).SignData(Encoding.UTF8.GetBytes(Payload), HashAlgorithmName.SHA1, RSASignaturePadding.Pkcs1)));

    private static async Task Fetch(KeyedSource source, SentWebhook webhook, int second = 0) =>
        await source.Source.Verifier!.FetchAsync((webhook with { At = KeyedSource.Now.AddSeconds(second) }).Envelope, TestContext.Current.CancellationToken);

    private static string Config(RSA key) => JsonSerializer.Serialize(new { config = new { host = "travis-ci.com", notifications = new { webhook = new { public_key = key.ExportSubjectPublicKeyInfoPem() } } } });

    private static string Encoded(byte[] modulus, byte[] exponent)
    {
        var writer = new System.Formats.Asn1.AsnWriter(System.Formats.Asn1.AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteIntegerUnsigned(modulus);
            writer.WriteIntegerUnsigned(exponent);
        }

        return Convert.ToBase64String(writer.Encode());
    }
}
