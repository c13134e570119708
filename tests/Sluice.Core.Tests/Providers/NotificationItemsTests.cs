using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Sluice.Configuration;
using Sluice.Events;
using Sluice.Providers;

namespace Sluice.Core.Tests.Providers;

/// <summary>Adyen's signatures, which stand inside the body.</summary>
public sealed class NotificationItemsTests
{
    private const string Key = "44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056";
    private const string OtherKey = "DFB1EB5485895CFA84146406857104ABB4CBCABDC8AAF103A624C8F6A3EAAB00";

    // As Adyen's Ruby library has it in its tests (tests/vectors/public.json).
    private const string Published = """
        {"live":"false","notificationItems":[{"NotificationRequestItem":{"additionalData":{"hmacSignature":"coqCmt/IZ4E3CzPvMY8zTjQVL5hYJUiBRg8UU+iCWo0="},"amount":{"value":1130,"currency":"EUR"},"pspReference":"7914073381342284","eventCode":"AUTHORISATION","merchantAccountCode":"TestMerchant","merchantReference":"TestPayment-1407325143704","paymentMethod":"visa","success":"true"}}]}
        """;

    private readonly NotificationItemsScheme scheme = new();

    [Fact]
    public void The_published_vector_is_accepted() => Assert.Equal(new SignatureCheck(SignatureResult.Valid, 0), Check(Published));

    [Fact]
    public void The_other_published_vector_is_accepted_by_its_key() =>
        Assert.Equal(new SignatureCheck(SignatureResult.Valid, 0), Check(Published.Replace("coqCmt/IZ4E3CzPvMY8zTjQVL5hYJUiBRg8UU+iCWo0=", "Ny9gS2veKo5E4w8/OL6xz1/wvT/hYkAXy1xNc/QvO4I=", StringComparison.Ordinal), Settings(OtherKey)));

    [Fact]
    public void A_null_in_place_of_an_absent_value_and_a_true_in_place_of_its_text_are_the_same() =>
        Assert.True(Check(Published.Replace("\"success\":\"true\"", "\"success\":true,\"originalReference\":null", StringComparison.Ordinal)).IsValid);

    [Fact]
    public void What_a_library_would_sign_is_accepted()
    {
        foreach (var reference in new[] { "", "plain", "with:colon", "a:b:c", "back\\slash", "é😀", "\"quoted\"", "\u0001" })
        {
            var signed = Encoding.UTF8.GetBytes($"psp1:orig1:Acct:{reference}:0:USD:REFUND:false");
            var signature = Convert.ToBase64String(HMACSHA256.HashData(Convert.FromHexString(Key), signed));
            Assert.True(Check(Item($$"""
                "pspReference":"psp1","originalReference":"orig1","merchantAccountCode":"Acct","merchantReference":{{System.Text.Json.JsonSerializer.Serialize(reference)}},"amount":{"currency":"USD","value":0},"eventCode":"REFUND","success":"false","additionalData":{"hmacSignature":"{{signature}}"}
                """)).IsValid, reference);
        }
    }

