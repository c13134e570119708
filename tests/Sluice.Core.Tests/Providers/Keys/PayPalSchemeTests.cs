using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Sluice.Contracts;
using Sluice.Providers;
using static Sluice.Providers.SignatureResult;

namespace Sluice.Core.Tests.Providers.Keys;

public sealed class PayPalSchemeTests : IDisposable
{
    private const string WebhookId = "9XL90610J3647323C";
    private const string Place = "https://api.sandbox.paypal.com/v1/notifications/certs/CERT-360caa42-fca2a594-a5cafa77";
    private const string Name = "messageverificationcerts.paypal.com";
    private const string Body = """{"id":"WH-1","event_type":"PAYMENT.SALE.COMPLETED","summary":"Payment completed for $ 21.0 USD"}""";

    private static readonly RSA Key = RSA.Create(2048);
    private static readonly Authority Root = new("CN=A root");

    private static readonly IPAddress PayPal = IPAddress.Parse("173.0.80.116");

    private readonly PublishedKeys published = new();

    public void Dispose() => published.Dispose();

    [Fact]
    public async Task What_paypal_would_sign_is_accepted_with_the_certificate_it_names()
    {
        var source = Source();
        published.Says(Root.Issue(Key, Name));
        source.Refuses(Signed(), KeyUnavailable);
        await Fetch(source, Signed());
        Assert.Equal(new SignatureCheck(Valid, 0), source.Check(Signed()));
        await Fetch(source, Signed());
        Assert.Equal([Place], published.Asked);
    }

    [Fact]
    public async Task Any_change_of_what_is_signed_is_refused()
    {
        var source = Source();
        published.Says(Root.Issue(Key, Name));
        await Fetch(source, Signed());
        foreach (var changed in Signed().WithEachByteChanged()) source.Refuses(changed, Mismatch);
        foreach (var header in new[] { "paypal-transmission-id", "paypal-transmission-time", "paypal-transmission-sig", "paypal-auth-algo" })
        {
            foreach (var changed in Signed().WithEachCharacterChanged(header)) source.Refuses(changed, $"{header}: {changed[header]}");
            Assert.False(source.Check(Signed().Without(header)).IsValid);
            source.Refuses(Signed().Plus(header, Signed()[header]), AmbiguousHeader);
        }

        source.Refuses(Signed().Without("paypal-transmission-sig"), MissingSignature);
        source.Refuses(Signed().Without("paypal-transmission-id"), MissingId);
        source.Refuses(Signed().Without("paypal-transmission-time"), MissingTimestamp);
        source.Refuses(Signed(webhookId: "9XL90610J3647323D"), Mismatch);
        source.Refuses(Signed().With("paypal-transmission-id", "x|2026-01-01T00:00:00Z"), MalformedSignature);
    }

    [Attack("A11")]
    [Theory]
    [InlineData("SHA1withRSA")]
    [InlineData("sha256withrsa")]
    [InlineData("none")]
    [InlineData("HS256")]
    public void The_request_cannot_choose_the_algorithm(string algorithm) => Source().Refuses(Signed().With("paypal-auth-algo", algorithm), MalformedSignature);

