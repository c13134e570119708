using Sluice.Contracts;
using System.Globalization;
using System.Text;
using Sluice.Providers;
using static Sluice.Providers.SignatureResult;

namespace Sluice.Core.Tests.Providers.Keys;

public sealed class Ed25519SchemeTests
{
    // RFC 8032, section 7.1: the seeds and public keys of TEST 1 and TEST 2, which nobody here made.
    private const string Seed = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
    private const string PublicKey = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
    private const string OtherSeed = "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb";
    private const string OtherPublicKey = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c";
    private const string Body = """{"id":"1","type":1,"event":{"type":"a"}}""";

    private static readonly byte[] Spki = [.. Convert.FromHexString("302a300506032b6570032100"), .. Convert.FromHexString(PublicKey)];

    public static TheoryData<string> Discords => ["discord", "discord_interactions"];

    public static TheoryData<string> Spellings =>
    [
        PublicKey, PublicKey.ToUpperInvariant(), Convert.ToBase64String(Convert.FromHexString(PublicKey)), Convert.ToBase64String(Spki),
        $"-----BEGIN PUBLIC KEY-----\n{Convert.ToBase64String(Spki)}\n-----END PUBLIC KEY-----\n".Trim(), "whpk_" + Convert.ToBase64String(Convert.FromHexString(PublicKey)),
    ];

    [Theory, MemberData(nameof(Discords))]
    public void What_discord_signed_is_accepted_and_the_key_is_named(string provider)
    {
        var source = Source(provider);
        Assert.Equal(new SignatureCheck(Valid, 0), source.Check(source.Sign(Seed, Body)));
    }

    [Fact]
    public void What_openssl_signed_is_accepted()
    {
        // printf '1700000000{"type":0}' > m; openssl pkeyutl -sign -rawin -inkey <TEST 1 of RFC 8032 as PKCS#8> -in m | xxd -p (OpenSSL 3.0)
        var source = Source("discord");
        source.Accepts(source.Sign(Seed, """{"type":0}""").With("X-Signature-Ed25519", "09047712d219a6627d677fe94ecb8845a120c47ce2110e9760e34a93ab43e7fac689a79a828c2eb380ed2c6e558fb604179b533be108d6354493c89e602e670b"));
    }

    [Theory, MemberData(nameof(Spellings))]
    public void A_public_key_is_read_however_it_is_written(string key)
    {
        var source = KeyedSource.Of("discord", ("PublicKeys:0", key));
        source.Accepts(source.Sign(Seed, Body));
    }

    [Fact]
    public void Any_bytes_that_are_signed_are_accepted()
    {
        var source = Source("discord");
        foreach (var body in new byte[][] { [], [0], [0xff, 0xfe], "{}\r\n"u8.ToArray(), new byte[100_000] }) source.Accepts(source.Sign(Seed, body));
    }

    [Fact]
    public void A_body_or_signature_changed_anywhere_is_refused()
    {
        var source = Source("discord");
        var webhook = source.Sign(Seed, Body);
        foreach (var changed in webhook.WithEachByteChanged()) source.Refuses(changed, Mismatch);
        foreach (var changed in webhook.WithEachCharacterChanged("X-Signature-Ed25519")) source.Refuses(changed, changed["X-Signature-Ed25519"]);
        source.Refuses(webhook.Carrying(Body + " "), Mismatch);
        source.Refuses(webhook.Carrying(""), Mismatch);
    }