    [Fact]
    public void What_sluice_signs_is_accepted_and_says_what_it_said()
    {
        var provider = new AdyenProvider();
        var sample = provider.CreateSample("CAPTURE", "abc", SignedSource.Now);
        var signed = scheme.Sign(new SentRequest { Url = new Uri(SignedSource.PublicUrl), Body = sample.Body, ContentType = sample.ContentType }, Settings(), Key, SignedSource.Now);
        Assert.True(Check(Encoding.UTF8.GetString(signed.Body.Span)).IsValid);
        Assert.False(Check(Encoding.UTF8.GetString(sample.Body)).IsValid);
        Assert.Equal(new EventDescription("abc:CAPTURE:true", "CAPTURE"), provider.Describe(new SignedRequest([], signed.Body).Envelope, Settings()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("no json")]
    [InlineData("""{"notificationItems":[{}]}""")]
    public void What_is_no_notification_cannot_be_signed(string body) => Assert.Throws<FormatException>(() =>
        scheme.Sign(new SentRequest { Url = new Uri(SignedSource.PublicUrl), Body = Encoding.UTF8.GetBytes(body), ContentType = "" }, Settings(), Key, SignedSource.Now));

    [Fact]
    public void The_answer_is_accepted_in_brackets()
    {
        var answer = new AdyenProvider().Success!;
        Assert.Equal((200, "[accepted]"), (answer.StatusCode, Encoding.UTF8.GetString(answer.Body.Span)));
    }

    [Theory]
    [InlineData("7914073381342284")]
    [InlineData("TestMerchant")]
    [InlineData("TestPayment-1407325143704")]
    [InlineData("1130")]
    [InlineData("EUR")]
    [InlineData("AUTHORISATION")]
    [InlineData("coqCmt/IZ4E3CzPvMY8zTjQVL5hYJUiBRg8UU+iCWo0=")]
    public void Any_one_byte_changed_of_what_is_signed_is_refused(string value)
    {
        var start = Published.IndexOf(value, StringComparison.Ordinal);
        var bytes = Encoding.UTF8.GetBytes(Published);
        for (var i = start; i < start + value.Length; i++)
        {
            foreach (var change in new byte[] { 1, 2, 0x20, 0x80 })
            {
                var body = bytes.ToArray();
                body[i] ^= change;
                Assert.False(Verifier(Settings())!.Verify(new SignedRequest([], body).Envelope, SignedSource.Now).IsValid, $"{value} at {i}");
            }
        }
    }

    [Fact]
    public void A_body_cut_anywhere_is_refused_and_never_throws()
    {
        for (var length = 0; length < Published.TrimEnd().Length; length++) Assert.False(Check(Published[..length]).IsValid, $"{length}");
    }

    [Theory]
    [InlineData("\"success\":\"true\"", "\"success\":\"false\"", SignatureResult.Mismatch)]
    [InlineData("\"success\":\"true\"", "\"success\":\"true\",\"originalReference\":\"1\"", SignatureResult.Mismatch)]
    [InlineData("\"value\":1130", "\"value\":1130.0", SignatureResult.Mismatch)]
    [InlineData("\"value\":1130", "\"value\":113e1", SignatureResult.Mismatch)]
    [InlineData("\"value\":1130", "\"value\":\"1130\"", SignatureResult.MalformedSignature)]
    [InlineData("\"value\":1130", "\"value\":1130,\"value\":1130", SignatureResult.MalformedSignature)]
    [InlineData("\"value\":1130", "\"value\":1130,\"Value\":1", SignatureResult.MalformedSignature)]
    [InlineData("\"success\":\"true\"", "\"success\":\"true\",\"success\":\"true\"", SignatureResult.MalformedSignature)]
    [InlineData("\"success\":\"true\"", "\"success\":\"true\",\"Success\":\"false\"", SignatureResult.MalformedSignature)]
    [InlineData("\"success\":\"true\"", "\"success\":\"true\",\"s\\u0075ccess\":\"false\"", SignatureResult.MalformedSignature)]
    [InlineData("\"success\":\"true\"", "\"success\":\"true\",\"amount\":{\"value\":1}", SignatureResult.MalformedSignature)]
    [InlineData("\"success\":\"true\"", "\"success\":\"true\",\"additionalData\":null", SignatureResult.MalformedSignature)]
    [InlineData("\"success\":\"true\"", "\"success\":{\"success\":\"true\"}", SignatureResult.MalformedSignature)]
    [InlineData("\"success\":\"true\"", "\"success\":\"\\ud800\"", SignatureResult.MalformedSignature)]
    [InlineData("\"live\":\"false\"", "\"notificationItems\":[]", SignatureResult.MalformedSignature)]
    [InlineData("\"live\":\"false\"", "\"NotificationItems\":[]", SignatureResult.MalformedSignature)]
    [InlineData("\"notificationItems\":[", "\"notificationItems\":[{},", SignatureResult.MalformedSignature)]
    [InlineData("\"notificationItems\":[", "\"notificationItems\":[1,", SignatureResult.MalformedSignature)]
    [InlineData("\"notificationItems\":[", "\"notificationItems\":[{\"NotificationRequestItem\":{\"success\":\"true\"}},", SignatureResult.MissingSignature)]
    [InlineData("{\"NotificationRequestItem\"", "{\"other\":1,\"NotificationRequestItem\"", SignatureResult.Valid)]
    [InlineData("{\"NotificationRequestItem\"", "{\"notificationRequestItem\":{},\"NotificationRequestItem\"", SignatureResult.MalformedSignature)]
    [InlineData("hmacSignature", "hmac", SignatureResult.MissingSignature)]
    [InlineData("coqCmt/IZ4E3CzPvMY8zTjQVL5hYJUiBRg8UU+iCWo0=", "", SignatureResult.MissingSignature)]
    [InlineData("iCWo0=", "iCWo0", SignatureResult.Mismatch)]
    [InlineData("iCWo0=", "iCWo1=", SignatureResult.Mismatch)]
    [InlineData("iCWo0=", "iCWo0=\\n", SignatureResult.Mismatch)]
    [InlineData("coqCmt/", "coqCmt_", SignatureResult.Mismatch)]
    [InlineData("visa", "mc", SignatureResult.Valid)]
    public void A_change_is_found_for_what_it_is(string from, string to, SignatureResult result) => Assert.Equal(result, Check(Published.Replace(from, to, StringComparison.Ordinal)).Result);

    [Fact]
    public void A_value_cannot_be_moved_over_a_colon_into_another()
    {
        // Signed as "...:Acct:a:b:..." for the reference a:b; only the reference may have a colon.
        var signature = Convert.ToBase64String(HMACSHA256.HashData(Convert.FromHexString(Key), "psp::Acct:a:b:1:EUR:X:true"u8));
        string Body(string psp, string account, string reference, string code) => Item($$"""
            "pspReference":"{{psp}}","merchantAccountCode":"{{account}}","merchantReference":"{{reference}}","amount":{"currency":"EUR","value":1},"eventCode":"{{code}}","success":"true","additionalData":{"hmacSignature":"{{signature}}"}
            """);
        Assert.True(Check(Body("psp", "Acct", "a:b", "X")).IsValid);
        Assert.Equal(SignatureResult.MalformedSignature, Check(Body("psp", "Acct:a", "b", "X")).Result);
        Assert.Equal(SignatureResult.MalformedSignature, Check(Body("psp:", "Acct", "a:b", "X")).Result);
        Assert.Equal(SignatureResult.MalformedSignature, Check(Body("psp", "Acct", "a", "X:")).Result);
    }

    [Fact]
    public void One_forged_item_refuses_them_all()
    {
        var item = Published[Published.IndexOf("{\"NotificationRequestItem\"", StringComparison.Ordinal)..Published.LastIndexOf(']')];
        Assert.True(Check($$"""{"notificationItems":[{{item}},{{item}}]}""").IsValid);
        Assert.Equal(SignatureResult.Mismatch, Check($$"""{"notificationItems":[{{item}},{{item.Replace("1130", "1131", StringComparison.Ordinal)}}]}""").Result);
        Assert.True(Check($$"""{"notificationItems":[{{string.Join(',', Enumerable.Repeat(item, 64))}}]}""").IsValid);
        Assert.Equal(SignatureResult.MalformedSignature, Check($$"""{"notificationItems":[{{string.Join(',', Enumerable.Repeat(item, 65))}}]}""").Result);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("""{"notificationItems":{}}""")]
    [InlineData("""{"notificationItems":null}""")]
    [InlineData("""{"notificationItems":[]}""")]
    public void A_body_without_items_is_refused(string body) => Assert.False(Check(body).IsValid);

    [Theory]
    [InlineData("not hex", "is not hex; set it to the HMAC key exactly as the Customer Area shows it")]
    [InlineData("ABC", "is not hex; set it to the HMAC key exactly as the Customer Area shows it")]
    [InlineData("", "is empty; set it to the secret the sender shows")]
    [InlineData(" ABCD", "has white space around it; remove it")]
    public void A_key_that_is_none_makes_the_source_unusable(string key, string error)
    {
        var errors = new List<ConfigurationError>();
        Assert.Null(scheme.Prepare(Settings(key), errors));
        Assert.EndsWith(error, Assert.Single(errors).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_key_nothing_is_accepted() => Assert.Null(scheme.Prepare(Settings() with { Secrets = [] }, []));

    [Fact]
    public void Another_key_is_a_mismatch() => Assert.Equal(SignatureResult.Mismatch, Check(Published, Settings(OtherKey)).Result);

    [Fact]
    public void A_key_counts_in_its_time_and_the_one_that_matched_is_named()
    {
        var settings = Settings() with { Secrets = [new(OtherKey), new(Key, NotBefore: SignedSource.Now, NotAfter: SignedSource.Now.AddSeconds(10))] };
        Assert.Equal(new SignatureCheck(SignatureResult.Valid, 1), Check(Published, settings));
        Assert.Equal(new SignatureCheck(SignatureResult.SecretNotYetValid, 1), Check(Published, settings, SignedSource.Now.AddTicks(-1)));
        Assert.Equal(new SignatureCheck(SignatureResult.SecretExpired, 1), Check(Published, settings, SignedSource.Now.AddSeconds(10)));
        Assert.Equal(SignatureResult.NoUsableSecret, Check(Item(""" "additionalData":{"hmacSignature":"x"} """), settings with { Secrets = [settings.Secrets[1]] }, SignedSource.Now.AddSeconds(10)).Result);
    }

    private static string Item(string fields) => $"{{\"notificationItems\":[{{\"NotificationRequestItem\":{{{fields}}}}}]}}";

    private SignatureCheck Check(string body, SourceSettings? settings = null, DateTimeOffset? now = null) =>
        Verifier(settings ?? Settings())!.Verify(new SignedRequest([], Encoding.UTF8.GetBytes(body)).Envelope, now ?? SignedSource.Now);

    private ISignatureVerifier? Verifier(SourceSettings settings) => scheme.Prepare(settings, []);

    private static SourceSettings Settings(string key = Key) => new() { Name = "it", Provider = "adyen", Secrets = [new(key)] };
}
