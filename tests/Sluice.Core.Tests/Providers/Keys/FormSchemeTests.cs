using System.Net;
using System.Security.Cryptography;
using System.Text;
using Sluice.Contracts;
using Sluice.Events;
using Sluice.Providers;
using static Sluice.Providers.SignatureResult;

namespace Sluice.Core.Tests.Providers.Keys;

/// <summary>Senders that sign forms: Twilio, Mandrill, Braintree.</summary>
public sealed partial class FormSchemeTests
{
    private const string Form = "application/x-www-form-urlencoded";
    private const string Token = "12345";
    private const string TwilioUrl = "https://mycompany.com/myapp.php?foo=1&bar=2";
    private const string BraintreeSecret = "integration_public_key|integration_private_key";

    // twilio-csharp and twilio-node, request validator tests: their examples (tests/vectors/public.json).
    private const string TwilioForm = "CallSid=CA1234567890ABCDE&Caller=%2B14158675309&Digits=1234&From=%2B14158675309&To=%2B18005551212";
    private const string TwilioSignature = "RSOYDt4T1cUTdK1PDd93/VVr8B8=";
    private const string TwilioJson = """{"property": "value", "boolean": true}""";
    private const string TwilioJsonUrl = TwilioUrl + "&bodySHA256=0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620";
    private const string TwilioJsonSignature = "a9nBmqA0ju/hNViExpshrM61xv4=";

    private readonly KeyedSource twilio = KeyedSource.Of("twilio", ("Secrets:0", Token), ("PublicUrl", "https://mycompany.com/myapp.php"));
    private readonly KeyedSource mandrill = KeyedSource.Of("mandrill", ("Secrets:0", "a key"), ("PublicUrl", KeyedSource.Url.OriginalString));
    private readonly KeyedSource braintree = KeyedSource.Of("braintree", ("Secrets:0", BraintreeSecret));

    [Fact]
    public void Twilios_published_form_is_accepted_and_no_other_value()
    {
        twilio.Accepts(Twilio());
        for (var i = 0; i < TwilioForm.Length; i++)
        {
            if (TwilioForm[i] is '%' || (i > 0 && TwilioForm[i - 1] == '%') || TwilioForm[i] == '=') continue;
            twilio.Refuses(Twilio($"{TwilioForm[..i]}~{TwilioForm[(i + 1)..]}"), Mismatch);
        }

        foreach (var changed in Twilio().WithEachCharacterChanged("X-Twilio-Signature")) twilio.Refuses(changed, changed["X-Twilio-Signature"]);
        twilio.Refuses(Twilio(TwilioForm + "&Extra=1"), Mismatch);
        twilio.Refuses(Twilio("Extra=&" + TwilioForm), Mismatch);
        twilio.Refuses(Twilio(""), Mismatch);
        twilio.Refuses(Twilio(TwilioForm.Replace("&To=", "&to=", StringComparison.Ordinal)), Mismatch);
    }

    [Fact]
    public void The_order_of_the_fields_and_their_encoding_are_the_senders_business()
    {
        twilio.Accepts(Twilio(string.Join('&', TwilioForm.Split('&').Reverse())));
        twilio.Accepts(Twilio(TwilioForm.Replace("%2B", "%2b", StringComparison.Ordinal)));
        // As in Twilio's libraries, the same field with the same value again says nothing new.
        twilio.Accepts(Twilio(TwilioForm + "&Digits=1234"));
        twilio.Refuses(Twilio(TwilioForm + "&Digits=12345"), Mismatch);
    }

    [Attack("A16")]
    [Theory]
    [InlineData("https://mycompany.com:443/myapp.php?foo=1&bar=2", true)]
    [InlineData("https://mycompany.com:8443/myapp.php?foo=1&bar=2", true)]
    [InlineData("http://mycompany.com/myapp.php?foo=1&bar=2", false)]
    [InlineData("https://mycompany.com/myapp.php?bar=2&foo=1", false)]
    [InlineData("https://mycompany.com/myapp.php?foo=1&bar=2&x=1", false)]
    [InlineData("https://mycompany.com/myapp.php?foo=1", false)]
    [InlineData("https://mycompany.com/myapp.php/?foo=1&bar=2", false)]
    [InlineData("https://evil.com/myapp.php?foo=1&bar=2", false)]
    public void The_url_is_signed_to_the_letter_but_for_its_port(string url, bool isAccepted) => Assert.Equal(isAccepted, twilio.Check(Twilio().To(url)).IsValid);

