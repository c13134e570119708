using System.Security.Cryptography;
using System.Text;
using Sluice.Contracts;
using Sluice.Events;
using Sluice.Providers;
using static Sluice.Providers.SignatureResult;

namespace Sluice.Core.Tests.Providers.Keys;

public sealed class EcdsaSchemeTests
{
    private const string Signature = "X-Twilio-Email-Event-Webhook-Signature";
    private const string Timestamp = "X-Twilio-Email-Event-Webhook-Timestamp";
    private const string Body = "[{\"event\":\"delivered\",\"sg_event_id\":\"a\"}]\r\n";
    private const string Order = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";

    // The example of sendgrid-csharp's RequestValidatorTests (tests/vectors/public.json).
    private const string PublishedKey = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEEDr2LjtURuePQzplybdC+u4CwrqDqBaWjcMMsTbhdbcwHBcepxo7yAQGhHPTnlvFYPAZFceEu/1FwCM/QmGUhA==";
    private const string PublishedSignature = "MEUCIQCtIHJeH93Y+qpYeWrySphQgpNGNr/U+UyUlBkU6n7RAwIgJTz2C+8a8xonZGi6BpSzoQsbVRamr2nlxFDWYNH2j/0=";
    private const string PublishedBody = """{"category":"example_payload","event":"test_event","message_id":"message_id"}""";

    private static readonly ECDsa Key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private static readonly string PrivateKey = Key.ExportPkcs8PrivateKeyPem();

    private readonly KeyedSource source = Source(Key);

    [Attack("A6")]
    [Fact]
    public void The_published_example_is_accepted_and_no_other_body()
    {
        var published = KeyedSource.Of("sendgrid", ("PublicKeys:0", PublishedKey));
        var webhook = published.Sign(PrivateKey, PublishedBody).With(Signature, PublishedSignature).With(Timestamp, "1588788367");
        published.Accepts(webhook);
        foreach (var changed in webhook.WithEachByteChanged()) published.Refuses(changed, Mismatch);
        foreach (var changed in webhook.WithEachCharacterChanged(Signature)) published.Refuses(changed, changed[Signature]);
        published.Refuses(webhook.With(Timestamp, "1588788368"), Mismatch);
        published.Refuses(webhook.Carrying(PublishedBody + "\r\n"), Mismatch);
    }