    [Theory]
    [InlineData("https://paypal.com/v1/notifications/certs/CERT-1", true)]
    [InlineData("https://api.paypal.com/v1/notifications/certs/CERT-360caa42-fca2a594-a5cafa77", true)]
    [InlineData("https://api.sandbox.paypal.com/v1/notifications/certs/CERT-1", true)]
    [InlineData("https://api-m.sandbox.paypal.com/v1/notifications/certs/CERT-1", true)]
    [InlineData("https://API.PayPal.com:443/v1/notifications/certs/CERT-1", true)]
    [InlineData("http://api.paypal.com/v1/notifications/certs/CERT-1", false)]
    [InlineData("https://evilpaypal.com/v1/notifications/certs/CERT-1", false)]
    [InlineData("https://paypal.com.evil.example/v1/notifications/certs/CERT-1", false)]
    [InlineData("https://evil.example/.paypal.com/v1/notifications/certs/CERT-1", false)]
    [InlineData("https://evil.example/?.paypal.com/v1/notifications/certs/CERT-1", false)]
    [InlineData("https://evil.example#.paypal.com/v1/notifications/certs/CERT-1", false)]
    [InlineData("https://api.paypal.com@evil.example/v1/notifications/certs/CERT-1", false)]
    [InlineData("https://user@api.paypal.com/v1/notifications/certs/CERT-1", false)]
    [InlineData("https://api.paypal.com:8443/v1/notifications/certs/CERT-1", false)]
    [InlineData("https://api.paypal.com/v1/notifications/certs/CERT-1?y=1", false)]
    [InlineData("https://api.paypal.com/v1/notifications/certs/CERT-1#y", false)]
    [InlineData("https://evil.example\\.paypal.com/v1/notifications/certs/CERT-1", false)]
    [InlineData("https://evil.example%23.paypal.com/v1/notifications/certs/CERT-1", false)]
    [InlineData("https://api.pаypal.com/v1/notifications/certs/CERT-1", false)]
    [InlineData("https://api.paypal.com./v1/notifications/certs/CERT-1", false)]
    [InlineData("https://api.paypal.com/x", false)]
    [InlineData("https://www.paypal.com/v1/notifications/certs/", false)]
    [InlineData("https://api.paypal.com/v1/notifications/certs/CERT-1/", false)]
    [InlineData("https://api.paypal.com/v1/notifications/certs/a/b", false)]
    [InlineData("https://api.paypal.com/v1/notifications/certs/../../x", false)]
    [InlineData("https://api.paypal.com/v1/notifications/certs/%2e%2e%2fx", false)]
    [InlineData("https://api.paypal.com/V1/notifications/certs/CERT-1", false)]
    [InlineData("https://api.paypal.com//v1/notifications/certs/CERT-1", false)]
    [InlineData("https://api.paypal.com/x/v1/notifications/certs/CERT-1", false)]
    [InlineData("file:///etc/passwd", false)]
    [InlineData("//api.paypal.com/v1/notifications/certs/CERT-1", false)]
    [InlineData("", false)]
    [InlineData("https://169.254.169.254/v1/notifications/certs/CERT-1", false)]
    public async Task Only_paypals_own_addresses_are_asked(string url, bool isAsked)
    {
        var source = Source();
        await Fetch(source, Signed().With("paypal-cert-url", url));
        Assert.Equal(isAsked ? 1 : 0, published.Asked.Count);
        Assert.Equal(isAsked ? KeyUnavailable : UntrustedKey, source.Check(Signed().With("paypal-cert-url", url)).Result);
    }

    [Fact]
    public async Task A_certificate_that_is_not_paypals_is_none()
    {
        var second = 0;
        var stranger = new Authority("CN=A root");
        using var small = RSA.Create(1024);
        foreach (var pem in new[]
        {
            stranger.Issue(Key, Name), Root.Issue(Key, "paypal.com.evil.example"), Root.Issue(Key, "evilpaypal.com"), Root.Issue(Key, Name, expired: true), Root.Issue(small, Name),
            SelfSigned(), "", "no certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", Key.ExportSubjectPublicKeyInfoPem(),
            string.Concat(Enumerable.Repeat(Root.Issue(Key, Name), 9)), Root.Issue(Key, "evil.example") + Root.Issue(Key, Name),
        })
        {
            var source = Source();
            published.Says(pem);
            await Fetch(source, Signed(), second += 60);
            source.Refuses(Signed(), UntrustedKey);
        }
    }

    [Fact]
    public async Task A_certificate_ends_with_its_time()
    {
        var source = Source();
        published.Says(Root.Issue(Key, Name));
        await Fetch(source, Signed());
        source.Accepts(Signed(), KeyedSource.Now.AddDays(99));
        source.Refuses(Signed(), UntrustedKey, KeyedSource.Now.AddDays(101));
        source.Refuses(Signed(), UntrustedKey, KeyedSource.Now.AddDays(-2));
    }

    [Fact]
    public async Task A_flood_of_addresses_asks_ten_times_a_minute_and_pushes_no_good_certificate_out()
    {
        var source = Source();
        published.Answer = url => url.AbsoluteUri == Place ? PublishedKeys.Text(Root.Issue(Key, Name)) : PublishedKeys.Status(HttpStatusCode.NotFound);
        await Fetch(source, Signed());
        for (var i = 0; i < 600; i++) await Fetch(source, Signed().With("paypal-cert-url", $"{Place}{i}"), i / 10);
        Assert.Equal(10, published.Asked.Count);
        for (var i = 0; i < 600; i++) await Fetch(source, Signed().With("paypal-cert-url", $"{Place}x{i}"), 60 + i);
        Assert.InRange(published.Asked.Count, 50, 120);
        source.Accepts(Signed());
        Assert.Single(published.Asked, Place);
    }

    [Fact]
    public async Task Strangers_from_many_places_do_not_keep_a_source_closed_that_has_no_certificate_yet()
    {
        var source = Source();
        published.Answer = url => url.AbsoluteUri == Place ? PublishedKeys.Text(Root.Issue(Key, Name)) : PublishedKeys.Status(HttpStatusCode.NotFound);
        for (var i = 0; i < 500; i++) await Fetch(source, Signed().With("paypal-cert-url", $"{Place}{i}") with { From = Stranger(i % 5) });
        Assert.Equal(50, published.Asked.Count);
        await Fetch(source, Signed() with { From = PayPal });
        source.Accepts(Signed());
    }

