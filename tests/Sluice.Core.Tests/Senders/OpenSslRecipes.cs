using System.Buffers.Text;
using System.IO.Compression;
using System.Text;

namespace Sluice.Core.Tests.Senders;

/// <summary>
/// How senders without a library of their own sign, as their documentation says it, step by step: each text is put together here and
/// signed by <see cref="OpenSsl"/>, with none of our code.
/// </summary>
internal static class OpenSslRecipes
{
    private const string Secret = "It's a Secret to Everybody";
    private const string Body = """{"id":"1","type":"é☕","text":"a & b = 100 % +"}""";
    private const string Url = "https://hooks.example.com/api/webhooks/it";
    private const string Seconds = "1700000000";
    private const string Iso = "2023-11-14T22:13:20Z";

    private static readonly (string, string?)[] Shared = [("Secrets:0", Secret)];

    public static readonly IReadOnlyDictionary<string, Func<OpenSsl, OpenSslRecipe>> All = new Dictionary<string, Func<OpenSsl, OpenSslRecipe>>
    {
        // developers.asana.com, webhooks guide, security: SHA-256 HMAC of the body with the shared secret, hex.
        ["asana"] = ssl => new(Body, ("X-Hook-Signature", Hex(ssl.HmacSha256(Secret, Body)))) { Settings = Shared },

        // support.atlassian.com, manage webhooks, secure webhooks: the header's value is method=signature, hex.
        ["bitbucket"] = ssl => new(Body, ("X-Hub-Signature", "sha256=" + Hex(ssl.HmacSha256(Secret, Body)))) { Settings = Shared },

        // docs.cloud.google.com, Dialogflow webhook: an ID token of the service account in Authorization; RFC 7515 for its form.
        ["dialogflow"] = ssl => new(Body, ("Authorization", "Bearer " + Token(ssl, """{"iss":"https://accounts.google.com","aud":"https://hooks.example.com","email":"agent@example.iam.gserviceaccount.com","email_verified":true,"iat":1700000000,"exp":1700003600}""")))
        {
            Settings = [("Secrets:0", null), ("PublicKeys:0", ssl.RsaPublicKey), ("ServiceAccount", "agent@example.iam.gserviceaccount.com"), ("Audience", "https://hooks.example.com")],
        },

        // discord-api-docs, interactions overview, validating security request headers: Ed25519 over timestamp + body, hex; the portal shows the public key in hex.
        ["discord_interactions"] = ssl => new(Body, ("X-Signature-Ed25519", Hex(ssl.Ed25519(Seconds + Body))), ("X-Signature-Timestamp", Seconds)) { Settings = [("PublicKeys:0", Hex(ssl.Ed25519PublicKey))] },

        // dropbox.com/developers, webhooks reference: HMAC-SHA256 of the body with the app secret, hex.
        ["dropbox"] = ssl => new(Body, ("X-Dropbox-Signature", Hex(ssl.HmacSha256(Secret, Body)))) { Settings = Shared },

        // docs/providers/hmac.md, with a timestamp and an id: sha256=hex of id.timestamp.body.
        ["hmac"] = ssl => new(Body, ("X-Signature", "sha256=" + Hex(ssl.HmacSha256(Secret, $"msg_1.{Seconds}.{Body}"))), ("X-Timestamp", Seconds), ("X-Id", "msg_1")) { Settings = Shared },

        // developers.hubspot.com, validating requests, v3: requestMethod + requestUri + requestBody + timestamp in milliseconds, base64.
        ["hubspot"] = ssl => new(Body, ("X-HubSpot-Signature-v3", Base64(ssl.HmacSha256(Secret, $"POST{Url}{Body}1700000000000"))), ("X-HubSpot-Request-Timestamp", "1700000000000")) { Settings = Shared },

        // developers.intercom.com, webhooks, signed notifications: sha1= and the hex HMAC-SHA1 of the body with the client secret.
        ["intercom"] = ssl => new(Body, ("X-Hub-Signature", "sha1=" + Hex(ssl.HmacSha1(Secret, Body)))) { Settings = Shared },

        // RFC 7515, appendix A.2 (RS256), in a header after RFC 6750.
        ["jwt"] = ssl => new(Body, ("Authorization", "Bearer " + Token(ssl, """{"iss":"https://issuer.example","aud":"https://hooks.example.com","iat":1700000000,"exp":1700000300}""")))
        {
            Settings = [("PublicKeys:0", ssl.RsaPublicKey), ("Issuer", "https://issuer.example"), ("Audience", "https://hooks.example.com")],
        },

        // linear.app/developers/webhooks, securing webhooks: hex HMAC-SHA256 of the body.
        ["linear"] = ssl => new(Body, ("Linear-Signature", Hex(ssl.HmacSha256(Secret, Body)))) { Settings = Shared },

        // mailchimp.com/developer/transactional, authenticating webhook requests: the URL, then each variable's name and value in the order of their names; base64 of the binary HMAC-SHA1.
        ["mandrill"] = ssl => new("mandrill_events=%5B%7B%22event%22%3A%22send%22%2C%22_id%22%3A%22%C3%A9+1%22%7D%5D", ("X-Mandrill-Signature", Base64(ssl.HmacSha1(Secret, Url + "mandrill_events" + """[{"event":"send","_id":"é 1"}]"""))))
        {
            Settings = Shared, ContentType = "application/x-www-form-urlencoded",
        },

        // developers.facebook.com, Graph API webhooks, validating payloads: sha256= and the hex HMAC-SHA256 of the body with the app secret.
        ["meta"] = ssl => new(Body, ("X-Hub-Signature-256", "sha256=" + Hex(ssl.HmacSha256(Secret, Body)))) { Settings = Shared },

        // developer.paypal.com, integrate webhooks, verify: transmissionId|timeStamp|webhookId|crc32, the checksum in decimal; SHA256withRSA, base64.
        ["paypal"] = ssl => new(
            Body,
            ("paypal-transmission-id", "d938e770-8046-11e6-8103-6b62a8a99ac4"),
            ("paypal-transmission-time", Iso),
            ("paypal-transmission-sig", Base64(ssl.RsaSha256($"d938e770-8046-11e6-8103-6b62a8a99ac4|{Iso}|9XL90610J3647323C|{ZipChecksum(Body)}"))),
            ("paypal-cert-url", "https://api.paypal.com/v1/notifications/certs/CERT-0"),
            ("paypal-auth-algo", "SHA256withRSA"))
        {
            Settings = [("WebhookId", "9XL90610J3647323C"), ("PublicKeys:0", ssl.RsaPublicKey)],
        },

        // standard-webhooks.md, signature scheme, asymmetric: Ed25519 over msg_id.timestamp.payload, v1a and base64. The library signs with shared secrets only.
        ["standard-webhooks"] = ssl => new(Body, ("webhook-id", "msg_1"), ("webhook-timestamp", Seconds), ("webhook-signature", "v1a," + Base64(ssl.Ed25519($"msg_1.{Seconds}.{Body}"))))
        {
            Settings = [("Secrets:0", null), ("PublicKeys:0", "whpk_" + Base64(ssl.Ed25519PublicKey))],
        },

        // docs.travis-ci.com, verifying webhook requests: base64 RSA-SHA1 of the decoded payload.
        ["travisci"] = ssl => new("payload=%7B%22id%22%3A17%2C%22message%22%3A%22a+%26+%C3%A9%22%7D", ("Signature", Base64(ssl.RsaSha1("""{"id":17,"message":"a & é"}"""))))
        {
            Settings = [("PublicKeys:0", ssl.RsaPublicKey)], ContentType = "application/x-www-form-urlencoded",
        },

        // dev.twitch.tv, getting events using webhook callbacks, verifying: id + timestamp + body, sha256= and hex.
        ["twitch"] = ssl => new(
            Body,
            ("Twitch-Eventsub-Message-Id", "e76c6bd4-55c9-4987-8304-da1588d8988b"),
            ("Twitch-Eventsub-Message-Timestamp", "2023-11-14T22:13:20.123456789Z"),
            ("Twitch-Eventsub-Message-Signature", "sha256=" + Hex(ssl.HmacSha256(Secret, "e76c6bd4-55c9-4987-8304-da1588d8988b" + "2023-11-14T22:13:20.123456789Z" + Body))))
        {
            Settings = Shared,
        },

        // typeform.com/developers, secure your webhooks: sha256= and base64 of the body's HMAC-SHA256.
        ["typeform"] = ssl => new(Body, ("Typeform-Signature", "sha256=" + Base64(ssl.HmacSha256(Secret, Body)))) { Settings = Shared },

        // developer.zendesk.com, verifying webhook authenticity: base64(HMACSHA256(timestamp + body)).
        ["zendesk"] = ssl => new(Body, ("X-Zendesk-Webhook-Signature", Base64(ssl.HmacSha256(Secret, Iso + Body))), ("X-Zendesk-Webhook-Signature-Timestamp", Iso)) { Settings = Shared },

        // developers.zoom.us, using webhooks, verify with Zoom's header: v0:timestamp:body, v0= and hex.
        ["zoom"] = ssl => new(Body, ("x-zm-signature", "v0=" + Hex(ssl.HmacSha256(Secret, $"v0:{Seconds}:{Body}"))), ("x-zm-request-timestamp", Seconds)) { Settings = Shared },
    };

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);

    private static string Base64(byte[] bytes) => Convert.ToBase64String(bytes);

    private static string Token(OpenSsl ssl, string claims)
    {
        var text = $"{Base64Url.EncodeToString("""{"alg":"RS256","typ":"JWT"}"""u8)}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims))}";
        return $"{text}.{Base64Url.EncodeToString(ssl.RsaSha256(text))}";
    }

    // The runtime's own CRC-32, out of the last bytes of what it compressed.
    private static uint ZipChecksum(string text)
    {
        using var buffer = new MemoryStream();
        using (var gzip = new GZipStream(buffer, CompressionMode.Compress)) gzip.Write(Encoding.UTF8.GetBytes(text));
        return BitConverter.ToUInt32(buffer.ToArray().AsSpan()[^8..]);
    }
}

/// <summary>A request that was signed by hand, and the settings of the source it is for.</summary>
internal sealed record OpenSslRecipe(string Body, params (string Name, string Value)[] Proof)
{
    public required (string Setting, string? Value)[] Settings { get; init; }

    public string ContentType { get; init; } = "application/json";
}