    [Fact]
    public void What_another_implementation_signed_is_accepted()
    {
        foreach (var (text, because) in new[] { ("1700000000", Valid), ("0017", MalformedTimestamp), ("not a time", MalformedTimestamp), ("é", MalformedTimestamp) })
        {
            var signature = Key.SignData(Encoding.UTF8.GetBytes(text + Body), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
            Assert.Equal(because, source.Check(source.Sign(PrivateKey, Body).With(Timestamp, text).With(Signature, Convert.ToBase64String(signature))).Result);
        }
    }

    [Fact]
    public void What_the_sender_signed_is_accepted_and_the_key_is_named() => Assert.Equal(new SignatureCheck(Valid, 0), source.Check(source.Sign(PrivateKey, Body)));

    [Fact]
    public void The_key_may_be_pem_base64_hex_or_the_point_alone()
    {
        var spki = Key.ExportSubjectPublicKeyInfo();
        foreach (var text in new[] { Key.ExportSubjectPublicKeyInfoPem(), Convert.ToBase64String(spki), Convert.ToHexString(spki), Convert.ToHexStringLower(spki[^65..]), Convert.ToBase64String(spki, Base64FormattingOptions.InsertLineBreaks) })
            KeyedSource.Of("sendgrid", ("PublicKeys:0", text)).Accepts(source.Sign(PrivateKey, Body));
    }

    [Fact]
    public void A_high_s_is_as_genuine_as_a_low_one()
    {
        var (r, s) = Plain();
        var other = new System.Numerics.BigInteger(Convert.FromHexString(Order), isUnsigned: true, isBigEndian: true) - new System.Numerics.BigInteger(s, isUnsigned: true, isBigEndian: true);
        source.Accepts(WithSignature(Der(Integer(r), Integer(Padded(other)))));
    }

    [Attack("A14")]
    [Fact]
    public void Signatures_of_zero_or_beyond_the_order_are_refused()
    {
        var (r, s) = Plain();
        var order = Convert.FromHexString(Order);
        var larger = Convert.FromHexString("ffffffff00000001000000000000000000000000ffffffffffffffffffffffff");
        byte[] zero = [2, 1, 0];
        byte[] one = [2, 1, 1];
        foreach (var der in new[] { Der(zero, zero), Der(zero, one), Der(one, zero), Der(one, one), Der(Integer(order), Integer(order)), Der(Integer(r), Integer(order)), Der(Integer(order), Integer(s)), Der(Integer(r), zero), Der(zero, Integer(s)), Der(Integer(larger), one), Der([2, 0], [2, 0]) })
            source.Refuses(WithSignature(der), Mismatch);
        source.Accepts(WithSignature(Der(Integer(r), Integer(s))));
    }

    [Attack("A14")]
    [Fact]
    public void Der_in_any_other_spelling_is_refused()
    {
        var (r, s) = Plain();
        var (first, second) = (Integer(r), Integer(s));
        var content = (byte[])[.. first, .. second];
        byte[][] spellings =
        [
            [0x30, 0x81, (byte)content.Length, .. content],
            [0x30, 0x80, .. content, 0, 0],
            [0x31, (byte)content.Length, .. content],
            [0x30, (byte)(content.Length + 1), .. content],
            [0x30, (byte)content.Length, .. content, 0],
            [0x30, (byte)(content.Length + 2), .. content, 5, 0],
            Der([2, (byte)(first[1] + 1), 0, .. first[2..]], second),
            Der([2, 0x81, .. first[1..]], second),
            Der([3, .. first[1..]], second),
            Der(first, []),
            first,
            [.. r, .. s],
            new byte[64], new byte[72], new byte[1000], [0x30], [0x30, 0], [0x30, 6, 2, 1, 1, 2, 1, 1],
        ];
        foreach (var der in spellings) source.Refuses(WithSignature(der), Mismatch);
    }

    [Theory]
    [InlineData("signature")]
    [InlineData("=")]
    [InlineData("AAAA====")]
    [InlineData("____")]
    [InlineData("MEUCIQCtIHJeH93Y qpYeWrySphQgpNGNr/U+UyUlBkU6n7RAwIgJTz2C+8a8xonZGi6BpSzoQsbVRamr2nlxFDWYNH2j/0=")]
    public void What_is_no_base64_is_refused(string text) => source.Refuses(source.Sign(PrivateKey, Body).With(Signature, text), MalformedSignature);

    [Attack("A14")]
    [Fact]
    public void A_signature_of_any_length_never_throws()
    {
        for (var length = 0; length < 200; length++)
        {
            var bytes = new byte[length];
            new Random(length).NextBytes(bytes);
            if (length > 1) (bytes[0], bytes[1]) = (0x30, (byte)(length - 2));
            source.Refuses(source.Sign(PrivateKey, Body).With(Signature, Convert.ToBase64String(bytes)), $"{length} bytes");
        }

        source.Refuses(source.Sign(PrivateKey, Body).With(Signature, new string('A', 1_000_000)), MalformedSignature);
    }

    [Fact]
    public void Headers_that_are_missing_or_doubled_are_refused()
    {
        var webhook = source.Sign(PrivateKey, Body);
        source.Refuses(webhook.Without(Signature), MissingSignature);
        source.Refuses(webhook.Without(Timestamp), MissingTimestamp);
        source.Refuses(webhook.Plus(Signature, webhook[Signature]), AmbiguousHeader);
        source.Refuses(webhook.Plus(Timestamp, webhook[Timestamp]), AmbiguousHeader);
    }

    [Fact]
    public void Other_keys_and_other_hashes_are_refused()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        source.Refuses(source.Sign(other.ExportPkcs8PrivateKeyPem(), Body), Mismatch);
        source.Refuses(WithSignature(Key.SignData(Encoding.UTF8.GetBytes("1700000000" + Body), HashAlgorithmName.SHA512, DSASignatureFormat.Rfc3279DerSequence)), Mismatch);
        source.Refuses(WithSignature(Key.SignData(Encoding.UTF8.GetBytes("1700000000" + Body), HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation)), Mismatch);
    }

    [Attack("A14")]
    [Fact]
    public void Keys_of_other_curves_and_kinds_and_points_off_the_curve_make_no_source()
    {
        using var p384 = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var explicitly = ECDsa.Create(Key.ExportExplicitParameters(false));
        using var rsa = RSA.Create(2048);
        var off = Key.ExportSubjectPublicKeyInfo();
        off[^1] ^= 1;
        foreach (var text in new[]
        {
            p384.ExportSubjectPublicKeyInfoPem(), explicitly.ExportSubjectPublicKeyInfoPem(), rsa.ExportSubjectPublicKeyInfoPem(), Convert.ToBase64String(off), Convert.ToHexString(new byte[65]),
            Convert.ToHexString((byte[])[4, .. new byte[64]]), Convert.ToBase64String(Key.ExportSubjectPublicKeyInfo()[..^1]),
        }) Assert.Equal("Sluice:Sources:it:PublicKeys:0 is no public key of the curve P-256; set it to the key exactly as the sender shows it", KeyedSource.Fault("sendgrid", ("PublicKeys:0", text)));
        Assert.Equal("Sluice:Sources:it:PublicKeys:0 is a private key, which only the sender has; set it to the public key", KeyedSource.Fault("sendgrid", ("PublicKeys:0", PrivateKey)));
        Assert.Equal("Sluice:Sources:it:PublicKeys:0 is longer than any key; set it to the sender's key alone", KeyedSource.Fault("sendgrid", ("PublicKeys:0", new string('A', 100_000))));
    }