    [Fact]
    public async Task Whatever_strangers_use_up_the_sender_that_was_genuine_gets_its_next_certificate()
    {
        var source = Source();
        published.Answer = url => url.AbsoluteUri is Place or $"{Place}-next" ? PublishedKeys.Text(Root.Issue(Key, Name)) : PublishedKeys.Status(HttpStatusCode.NotFound);
        await Fetch(source, Signed() with { From = PayPal });
        source.Accepts(Signed() with { From = PayPal });
        for (var i = 0; i < 5000; i++) await Fetch(source, Signed().With("paypal-cert-url", $"{Place}{i}") with { From = Stranger(i) }, 60);
        Assert.Equal(61, published.Asked.Count);
        // From another of its machines.
        var next = Signed().With("paypal-cert-url", $"{Place}-next") with { From = IPAddress.Parse("173.0.80.7") };
        await Fetch(source, next, 61);
        source.Accepts(next);
        // And it is bounded too: who has seen one genuine request may repeat it.
        for (var i = 0; i < 500; i++) await Fetch(source, Signed().With("paypal-cert-url", $"{Place}y{i}") with { From = PayPal }, 62);
        Assert.InRange(published.Asked.Count, 62, 81);
    }

    [Fact]
    public async Task What_is_still_being_asked_for_is_not_pushed_out_by_what_is_nothing()
    {
        var source = Source();
        var answer = new TaskCompletionSource<System.Net.Http.HttpResponseMessage>();
        published.Answer = url => url.AbsoluteUri == Place ? answer.Task : PublishedKeys.Status(HttpStatusCode.NotFound);
        var genuine = Fetch(source, Signed() with { From = PayPal });
        for (var i = 0; i < 50; i++) await Fetch(source, Signed().With("paypal-cert-url", $"{Place}{i}") with { From = Stranger(i) });
        answer.SetResult(await PublishedKeys.Text(Root.Issue(Key, Name)));
        await genuine;
        source.Accepts(Signed());
    }

    [Fact]
    public async Task A_certificate_past_its_time_is_asked_for_again_once_a_minute()
    {
        var source = Source();
        published.Says(Root.Issue(Key, Name));
        await Fetch(source, Signed());
        var later = (int)TimeSpan.FromDays(101).TotalSeconds;
        await Fetch(source, Signed(), later);
        await Fetch(source, Signed(), later + 59);
        Assert.Equal(2, published.Asked.Count);
        source.Refuses(Signed(), UntrustedKey, KeyedSource.Now.AddSeconds(later + 59));
        published.Says(Root.Issue(Key, Name, days: 200));
        await Fetch(source, Signed(), later + 60);
        source.Accepts(Signed(), KeyedSource.Now.AddSeconds(later + 60));
        await Fetch(source, Signed(), later + 600);
        Assert.Equal(3, published.Asked.Count);
    }

    [Fact]
    public async Task A_place_that_fails_is_asked_again_after_a_minute()
    {
        var source = Source();
        published.Is(HttpStatusCode.Redirect);
        for (var second = 0; second < 60; second++) await Fetch(source, Signed(), second);
        Assert.Single(published.Asked);
        source.Refuses(Signed(), KeyUnavailable);
        published.Says(Root.Issue(Key, Name));
        await Fetch(source, Signed(), 60);
        source.Accepts(Signed());
    }

    [Fact]
    public async Task Requests_that_could_not_be_genuine_ask_for_nothing()
    {
        var source = Source();
        foreach (var header in new[] { "paypal-transmission-id", "paypal-transmission-time", "paypal-transmission-sig", "paypal-auth-algo", "paypal-cert-url" }) await Fetch(source, Signed().Without(header));
        await Fetch(source, Signed().With("paypal-transmission-sig", "no base64"));
        Assert.Empty(published.Asked);
    }

    [Fact]
    public void With_a_public_key_of_the_source_nobody_is_asked()
    {
        var source = KeyedSource.Of("paypal", ("WebhookId", WebhookId), ("PublicKeys:0", Key.ExportSubjectPublicKeyInfoPem()), ("Tolerance", "00:05:00"));
        source.Accepts(Signed());
        source.Accepts(source.Sign(Key.ExportPkcs8PrivateKeyPem(), Body));
        source.Refuses(Signed(), TimestampTooOld, KeyedSource.Now.AddSeconds(301));
        source.Refuses(Signed(), TimestampInFuture, KeyedSource.Now.AddSeconds(-301));
        source.Refuses(Signed().With("paypal-transmission-time", "soon"), MalformedTimestamp);
    }