    [Fact]
    public void A_port_that_twilio_wrote_and_the_source_did_not_counts()
    {
        twilio.Accepts(Twilio(url: TwilioUrl).With("X-Twilio-Signature", Hmac(Token, "https://mycompany.com:443/myapp.php?foo=1&bar=2" + "CallSidCA1234567890ABCDECaller+14158675309Digits1234From+14158675309To+18005551212")));
        twilio.Refuses(Twilio().With("X-Twilio-Signature", Hmac(Token, "https://mycompany.com:80/myapp.php?foo=1&bar=2CallSidCA1234567890ABCDECaller+14158675309Digits1234From+14158675309To+18005551212")), Mismatch);
    }

    [Attack("A16")]
    [Fact]
    public void No_header_says_where_a_request_came_to()
    {
        var webhook = Twilio(url: "https://hooks.internal/myapp.php?foo=1&bar=2");
        foreach (var (name, value) in new[] { ("Host", "mycompany.com"), ("X-Forwarded-Host", "mycompany.com"), ("X-Forwarded-Proto", "https"), ("X-Original-URL", TwilioUrl), ("Forwarded", "host=mycompany.com;proto=https") })
            webhook = webhook.Plus(name, value);
        twilio.Refuses(webhook, Mismatch);
    }

    [Fact]
    public void Twilios_published_json_is_accepted_through_its_hash()
    {
        var webhook = Twilio(TwilioJson, TwilioJsonUrl).With("X-Twilio-Signature", TwilioJsonSignature);
        twilio.Accepts(webhook);
        foreach (var changed in webhook.WithEachByteChanged()) twilio.Refuses(changed, Mismatch);
        twilio.Refuses(webhook.To(TwilioUrl), Mismatch);
        twilio.Refuses(webhook.To(TwilioJsonUrl[..^1] + "1"), Mismatch);
        twilio.Refuses(webhook.To(TwilioJsonUrl.ToUpperInvariant()), Mismatch);
        twilio.Refuses(webhook.To(TwilioJsonUrl + "&bodySHA256=" + Convert.ToHexStringLower(SHA256.HashData("{}"u8))).Carrying("{}"), AmbiguousHeader);
        twilio.Refuses(webhook.To(TwilioUrl + "&bodySHA256="), Mismatch);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("a=b")]
    public void A_body_that_nobody_signed_is_refused_beside_a_signed_url(string body)
    {
        var webhook = Twilio(body, TwilioUrl).With("X-Twilio-Signature", Hmac(Token, TwilioUrl));
        if (body.Length == 0) twilio.Accepts(webhook);
        else twilio.Refuses(webhook, Mismatch);
    }

    [Theory]
    [InlineData("twilio")]
    [InlineData("mandrill")]
    public void What_the_scheme_signs_is_accepted_and_keys_rotate(string provider)
    {
        var source = KeyedSource.Of(provider, ("PublicUrl", KeyedSource.Url.OriginalString), ("Secrets:0:Value", "old"), ("Secrets:0:NotAfter", "2023-11-14T22:13:30Z"), ("Secrets:1:Value", "new"), ("Secrets:1:NotBefore", "2023-11-14T22:13:20Z"));
        var (old, @new) = (source.Sign("old", "b=2&a=1", contentType: Form), source.Sign("new", "b=2&a=1", contentType: Form));
        Assert.Equal(new SignatureCheck(Valid, 0), source.Check(old));
        Assert.Equal(new SignatureCheck(Valid, 1), source.Check(@new));
        source.Refuses(old, SecretExpired, KeyedSource.Now.AddSeconds(10));
        source.Refuses(@new, SecretNotYetValid, KeyedSource.Now.AddSeconds(-1));
        source.Refuses(source.Sign("stranger", "b=2&a=1", contentType: Form), Mismatch);
        var header = old.Request.Headers[0].Key;
        source.Refuses(old.Without(header), MissingSignature);
        source.Refuses(old.Plus(header, old[header]), AmbiguousHeader);
        source.Refuses(old.With(header, "x"), MalformedSignature);
        source.Refuses(old with { Request = old.Request with { Url = new Uri("https://other.example.com/api/webhooks/it") } }, Mismatch);
    }