    [Fact]
    public void A_time_is_judged_only_where_the_source_says_so()
    {
        source.Accepts(source.Sign(PrivateKey, Body), KeyedSource.Now.AddDays(30));
        var strict = KeyedSource.Of("sendgrid", ("PublicKeys:0", Key.ExportSubjectPublicKeyInfoPem()), ("Tolerance", "00:10:00"));
        strict.Refuses(strict.Sign(PrivateKey, Body), TimestampTooOld, KeyedSource.Now.AddSeconds(601));
        strict.Refuses(strict.Sign(PrivateKey, Body), TimestampInFuture, KeyedSource.Now.AddSeconds(-601));
    }

    [Fact]
    public void A_batch_is_taken_apart_into_its_exact_slices()
    {
        const string batch = "[ {\"sg_event_id\":\"a\", \"event\":\"open\"}\r\n,{\"event\":\"click\",\"sg_event_id\":\"b\"},5,{\"sg_event_id\":7}]\r\n";
        var webhook = source.Sign(PrivateKey, batch);
        source.Accepts(webhook);
        Assert.True(source.Provider.IsBatch(webhook.Envelope));
        var items = source.Provider.Split(Batch(batch))!;
        Assert.Equal(["{\"sg_event_id\":\"a\", \"event\":\"open\"}", "{\"event\":\"click\",\"sg_event_id\":\"b\"}", "5", "{\"sg_event_id\":7}"], items.Select(item => Encoding.UTF8.GetString(item.Body.Span)));
        Assert.Equal([("a", "open"), ("b", "click"), (null, null), ("7", null)], items.Select(item => (item.Id, item.Type)));
    }

    [Theory]
    [InlineData("[")]
    [InlineData("[1,]")]
    [InlineData("[1] 2")]
    [InlineData("[{\"a\":]")]
    [InlineData("{}")]
    [InlineData("")]
    public void What_is_no_array_as_a_whole_is_no_batch(string body) => Assert.Null(source.Provider.Split(Batch(body)));

    [Fact]
    public void An_array_nested_without_end_is_no_batch() => Assert.Null(source.Provider.Split(Batch(new string('[', 100_000))));

    [Fact]
    public void A_sample_is_a_batch_of_one()
    {
        var sample = source.Provider.CreateSample("bounce", "0123", KeyedSource.Now);
        var item = Assert.Single(source.Provider.Split(Batch(Encoding.UTF8.GetString(sample.Body)))!);
        Assert.Equal(("0123", "bounce"), (item.Id, item.Type));
    }

    [Fact]
    public async Task One_verifier_serves_many_threads()
    {
        var webhook = source.Sign(PrivateKey, Body);
        await Parallel.ForAsync(0, 2000, TestContext.Current.CancellationToken, (i, _) =>
        {
            source.Accepts(webhook);
            source.Refuses(webhook.Carrying("{}"), Mismatch);
            return ValueTask.CompletedTask;
        });
    }

    private static KeyedSource Source(ECDsa key) => KeyedSource.Of("sendgrid", ("PublicKeys:0", key.ExportSubjectPublicKeyInfoPem()));

    private static WebhookEvent Batch(string body) => new()
    {
        Id = EventId.Of("it", "x"), Source = "it", Type = WebhookEvent.BatchType, IdempotencyKey = "x", ReceivedAt = KeyedSource.Now, Headers = HeaderList.Empty, Body = Encoding.UTF8.GetBytes(body),
    };

    private SentWebhook WithSignature(byte[] der) => source.Sign(PrivateKey, Body).With(Signature, Convert.ToBase64String(der));

    private static (byte[] R, byte[] S) Plain()
    {
        var plain = Key.SignData(Encoding.UTF8.GetBytes("1700000000" + Body), HashAlgorithmName.SHA256);
        return (plain[..32], plain[32..]);
    }

    private static byte[] Padded(System.Numerics.BigInteger number)
    {
        var bytes = number.ToByteArray(isUnsigned: true, isBigEndian: true);
        return [.. new byte[32 - bytes.Length], .. bytes];
    }

    private static byte[] Integer(byte[] number)
    {
        var value = number.AsSpan().TrimStart((byte)0).ToArray();
        if (value[0] >= 0x80) value = [0, .. value];
        return [2, (byte)value.Length, .. value];
    }

    private static byte[] Der(byte[] first, byte[] second) => [0x30, (byte)(first.Length + second.Length), .. first, .. second];
}