    [Theory]
    [InlineData("", "WebhookId is missing; it is signed, so write the webhook's id as PayPal's dashboard shows it")]
    [InlineData("a|b", "WebhookId is no id; write the webhook's id as PayPal's dashboard shows it: letters and digits")]
    public void A_webhook_id_that_is_none_is_said_to_be_none(string id, string error) => Assert.Equal($"Sluice:Sources:it:{error}", KeyedSource.Fault("paypal", ("WebhookId", id)));

    [Fact]
    public void The_checksum_is_that_of_zip()
    {
        // The check value that every description of CRC-32 gives.
        Assert.Equal(0xcbf43926u, Crc32.Of("123456789"u8));
        Assert.Equal(0u, Crc32.Of([]));
    }

    [Fact]
    public void A_sample_is_described_as_what_was_asked_for()
    {
        var source = Source();
        var sample = source.Provider.CreateSample("PAYMENT.CAPTURE.DENIED", "WH-7", KeyedSource.Now);
        var described = source.Provider.Describe(source.Sign(Key.ExportPkcs8PrivateKeyPem(), sample.Body).Envelope, source.Source.Settings);
        Assert.Equal(("WH-7", "PAYMENT.CAPTURE.DENIED"), (described.Id, described.Type));
    }

    private KeyedSource Source() => KeyedSource.Of(new PayPalProvider(published.Client(), Root.Certificates), ("WebhookId", WebhookId));

    // Signed by hand, as PayPal's page says.
    private static SentWebhook Signed(string webhookId = WebhookId)
    {
        const string id = "d938e770-8046-11e6-8103-6b62a8a99ac4";
        var text = string.Create(CultureInfo.InvariantCulture, $"{id}|2023-11-14T22:13:20Z|{webhookId}|{ZipChecksum(Encoding.UTF8.GetBytes(Body))}");
        return new SentWebhook(new SentRequest { Url = KeyedSource.Url, Body = Encoding.UTF8.GetBytes(Body), ContentType = "application/json" })
            .With("paypal-transmission-id", id).With("paypal-transmission-time", "2023-11-14T22:13:20Z").With("paypal-cert-url", Place).With("paypal-auth-algo", "SHA256withRSA")
            .With("paypal-transmission-sig", Convert.ToBase64String(Key.SignData(Encoding.UTF8.GetBytes(text), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)));
    }

    // The runtime's own CRC-32, out of the last bytes of what it compressed.
    private static uint ZipChecksum(byte[] bytes)
    {
        using var buffer = new MemoryStream();
        using (var gzip = new GZipStream(buffer, CompressionMode.Compress)) gzip.Write(bytes);
        return BitConverter.ToUInt32(buffer.ToArray().AsSpan()[^8..]);
    }

    private static async Task Fetch(KeyedSource source, SentWebhook webhook, int second = 0) =>
        await source.Source.Verifier!.FetchAsync((webhook with { At = KeyedSource.Now.AddSeconds(second) }).Envelope, TestContext.Current.CancellationToken);

    // Each in a network of its own, every second one of IPv6.
    private static IPAddress Stranger(int number) => IPAddress.Parse(number % 2 == 0 ? $"10.{number / 256}.{number % 256}.1" : $"2001:db8:{number:x}::1");

    private static string SelfSigned() => new CertificateRequest($"CN={Name}", Key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
        .CreateSelfSigned(KeyedSource.Now.AddDays(-1), KeyedSource.Now.AddDays(100)).ExportCertificatePem();

    private sealed class Authority
    {
        private readonly RSA key = RSA.Create(2048);
        private readonly X509Certificate2 certificate;

        public Authority(string name)
        {
            var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
            certificate = request.CreateSelfSigned(KeyedSource.Now.AddYears(-1), KeyedSource.Now.AddYears(10));
        }

        public X509Certificate2Collection Certificates => [certificate];

        public string Issue(RSA subject, string host, bool expired = false, int days = 100)
        {
            var request = new CertificateRequest($"CN={host}", subject, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            var names = new SubjectAlternativeNameBuilder();
            names.AddDnsName(host);
            request.CertificateExtensions.Add(names.Build());
            var from = KeyedSource.Now.AddDays(expired ? -100 : -1);
            return request.Create(certificate.SubjectName, X509SignatureGenerator.CreateForRSA(key, RSASignaturePadding.Pkcs1), from, expired ? KeyedSource.Now.AddDays(-1) : KeyedSource.Now.AddDays(days), [1, 2, 3]).ExportCertificatePem() + "\n";
        }
    }
}