    [Fact]
    public void Json_is_signed_through_its_hash()
    {
        var webhook = twilio.Sign(Token, "{}");
        Assert.Contains("bodySHA256=", webhook.Request.Url.Query, StringComparison.Ordinal);
        twilio.Accepts(webhook);
    }

    [Theory]
    [InlineData("twilio")]
    [InlineData("mandrill")]
    public void A_source_of_a_sender_that_signs_its_url_needs_it(string provider) => Assert.Equal(
        "Sluice:Sources:it:PublicUrl is missing; this sender signs the URL it calls, so write it exactly as the sender has it", KeyedSource.Fault(provider, ("Secrets:0", "x")));

    [Fact]
    public void Forms_without_end_are_refused_in_no_time()
    {
        foreach (var body in new[] { string.Join('&', Enumerable.Range(0, 200_000).Select(i => $"{i}=")), new string('&', 1_000_000), new string('%', 1_000_000), new string('=', 1_000_000), "a=" + new string('+', 1_000_000) })
        {
            var started = System.Diagnostics.Stopwatch.GetTimestamp();
            twilio.Refuses(Twilio(body), Mismatch);
            Assert.True(System.Diagnostics.Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(1));
        }
    }

    [Theory]
    [InlineData("MessageSid=SM1&MessageStatus=delivered", "message.delivered")]
    [InlineData("CallSid=CA1&CallStatus=ringing", "call.ringing")]
    [InlineData("MessageSid=SM1&SmsStatus=received&Body=hi", "message.received")]
    [InlineData("a=b", null)]
    public void Twilios_type_is_the_status_it_tells(string form, string? type)
    {
        var webhook = twilio.Sign(Token, form, contentType: Form).Plus("I-Twilio-Idempotency-Token", "token");
        Assert.Equal(new EventDescription("token", type), twilio.Provider.Describe(webhook.Envelope, twilio.Source.Settings));
        Assert.Equal("text/xml; charset=utf-8", twilio.Provider.Success!.ContentType);
    }

    [Fact]
    public void Mandrill_signs_its_url_and_form()
    {
        const string events = """[{"event":"send","_id":"a"}]""";
        var body = "mandrill_events=" + WebUtility.UrlEncode(events);
        var webhook = mandrill.Sign("a key", body, contentType: Form);
        Assert.Equal(Hmac("a key", KeyedSource.Url.OriginalString + "mandrill_events" + events), webhook["X-Mandrill-Signature"]);
        mandrill.Accepts(webhook);
        mandrill.Accepts(webhook.Without("X-Mandrill-Signature").Plus("X-Mailchimp-Signature", webhook["X-Mandrill-Signature"]));
        mandrill.Refuses(webhook.To(KeyedSource.Url + "/"), Mismatch);
        mandrill.Refuses(webhook.To("https://hooks.example.com:443/api/webhooks/it"), "the port");
        mandrill.Refuses(webhook.Carrying(body.Replace("send", "open", StringComparison.Ordinal)), Mismatch);
    }

    [Fact]
    public void Mandrills_batch_is_taken_apart_into_slices_of_the_decoded_value()
    {
        const string first = """{"event":"open","_id":"m1","ts":1,"text":"ä + & %"}""";
        const string events = "[" + first + """, {"event":"open","_id":"m1","ts":2}, {"type":"blacklist","action":"add"}]""";
        var body = Encoding.UTF8.GetBytes("mandrill_events=" + WebUtility.UrlEncode(events));
        Assert.True(mandrill.Provider.IsBatch(mandrill.Sign("a key", body, contentType: Form).Envelope));
        var items = mandrill.Provider.Split(Batch(body))!;
        Assert.Equal(3, items.Count);
        Assert.Equal(first, Encoding.UTF8.GetString(items[0].Body.Span));
        Assert.Equal(["open", "open", "blacklist"], items.Select(item => item.Type));
        Assert.StartsWith("m1:", items[0].Id, StringComparison.Ordinal);
        Assert.NotEqual(items[0].Id, items[1].Id);
        Assert.Null(items[2].Id);
        Assert.All(items, item => Assert.Equal("application/json", item.ContentType));
        var kept = Sluice.Ingestion.EventOf.Item(Batch(body), items[0]);
        Assert.Equal("application/json", kept.ContentType);
        foreach (var other in new[] { "", "mandrill_events=", "mandrill_events=[", "mandrill_events={}", "x=[]", "mandrill_events=[]&x=1", "mandrill_events=%" })
            Assert.Null(mandrill.Provider.Split(Batch(Encoding.UTF8.GetBytes(other))));
    }