    [Fact]
    public void The_time_is_signed_to_the_character()
    {
        var source = Source("discord");
        var webhook = source.Sign(Seed, Body);
        source.Refuses(webhook.With("X-Signature-Timestamp", "1700000001"), Mismatch);
        foreach (var time in new[] { "01700000000", "1700000000 ", "170000000", new string('9', 100_000), "é" }) source.Refuses(webhook.With("X-Signature-Timestamp", time), MalformedTimestamp);
        source.Refuses(webhook.With("X-Signature-Timestamp", ""), MissingTimestamp);
        source.Refuses(webhook.Without("X-Signature-Timestamp"), MissingTimestamp);
        // The signature does not tell what is the time's and what is the body's: bytes that move from one to the other leave it genuine.
        source.Refuses(webhook.With("X-Signature-Timestamp", "170000000").Carrying("0" + Body), MalformedTimestamp);
        source.Refuses(webhook.With("X-Signature-Timestamp", "1700000000" + Body[..1]).Carrying(Body[1..]), MalformedTimestamp);
        source.Refuses(webhook.With("X-Signature-Timestamp", "1700000000" + Body).Carrying(""), MalformedTimestamp);
    }

    [Fact]
    public void A_missing_empty_or_doubled_header_is_refused()
    {
        var source = Source("discord");
        var webhook = source.Sign(Seed, Body);
        source.Refuses(webhook.Without("X-Signature-Ed25519"), MissingSignature);
        source.Refuses(webhook.With("X-Signature-Ed25519", ""), MissingSignature);
        source.Refuses(webhook.Plus("x-signature-ed25519", webhook["X-Signature-Ed25519"]), AmbiguousHeader);
        source.Refuses(webhook.Plus("X-Signature-Timestamp", "1700000000"), AmbiguousHeader);
        source.Refuses(webhook.With("X-Signature-Ed25519", webhook["X-Signature-Ed25519"].ToUpperInvariant()), MalformedSignature);
        source.Refuses(webhook.With("X-Signature-Ed25519", Convert.ToBase64String(Convert.FromHexString(webhook["X-Signature-Ed25519"]))), MalformedSignature);
        source.Refuses(webhook.With("X-Signature-Ed25519", new string('0', 128)), Mismatch);
    }

    [Fact]
    public void Another_key_is_refused() => Source("discord").Refuses(Source("discord").Sign(OtherSeed, Body), Mismatch);

    [Fact]
    public void No_time_is_judged_unless_the_source_says_so()
    {
        var source = Source("discord");
        source.Accepts(source.Sign(Seed, Body), KeyedSource.Now.AddDays(30));
        var strict = KeyedSource.Of("discord", ("PublicKeys:0", PublicKey), ("Tolerance", "00:01:00"));
        var webhook = strict.Sign(Seed, Body);
        strict.Accepts(webhook, KeyedSource.Now.AddSeconds(60));
        strict.Refuses(webhook, TimestampTooOld, KeyedSource.Now.AddSeconds(61));
        strict.Refuses(webhook, TimestampInFuture, KeyedSource.Now.AddSeconds(-61));
        strict.Refuses(webhook.With("X-Signature-Timestamp", "soon"), MalformedTimestamp);
    }

    [Fact]
    public void Keys_are_rotated_by_their_dates()
    {
        var source = KeyedSource.Of("discord",
            ("PublicKeys:0:Value", PublicKey), ("PublicKeys:0:NotAfter", Text(KeyedSource.Now.AddSeconds(10))),
            ("PublicKeys:1:Value", OtherPublicKey), ("PublicKeys:1:NotBefore", Text(KeyedSource.Now.AddSeconds(-10))));
        var (old, @new) = (source.Sign(Seed, Body), source.Sign(OtherSeed, Body));
        Assert.Equal(new SignatureCheck(Valid, 0), source.Check(old));
        Assert.Equal(new SignatureCheck(Valid, 1), source.Check(@new));
        Assert.Equal(new SignatureCheck(SecretExpired, 0), source.Check(old, KeyedSource.Now.AddSeconds(10)));
        Assert.Equal(new SignatureCheck(SecretNotYetValid, 1), source.Check(@new, KeyedSource.Now.AddSeconds(-11)));
        Assert.True(source.Source.IsUsable(KeyedSource.Now));
    }

