using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Contracts.Catalogue;
using Sluice.Providers;
using static Sluice.Diagnosis.CauseKind;

namespace Sluice.Core.Tests.Diagnosis;

/// <summary>The table: requests that are broken in one way each, and the cause that has to be named.</summary>
internal static class BrokenRequests
{
    public const string Json = """{"id":"evt_1","type":"a.b","name":"Zo\u00eb","url":"https://example.com/a","amount":10.50,"items":[1,2,{}],"none":null}""";
    private const string Letters = """{"id":"evt_1","name":"Zoë Ångström","text":"<b>&</b>","url":"https://example.com/a"}""";
    private const string Lines = "{\n  \"id\": \"evt_1\",\n  \"type\": \"a.b\"\n}\n";
    private const string Form = "token=x&text=a+b%2Fc%7E&user=%C3%A9";
    private const string HookUrl = "https://hooks.example.com/api/webhooks/it";

    public static IReadOnlyDictionary<string, BrokenRequest> All { get; } = new Dictionary<string, BrokenRequest>
    {
        // The secret.
        ["a blank behind the secret"] = new("stripe", SecretWhitespace) { Settings = secret => [("Secrets:0", secret + " ")] },
        ["a line end behind the secret"] = new("github", SecretWhitespace) { Settings = secret => [("Secrets:0", secret + "\n")] },
        ["a blank within the secret"] = new("slack", SecretWhitespace) { Settings = secret => [("Secrets:0", secret[..9] + " " + secret[9..])] },
        ["an invisible character in the secret"] = new("shopify", SecretWhitespace) { Settings = secret => [("Secrets:0", "\u200b" + secret)] },
        ["a line end written out behind the secret"] = new("linear", SecretWhitespace) { Settings = secret => [("Secrets:0", secret + "\\n")] },
        ["a line end behind the sender's secret"] = new("github", SecretWhitespace) { Break = request => request.With("X-Hub-Signature-256", "sha256=" + Hmac(TestKeys.Text("github", 0).Signs + "\n", request.Body)) },
        ["quotes around the secret"] = new("github", SecretQuotes) { Settings = secret => [("Secrets:0", $"\"{secret}\"")] },
        ["a quote before the secret"] = new("zoom", SecretQuotes) { Settings = secret => [("Secrets:0", $"'{secret}")] },
        ["quotes around a token"] = new("gitlab", SecretQuotes) { Settings = secret => [("Secrets:0", $"\"{secret}\"")] },
        ["whsec_ missing"] = new("stripe", SecretPrefix) { SendersSecret = secret => "whsec_" + secret, Says = "lacks its prefix" },
        ["whsec_ too much"] = new("github", SecretPrefix) { Settings = secret => [("Secrets:0", "whsec_" + secret)] },
        ["whsec_ doubled"] = new("standard-webhooks", SecretPrefix) { Settings = secret => [("Secrets:0", "whsec_" + secret)] },
        ["the secret's name before it"] = new("paddle", SecretPrefix) { Settings = secret => [("Secrets:0", $"PADDLE_SECRET={secret}")] },
        ["Bearer before a token"] = new("gitlab", SecretPrefix) { Settings = secret => [("Secrets:0", $"Bearer {secret}")] },
        ["the secret in base64"] = new("typeform", SecretEncoding) { Settings = secret => [("Secrets:0", Convert.ToBase64String(Encoding.UTF8.GetBytes(secret)))] },
        ["the secret in hex"] = new("zendesk", SecretEncoding) { Settings = secret => [("Secrets:0", Convert.ToHexStringLower(Encoding.UTF8.GetBytes(secret)))] },
        ["whsec_ decoded where its text is the key"] = new("stripe", SecretEncoding)
        {
            SendersSecret = _ => "key of the sender", Settings = _ => [("Secrets:0", "whsec_" + Convert.ToBase64String("key of the sender"u8))],
        },
        ["the secret in base64 where it is hex"] = new("adyen", SecretEncoding) { Settings = secret => [("Secrets:0", Convert.ToBase64String(Convert.FromHexString(secret)))] },
        ["the two keys in the wrong order"] = new("braintree", SecretEncoding) { Settings = secret => [("Secrets:0", string.Join('|', secret.Split('|').Reverse()))] },
        ["a password in base64"] = new("basic", SecretEncoding) { Settings = secret => [("Secrets:0", Convert.ToBase64String(Encoding.UTF8.GetBytes(secret)))] },
        ["the secret of the test mode"] = new("stripe", OtherSourcesSecret) { Key = 1, Beside = [("stripe_test", "stripe", 1)], Says = "stripe_test" },
        ["the key of another endpoint"] = new("discord", OtherSourcesSecret) { Key = 1, Beside = [("second", "discord", 1)], Says = "second" },
        ["another project's token"] = new("gitlab", OtherSourcesSecret) { Key = 1, Beside = [("second", "gitlab", 1)], Says = "second" },
        ["another source's certificate"] = new("paypal", OtherSourcesSecret) { Key = 1, Beside = [("second", "paypal", 1)], Says = "second" },
        ["another source's address"] = new("mailchimp", OtherSourcesSecret) { Key = 1, Beside = [("second", "mailchimp", 1)], Says = "second" },
        ["a secret whose time is over"] = new("github", SecretExpired) { Settings = secret => [("Secrets:0", null), ("Secrets:0:Value", secret), ("Secrets:0:NotAfter", "2023-11-14T21:43:20Z"), ("Secrets:1", "another secret of the source")], Says = "secret 1 of the source, whose time ended 30 min ago" },
        ["a secret whose time has not come"] = new("intercom", SecretNotYetValid) { Settings = secret => [("Secrets:0", null), ("Secrets:0:Value", secret), ("Secrets:0:NotBefore", "2023-11-16T22:13:20Z"), ("Secrets:1", "another secret of the source")], Says = "in 2 d" },
        ["the second secret, whose time is over"] = new("github", SecretExpired) { Settings = secret => [("Secrets:0", "another secret of the source"), ("Secrets:1:Value", secret), ("Secrets:1:NotAfter", "2023-11-14T21:43:20Z")], Says = "secret 2 of the source" },
        ["a public key whose time is over"] = new("discord", SecretExpired)
        {
            Settings = key => [("PublicKeys:0", TestKeys.Ed25519("discord", 1).Checks), ("PublicKeys:1:Value", key), ("PublicKeys:1:NotAfter", "2023-11-14T21:43:20Z")], Says = "public key 2 of the source",
        },
        ["a secret nobody knows"] = new("square", UnknownSecret) { IsGuess = true, Key = 1 },

        // The body.
        ["parsed and indented"] = new("github", BodyReserialised) { Body = """{"id":1,"a":[1,2],"b":{}}""", Break = Rewritten(node => node.ToJsonString(Indented)), Says = "compact" },
        ["parsed and made compact, indented by the sender"] = new("stripe", BodyReserialised) { Body = "{\n  \"id\": \"evt_1\",\n  \"a\": [\n    1,\n    2\n  ],\n  \"b\": {}\n}", Break = Rewritten(node => node.ToJsonString()), Says = "indented by two" },
        ["parsed and made compact, spaced by Python"] = new("bitbucket", BodyReserialised) { Body = """{"id": "evt_1", "items": [1, 2, {}], "none": null}""", Break = Rewritten(node => node.ToJsonString()) },
        ["parsed and made compact, indented on Windows"] = new("zendesk", BodyReserialised) { Body = "{\r\n  \"id\": 1,\r\n  \"a\": [\r\n    1\r\n  ]\r\n}", Break = Rewritten(node => node.ToJsonString()), Says = "CR LF" },
        ["letters written out that Python had escaped"] = new("intercom", BodyReserialised) { Body = """{"name": "Zo\u00eb"}""", Break = Rewritten(node => node.ToJsonString(Relaxed)) },
        ["letters escaped by .NET"] = new("linear", BodyReserialised) { Body = Letters, Break = Rewritten(node => node.ToJsonString()) },
        ["slashes of PHP lost"] = new("typeform", BodyReserialised) { Body = """{"url":"https:\/\/example.com\/a","name":"\u00e9"}""", Break = Rewritten(node => node.ToJsonString(Relaxed)) },
        ["names brought in another order"] = new("circleci", BodyReserialised) { Body = """{"a":1,"b":{"c":2,"d":3}}""", Break = request => request with { Body = """{"b":{"d":3,"c":2},"a":1}"""u8.ToArray() } },
        ["a line end added"] = new("github", BodyLineEnds) { Break = request => request with { Body = (byte[])[.. request.Body.Span, (byte)'\n'] } },
        ["the last line end lost"] = new("zoom", BodyLineEnds) { Body = Lines, Break = request => request with { Body = request.Body[..^1] } },
        ["LF made CR LF"] = new("slack", BodyLineEnds) { Body = Lines, Break = Text(text => text.Replace("\n", "\r\n", StringComparison.Ordinal)) },
        ["CR LF made LF"] = new("hubspot", BodyLineEnds) { Body = Lines.Replace("\n", "\r\n", StringComparison.Ordinal), Break = Text(text => text.Replace("\r\n", "\n", StringComparison.Ordinal)) },
        ["a byte order mark added"] = new("shopify", BodyByteOrderMark) { Break = request => request with { Body = (byte[])[0xef, 0xbb, 0xbf, .. request.Body.Span] } },
        ["a byte order mark lost"] = new("paddle", BodyByteOrderMark) { Body = "\uFEFF{\"id\":1}", Break = request => request with { Body = request.Body[3..] } },
        ["a byte order mark before what a key pair signed"] = new("sendgrid", BodyByteOrderMark) { Break = request => request with { Body = (byte[])[0xef, 0xbb, 0xbf, .. request.Body.Span] } },
        ["gzipped on its way"] = new("github", BodyCompressed) { Break = request => request with { Body = Packed(request.Body, stream => new GZipStream(stream, CompressionLevel.Optimal)) } },
        ["brotli on its way"] = new("twitch", BodyCompressed) { Break = request => request with { Body = Packed(request.Body, stream => new BrotliStream(stream, CompressionLevel.Optimal)) } },
        ["deflated on its way, its items signed one by one"] = new("adyen", BodyCompressed) { Break = request => request with { Body = Packed(request.Body, stream => new ZLibStream(stream, CompressionLevel.Optimal)) } },
        ["base64 of an API gateway"] = new("stripe", BodyReencoded) { Break = request => request with { Body = Encoding.ASCII.GetBytes(Convert.ToBase64String(request.Body.Span)) } },
        ["a JSON string of itself"] = new("dropbox", BodyReencoded) { Break = Text(text => JsonSerializer.Serialize(text)) },
        ["Latin-1 on its way"] = new("github", BodyReencoded) { Body = Letters, Break = request => request with { Body = Encoding.Latin1.GetBytes(Encoding.UTF8.GetString(request.Body.Span)) } },
        ["encoded twice"] = new("discord", BodyReencoded) { Body = Letters, Break = request => request with { Body = Encoding.UTF8.GetBytes(Encoding.Latin1.GetString(request.Body.Span)) } },
        ["UTF-16 of a shell"] = new("zendesk", BodyReencoded) { Break = request => request with { Body = (byte[])[0xff, 0xfe, .. Encoding.Unicode.GetBytes(Encoding.UTF8.GetString(request.Body.Span))] } },
        ["a form written anew"] = new("slack", BodyReencoded) { Body = Form, ContentType = "application/x-www-form-urlencoded", Break = Text(text => text.Replace("+", "%20", StringComparison.Ordinal).Replace("%7E", "~", StringComparison.Ordinal)) },
        ["a field of a form"] = new("linear", BodyReencoded) { Break = Text(text => "payload=" + Uri.EscapeDataString(text)) },
        ["percent escapes all over"] = new("asana", BodyReencoded) { Break = Text(Uri.EscapeDataString) },
        ["HTML entities of a firewall"] = new("zoom", BodyReencoded) { Break = Text(System.Net.WebUtility.HtmlEncode!) },
        ["a line end behind a form"] = new("travisci", BodyLineEnds) { Break = request => request with { Body = (byte[])[.. request.Body.Span, (byte)'\n'] } },
        ["a line end behind Braintree's form"] = new("braintree", BodyLineEnds) { Break = request => request with { Body = (byte[])[.. request.Body.Span, (byte)'\r', (byte)'\n'] } },
        ["a byte order mark before what PayPal sums up"] = new("paypal", BodyByteOrderMark) { Break = request => request with { Body = (byte[])[0xef, 0xbb, 0xbf, .. request.Body.Span] } },
        ["a byte order mark where a source has secrets and public keys"] = new("standard-webhooks", BodyByteOrderMark)
        {
            Settings = _ => [("PublicKeys:0", TestKeys.Ed25519("standard-webhooks", 0).Checks)], Break = request => request with { Body = (byte[])[0xef, 0xbb, 0xbf, .. request.Body.Span] },
        },
        ["decompressed on its way"] = new("github", BodyCompressed)
        {
            Break = request => request.With("X-Hub-Signature-256", "sha256=" + Hmac(TestKeys.Text("github", 0).Signs, Packed(request.Body, stream => new GZipStream(stream, CompressionLevel.Optimal)))).Plus("Content-Encoding", "gzip"),
        },
        ["a secret in a body that arrived gzipped"] = new("msgraph", BodyCompressed) { Break = request => request with { Body = Packed(request.Body, stream => new GZipStream(stream, CompressionLevel.Optimal)) } },
        ["backslashes before quotes"] = new("meta", BodyReencoded) { Body = """{"object":"page","entry":[]}""", Break = Text(text => text.Replace("\"", "\\\"", StringComparison.Ordinal)) },
        ["a body that nobody handed on"] = new("github", BodyTruncated) { IsGuess = true, Break = request => request with { Body = default } },
        ["a body cut off"] = new("stripe", BodyTruncated) { IsGuess = true, Break = request => request.Plus("Content-Length", $"{request.Body.Length}") with { Body = request.Body[..40] }, Says = "40 of" },
        ["JSON cut off"] = new("square", BodyTruncated) { IsGuess = true, Break = request => request with { Body = request.Body[..40] } },

        // The URL.
        ["http signed, https configured"] = new("twilio", UrlScheme) { Url = HookUrl.Replace("https", "http", StringComparison.Ordinal) },
        ["another host signed"] = new("square", UrlHost) { Url = HookUrl.Replace("hooks.", "www2.", StringComparison.Ordinal), Break = request => request.Plus("Host", "internal:8080").Plus("X-Forwarded-Host", "www2.example.com") },
        ["www before the host"] = new("mandrill", UrlHost) { Url = HookUrl.Replace("hooks.", "www.hooks.", StringComparison.Ordinal) },
        ["the port signed"] = new("hubspot", UrlPort) { Url = HookUrl.Replace(".com", ".com:443", StringComparison.Ordinal) },
        ["the port of a tunnel signed"] = new("twilio", UrlPort) { Url = HookUrl.Replace(".com", ".com:8443", StringComparison.Ordinal), Break = request => request.Plus("Host", "hooks.example.com:8443") },
        ["a slash at the end signed"] = new("twilio", UrlTrailingSlash) { Url = HookUrl + "/", Break = request => request with { Target = request.Path.TrimEnd('/') } },
        ["the slash at the end not signed"] = new("square", UrlTrailingSlash) { Settings = _ => [("PublicUrl", HookUrl + "/")] },
        ["the query in another order"] = new("twilio", UrlQuery) { Url = HookUrl + "?a=1&b=2", Break = request => request with { Target = request.Path + "?b=2&a=1" } },
        ["the query lost"] = new("hubspot", UrlQuery) { Url = HookUrl + "?portal=1", Settings = _ => [("PublicUrl", HookUrl + "?portal=2")] },
        ["a path that a proxy cut"] = new("mandrill", UrlPath) { Url = "https://hooks.example.com/hooks/mandrill", Break = request => request.Plus("X-Original-URL", "/hooks/mandrill") with { Target = "/api/webhooks/it" } },
        ["a URL without its secret"] = new("none", UrlPath) { IsGuess = true, Break = request => request with { Target = "/api/webhooks/it" } },
        ["a slash behind the secret"] = new("mailchimp", UrlPath) { Break = request => request with { Target = request.Target + "/" } },

        // Time.
        ["a clock seven minutes behind"] = new("stripe", ClockSkew) { Late = new TimeSpan(0, 7, 12), Says = "7 min 12 s behind" },
        ["a clock an hour ahead"] = new("slack", ClockSkew) { Late = TimeSpan.FromHours(-1), Says = "1 h ahead of" },
        ["a request days late"] = new("standard-webhooks", ClockSkew) { Late = new TimeSpan(3, 4, 0, 0), Says = "3 d 4 h behind" },
        ["a request late in milliseconds"] = new("hubspot", ClockSkew) { Late = TimeSpan.FromMinutes(20), Says = "20 min behind" },
        ["a key pair's request late"] = new("discord", ClockSkew) { Late = TimeSpan.FromMinutes(11), Settings = _ => [("Tolerance", "00:05:00")], Says = "11 min behind" },
        ["a token whose time is over"] = new("jwt", WrongToken) { Late = TimeSpan.FromHours(1) },
        ["a token for somebody else"] = new("jwt", WrongToken) { Settings = _ => [("Audience", "https://other.example")] },

        // Another sender.
        ["GitHub posts to Stripe's source"] = new("github", WrongProvider) { Settings = _ => [("Provider", "stripe")], Says = "GitHub" },
        ["Stripe posts to GitHub's source"] = new("stripe", WrongProvider) { Settings = _ => [("Provider", "github")], Says = "Stripe" },
        ["Shopify posts to a source with another secret"] = new("shopify", WrongProvider) { IsGuess = true, Settings = _ => [("Provider", "linear"), ("Secrets:0", "nobody knows this one")], Says = "Shopify" },
        ["Slack posts where Zoom should, and Slack's source stands beside"] = new("slack", WrongProvider) { Settings = _ => [("Provider", "zoom"), ("Secrets:0", "the secret of the zoom app")], Beside = [("slack_app", "slack", 0)], Says = "slack_app" },
        ["GitLab posts to GitHub's source"] = new("gitlab", WrongProvider) { IsGuess = true, Settings = _ => [("Provider", "github")], Says = "GitLab" },

        // Headers.
        ["X- taken away"] = new("github", HeaderRenamed) { Break = Renamed("X-Hub-Signature-256", "Hub-Signature-256"), Says = "without X-" },
        ["dashes made underscores"] = new("slack", HeaderRenamed) { Break = Renamed("X-Slack-Signature", "x_slack_signature"), Says = "underscores" },
        ["HTTP_ of CGI"] = new("stripe", HeaderRenamed) { Break = Renamed("Stripe-Signature", "HTTP_STRIPE_SIGNATURE") },
        ["both headers with X-"] = new("zendesk", HeaderRenamed)
        {
            Break = request => Renamed("X-Zendesk-Webhook-Signature-Timestamp", "X-Forwarded-Zendesk-Webhook-Signature-Timestamp")(Renamed("X-Zendesk-Webhook-Signature", "X-Forwarded-Zendesk-Webhook-Signature")(request)),
        },
        ["a name of the proxy's own"] = new("github", HeaderRenamed) { Break = Renamed("X-Hub-Signature-256", "X-Upstream-Sig") },
        ["a token under another name"] = new("gitlab", HeaderRenamed) { Break = Renamed("X-Gitlab-Token", "X-Api-Key") },
        ["a bot's token with underscores"] = new("telegram", HeaderRenamed) { Break = Renamed("X-Telegram-Bot-Api-Secret-Token", "X_Telegram_Bot_Api_Secret_Token") },
        ["a bearer token that a proxy set aside"] = new("jwt", HeaderRenamed) { Break = Renamed("Authorization", "X-Forwarded-Authorization"), Says = "x-forwarded-" },
        ["the header twice"] = new("typeform", HeaderDoubled) { Break = request => request.Plus("Typeform-Signature", request["Typeform-Signature"]) },
        ["the header joined with its copy"] = new("stripe", HeaderDoubled) { Break = request => request.With("Stripe-Signature", $"{request["Stripe-Signature"]},{request["Stripe-Signature"]}") },
        ["the header joined by a comma"] = new("shopify", HeaderDoubled) { Break = request => request.With("X-Shopify-Hmac-SHA256", $"{request["X-Shopify-Hmac-SHA256"]},{request["X-Shopify-Hmac-SHA256"]}") },
        ["the time twice"] = new("slack", HeaderDoubled) { Break = request => request.Plus("X-Slack-Request-Timestamp", "1600000000") },
        ["the header taken away"] = new("github", HeaderMissing) { IsGuess = true, Break = request => request.Without("X-Hub-Signature-256"), Says = "X-Hub-Signature-256" },
        ["the newer of two headers taken away"] = new("github", HeaderMissing)
        {
            Break = request => request.Without("X-Hub-Signature-256").Plus("X-Hub-Signature", "sha1=" + Older(TestKeys.Text("github", 0).Signs, request.Body)),
            Says = "X-Hub-Signature-256 is missing; X-Hub-Signature is there (HMAC-SHA1)",
        },
        ["the newer of two headers taken away, and the older of another secret"] = new("github", HeaderMissing)
        {
            IsGuess = true, Break = request => request.Without("X-Hub-Signature-256").Plus("X-Hub-Signature", "sha1=0011223344556677889900112233445566778899"), Says = "X-Hub-Signature-256",
        },
        ["the time taken away"] = new("zoom", HeaderMissing) { IsGuess = true, Break = request => request.Without("x-zm-request-timestamp"), Says = "x-zm-request-timestamp" },
        ["the id taken away"] = new("twitch", HeaderMissing) { IsGuess = true, Break = request => request.Without("Twitch-Eventsub-Message-Id"), Says = "Message-Id" },
        ["Authorization taken away"] = new("jwt", HeaderMissing) { IsGuess = true, Break = request => request.Without("Authorization"), Says = "Authorization" },
        ["the prefix taken away"] = new("bitbucket", HeaderMalformed) { Break = request => request.With("X-Hub-Signature", request["X-Hub-Signature"]["sha256=".Length..]) },
        ["a signature in upper case"] = new("linear", HeaderMalformed) { Break = request => request.With("Linear-Signature", request["Linear-Signature"].ToUpperInvariant()) },
        ["a signature in quotes"] = new("dropbox", HeaderMalformed) { Break = request => request.With("X-Dropbox-Signature", $"\"{request["X-Dropbox-Signature"]}\"") },
        ["a signature with percent escapes"] = new("shopify", HeaderMalformed) { Break = request => request.With("X-Shopify-Hmac-SHA256", Uri.EscapeDataString(request["X-Shopify-Hmac-SHA256"])) },
        ["blanks between the parts"] = new("paddle", HeaderMalformed) { Break = request => request.With("Paddle-Signature", request["Paddle-Signature"].Replace(";", "; ", StringComparison.Ordinal)) },
        ["Bearer taken away"] = new("token", HeaderMalformed) { Break = request => request.With("Authorization", request["Authorization"]["Bearer ".Length..]) },

        // Signed in another way.
        ["SHA-1 where SHA-256 is due"] = new("github", OtherAlgorithm) { Scheme = scheme => scheme with { Algorithm = HashAlgorithmName.SHA1, Prefix = "sha1=" }, Says = "HMAC-SHA1" },
        ["SHA-512 where SHA-256 is due"] = new("linear", OtherAlgorithm) { Scheme = scheme => scheme with { Algorithm = HashAlgorithmName.SHA512 }, Says = "HMAC-SHA512" },
        ["hex where base64 is due"] = new("shopify", OtherAlgorithm) { Scheme = scheme => scheme with { Encoding = SignatureEncoding.HexLower }, Says = "hex" },
        ["base64 where hex is due"] = new("meta", OtherAlgorithm) { Scheme = scheme => scheme with { Encoding = SignatureEncoding.Base64 }, Says = "base64" },
        ["the body alone"] = new("stripe", OtherAlgorithm) { Scheme = scheme => scheme with { Content = SignedContent.Parse("{body}"), TimestampName = "t=" }, Says = "{body}" },
        ["the time without a dot"] = new("hmac", OtherAlgorithm) { Scheme = scheme => scheme with { Content = SignedContent.Parse("{timestamp}{body}") } },
        ["milliseconds where seconds are due"] = new("slack", OtherAlgorithm) { Scheme = scheme => scheme with { Timestamp = TimestampFormat.Milliseconds }, Says = "milliseconds" },
        ["a key pair's signature in base64"] = new("discord", OtherAlgorithm)
        {
            Break = request => request.With("X-Signature-Ed25519", Convert.ToBase64String(Convert.FromHexString(request["X-Signature-Ed25519"]))), Says = "base64",
        },
    };

    private static JsonSerializerOptions Indented { get; } = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static JsonSerializerOptions Relaxed { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static Func<CatalogueRequest, CatalogueRequest> Rewritten(Func<JsonNode, string> write) => Text(text => write(JsonNode.Parse(text)!));

    private static Func<CatalogueRequest, CatalogueRequest> Text(Func<string, string> change) => request => request with { Body = Encoding.UTF8.GetBytes(change(Encoding.UTF8.GetString(request.Body.Span))) };

    private static Func<CatalogueRequest, CatalogueRequest> Renamed(string name, string other) => request => request.Without(name).Plus(other, request[name]);

    private static byte[] Packed(ReadOnlyMemory<byte> body, Func<Stream, Stream> open)
    {
        using var packed = new MemoryStream();
        using (var stream = open(packed)) stream.Write(body.Span);
        return packed.ToArray();
    }

    private static string Older(string secret, ReadOnlyMemory<byte> body)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA1, Encoding.UTF8.GetBytes(secret));
        hash.AppendData(body.Span);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static string Hmac(string secret, ReadOnlyMemory<byte> body) => Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), body.Span));
}