    [Fact]
    public void Mandrills_questions_before_it_has_a_key_are_answered_and_no_event_is()
    {
        Assert.Equal(200, Greet(mandrill, "HEAD", "")!.StatusCode);
        Assert.Equal(200, Greet(mandrill, "POST", "mandrill_events=%5B%5D")!.StatusCode);
        foreach (var body in new[] { "mandrill_events=%5B1%5D", "mandrill_events=%5B%5D&x=1", "", "[]", "mandrill_events=" + new string('+', 100) + "[]" }) Assert.Null(Greet(mandrill, "POST", body));
        Assert.Null(Greet(mandrill, "GET", ""));
    }

    [Fact]
    public void Hostile_xml_is_described_as_nothing()
    {
        foreach (var xml in new[] { "", "<", "<a><kind>x</a>", "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a><kind>&x;</kind></a>", "<a><b><kind>deep</kind></b></a>", new string('<', 100_000), "<a><kind><b/></kind></a>" })
        {
            var payload = Convert.ToBase64String(Encoding.UTF8.GetBytes(xml));
            Assert.Null(braintree.Provider.Describe(Braintree("x", payload).Envelope, braintree.Source.Settings).Type);
        }

        Assert.Null(braintree.Provider.Describe(Braintree("x", "=A==").Envelope, braintree.Source.Settings).Type);
    }

    [Theory]
    [InlineData("twilio", Token)]
    [InlineData("mandrill", "a key")]
    [InlineData("braintree", BraintreeSecret)]
    public void A_sample_is_signed_and_described_as_what_was_asked_for(string provider, string secret)
    {
        var source = KeyedSource.Of(provider, [("Secrets:0", secret), .. provider == "braintree" ? [] : new[] { ("PublicUrl", KeyedSource.Url.OriginalString) }]);
        var sample = source.Provider.CreateSample(source.Provider.SampleType, "0123", KeyedSource.Now);
        var webhook = source.Sign(secret, sample.Body, contentType: sample.ContentType);
        source.Accepts(webhook);
        var type = provider == "mandrill" ? Assert.Single(source.Provider.Split(Batch(sample.Body))!).Type : source.Provider.Describe(webhook.Envelope, source.Source.Settings).Type;
        Assert.Equal(source.Provider.SampleType, type);
    }

    private static Answer? Greet(KeyedSource source, string method, string body, string query = "") => source.Provider.Greet(
        new SentWebhook(new SentRequest { Method = method, Url = new Uri(KeyedSource.Url + query), Body = Encoding.UTF8.GetBytes(body), ContentType = Form }).Envelope, source.Source.Settings);

    private SentWebhook Twilio(string body = TwilioForm, string url = TwilioUrl) =>
        twilio.Sign(Token, "", contentType: Form).Carrying(body).To(url).With("X-Twilio-Signature", TwilioSignature);

    private static WebhookEvent Batch(byte[] body) => new()
    {
        Id = EventId.Of("it", "x"), Source = "it", Type = WebhookEvent.BatchType, IdempotencyKey = "x", ReceivedAt = KeyedSource.Now, Headers = new HeaderList([new("Content-Type", Form)]), Body = body,
    };

#pragma warning disable CA5350 // The senders' choice.
    private static string Hmac(string key, string text) => Convert.ToBase64String(HMACSHA1.HashData(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(text)));

    private static string Sha1Hex(string text) => Convert.ToHexStringLower(HMACSHA1.HashData(SHA1.HashData("integration_private_key"u8), Encoding.UTF8.GetBytes(text)));
#pragma warning restore CA5350
}