    [Theory]
    [InlineData("", "is empty; set it to the secret the sender shows")]
    [InlineData("no key", "is no key; write PEM, base64 or hex, exactly as the sender shows it")]
    [InlineData("00", "is no Ed25519 public key, which has 32 bytes; set it to the key exactly as the sender shows it")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000", "is no Ed25519 public key, which has 32 bytes; set it to the key exactly as the sender shows it")]
    [InlineData("whsk_nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=", "is a private key, which only the sender has; set it to the public key, which begins with whpk_")]
    [InlineData("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", "is a private key, which only the sender has; set it to the public key")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", "is no public key; write the PEM block that begins with BEGIN PUBLIC KEY")]
    [InlineData("env:NOT_SET", "names the environment variable NOT_SET, which is not set or empty; set it")]
    public void A_text_that_is_no_public_key_is_said_to_be_none(string key, string error) =>
        Assert.Equal($"Sluice:Sources:it:PublicKeys:0 {error}", KeyedSource.Fault("discord", ("PublicKeys:0", key)));

    [Fact]
    public void Without_a_public_key_the_source_says_so() => Assert.Equal(
        "Sluice:Sources:it:PublicKeys has no key; a source without one accepts nothing, so add the public key the sender shows", KeyedSource.Fault("discord"));

    [Fact]
    public void A_public_key_among_the_secrets_is_said_to_stand_in_the_wrong_place() => Assert.Contains(
        KeyedSource.Faults("discord", ("Secrets:0", PublicKey), ("PublicKeys:0", PublicKey)), error => error.Entry == "Sluice:Sources:it:Secrets:0");

    [Theory]
    [InlineData("stripe")]
    [InlineData("github")]
    public void A_provider_without_public_keys_says_that_it_has_none(string provider) => Assert.StartsWith(
        "Sluice:Sources:it:PublicKeys is set, and provider", KeyedSource.Fault(provider, ("Secrets:0", "x"), ("PublicKeys:0", PublicKey)), StringComparison.Ordinal);

    [Fact]
    public void Standard_webhooks_takes_either_kind_where_it_has_both()
    {
        var secret = SignedSource.SecretOf("standard-webhooks");
        var both = KeyedSource.Of("standard-webhooks", ("Secrets:0", secret), ("PublicKeys:0", PublicKey));
        var (shared, own) = (both.Sign(secret, Body), both.Sign(WithPrefix(Seed), Body));
        Assert.StartsWith("v1,", shared["webhook-signature"], StringComparison.Ordinal);
        Assert.StartsWith("v1a,", own["webhook-signature"], StringComparison.Ordinal);
        Assert.Equal(new SignatureCheck(Valid, 0), both.Check(shared));
        Assert.Equal(new SignatureCheck(Valid, 1), both.Check(own));
        both.Accepts(own.With("webhook-signature", $"v1,AAAA {own["webhook-signature"]}"));
        both.Accepts(own.With("webhook-signature", $"v1a,AAAA {shared["webhook-signature"]} {own["webhook-signature"]}"));
        both.Refuses(own.With("webhook-signature", own["webhook-signature"].Replace("v1a,", "v1,", StringComparison.Ordinal)), Mismatch);
        both.Refuses(shared.With("webhook-signature", shared["webhook-signature"].Replace("v1,", "v1a,", StringComparison.Ordinal)), Mismatch);
        both.Refuses(own, TimestampTooOld, KeyedSource.Now.AddSeconds(301));
        both.Refuses(own.Carrying("{}"), Mismatch);
        // Beside a signature of the other kind that does not fit, a genuine one that is late is late, and may be a sender's repeat.
        both.Refuses(own.With("webhook-signature", $"v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= {own["webhook-signature"]}"), TimestampTooOld, KeyedSource.Now.AddSeconds(301));
    }

    [Attack("A11")]
    [Fact]
    public void Standard_webhooks_with_one_kind_refuses_the_other()
    {
        var secret = SignedSource.SecretOf("standard-webhooks");
        var (shared, own) = (KeyedSource.Of("standard-webhooks", ("Secrets:0", secret)), KeyedSource.Of("standard-webhooks", ("PublicKeys:0", WithPrefix(PublicKey, "whpk_"))));
        own.Accepts(own.Sign(WithPrefix(Seed), Body));
        own.Refuses(shared.Sign(secret, Body), MalformedSignature);
        shared.Refuses(own.Sign(Seed, Body), MalformedSignature);
        // The public key is no secret: who knows it can sign with it, and nobody accepts that.
        var confused = KeyedSource.Of("standard-webhooks", ("Secrets:0", WithPrefix(PublicKey, "whsec_"))).Sign(WithPrefix(PublicKey, "whsec_"), Body);
        own.Refuses(confused, MalformedSignature);
        own.Refuses(confused.With("webhook-signature", confused["webhook-signature"].Replace("v1,", "v1a,", StringComparison.Ordinal)), Mismatch);
    }

    [Fact]
    public void Standard_webhooks_binds_id_time_and_body()
    {
        var source = KeyedSource.Of("standard-webhooks", ("PublicKeys:0", PublicKey));
        var webhook = source.Sign(Seed, Body);
        source.Refuses(webhook.With("webhook-id", "msg_2"), Mismatch);
        source.Refuses(webhook.Without("webhook-id"), MissingId);
        source.Refuses(webhook.With("webhook-timestamp", "1700000001"), Mismatch);
        foreach (var changed in webhook.WithEachByteChanged()) source.Refuses(changed, Mismatch);
        foreach (var changed in webhook.WithEachCharacterChanged("webhook-signature")) source.Refuses(changed, changed["webhook-signature"]);
        source.Accepts(source.Sign(Seed, Body, id: new string('é', 3000)));
        source.Refuses(webhook.With("webhook-signature", string.Join(' ', Enumerable.Repeat(webhook["webhook-signature"], 17))), MalformedSignature);
    }

    [Fact]
    public void Discords_pings_are_answered_and_everything_else_is_kept()
    {
        var (events, interactions) = (Source("discord"), Source("discord_interactions"));
        var answer = events.Provider.Handshake(events.Sign(Seed, """{"version":1,"application_id":"1","type":0}""").Envelope, events.Source.Settings)!;
        Assert.Equal((204, 0), (answer.StatusCode, answer.Body.Length));
        Assert.NotEmpty(answer.ContentType);
        Assert.Null(events.Provider.Handshake(events.Sign(Seed, Body).Envelope, events.Source.Settings));
        Assert.Equal(204, events.Provider.Success!.StatusCode);

        answer = interactions.Provider.Handshake(interactions.Sign(Seed, """{"id":"1","type":1}""").Envelope, interactions.Source.Settings)!;
        Assert.Equal((200, """{"type":1}"""), (answer.StatusCode, Encoding.UTF8.GetString(answer.Body.Span)));
        foreach (var body in new[] { """{"type":2}""", """{"type":"1"}""", """{"type":1.5}""", """{"a":{"type":1}}""", """{"type":1""", "[1]", "", """{"type":1,"type":2}""" })
            Assert.Null(interactions.Provider.Handshake(interactions.Sign(Seed, body).Envelope, interactions.Source.Settings));
    }

    [Theory, MemberData(nameof(Discords))]
    public void A_sample_is_signed_and_described_as_what_was_asked_for(string provider)
    {
        var source = Source(provider);
        var sample = source.Provider.CreateSample(source.Provider.SampleType, "0123", KeyedSource.Now);
        var webhook = source.Sign(Seed, sample.Body);
        source.Accepts(webhook);
        var described = source.Provider.Describe(webhook.Envelope, source.Source.Settings);
        Assert.Equal((source.Provider.SampleType, provider == "discord" ? null : "0123"), (described.Type, described.Id));
    }

    private static KeyedSource Source(string provider) => KeyedSource.Of(provider, ("PublicKeys:0", PublicKey));

    private static string WithPrefix(string hex, string prefix = "whsk_") => prefix + Convert.ToBase64String(Convert.FromHexString(hex));

    private static string Text(DateTimeOffset time) => time.ToString("O", CultureInfo.InvariantCulture);
}
