using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Sluice.Contracts.Catalogue;

namespace Sluice.Core.Tests.Senders;

/// <summary>
/// Requests of senders that put an HMAC over the bytes into a header: any secret, time, timestamp, structure of the signature header,
/// and damage afterwards.
/// </summary>
internal sealed class HeaderCases(string sender, int seed) : SenderCases(seed)
{
    private static readonly string[] HexSenders = ["stripe", "github", "slack", "paddle"];

    public override SenderCase Next()
    {
        var secret = Secret();
        var timestamp = Timestamp(out var signedTimestamp);
        var id = Pick(["msg_1", "", "a.b", "é", " ", new string('x', 300)], likely: 0.9);
        var body = Pick(["{\"id\":\"evt_1\"}", "", "{}", "\uFEFF{}", "{}\r\n", "é☕\u2028", "\0", "ssl_check=1", "ssl_check=1&x=2", "payload=%7B%7D", new string('x', 5000)], likely: 0.5);
        var target = sender != "square" ? Path : Pick([Path, $"{Path}?", $"{Path}?x=1", $"{Path}?x=%41&y=é"], likely: 0.8);
        var content = sender switch
        {
            "paddle" => $"{signedTimestamp}:{body}",
            "square" => $"{(Chance(0.9) ? UrlOf(target) : Pick([Url, "http" + Url[5..], Url + "/", Url.ToUpperInvariant(), ""], likely: 0.3))}{body}",
            "stripe" => $"{signedTimestamp}.{body}",
            "slack" => $"v0:{signedTimestamp}:{body}",
            "standard_webhooks" or "svix" => $"{id}.{signedTimestamp}.{body}",
            _ => body,
        };
        var good = Sign(SigningKey(secret), content);
        var bad = Sign(SigningKey(secret), content + "x");
        var headers = Headers(timestamp, id, good, bad);
        if (Random.Next(8) == 0) body = Damaged(body);
        while (Random.Next(6) == 0) Damage(headers);
        return new SenderCase(sender, Chance(0.04) ? OtherSecret() : secret, new("POST", target, headers, Encoding.UTF8.GetBytes(body)), NowOf(sender == "paddle" ? 5 : 300));
    }

    private string Timestamp(out string signed)
    {
        var plain = Now.ToString(CultureInfo.InvariantCulture);
        var text = Pick([plain, "0" + plain, "+" + plain, " " + plain, plain + " ", plain + "abc", plain + ".0", plain + ".9", plain + "000", "-" + plain, "1.7e9", "17e8", "0x6553f100", "1e9", "0", "", "abc", "NaN", "Infinity", "100000000000000000000", plain + "\t", "１７００００００００"], likely: 0.7);
        // The libraries sign the number that they read from it, we the text.
        signed = Chance(0.5) ? text : plain;
        return text;
    }

    private string Secret() => sender is "standard_webhooks" or "svix"
        ? Pick(["whsec_YSBzZWNyZXQgb2Ygc29tZSBsZW5ndGg=", "whsec_AA==", Convert.ToBase64String(new byte[64]), "whsec_" + new string('A', 30), "whsec_+/+/", "whsec_-_-_", "whsec_", "", " ", "whsec_AAAA AAAA", "whsec_whsec_AAAA", "text"], likely: 0.85)
        : Pick(["whsec_a secret", "x", "", " ", "whsec_", "\t", "x ", " x", "é☕", new string('x', 200)], likely: 0.85);

    private string OtherSecret() => CatalogueTable.Of(SenderLibraries.Senders[sender].Provider).Keys!(sender, 1).Checks;

    // A secret that can be no key signs with some other: such a request has to be refused by all.
    private byte[] SigningKey(string secret)
    {
        if (sender is not ("standard_webhooks" or "svix")) return Encoding.UTF8.GetBytes(secret);
        var text = secret.StartsWith("whsec_", StringComparison.Ordinal) ? secret[6..] : secret;
        var key = new byte[text.Length];
        return Convert.TryFromBase64String(text, key, out var length) ? key[..length] : Encoding.UTF8.GetBytes(secret);
    }

    private string Sign(byte[] key, string content)
    {
        var hash = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(content));
        return HexSenders.Contains(sender) ? Convert.ToHexStringLower(hash) : Convert.ToBase64String(hash);
    }

    private List<KeyValuePair<string, string>> Headers(string timestamp, string id, string good, string bad)
    {
        var signature = SignatureHeaders.Of(sender, Random).Replace("TIME", timestamp, StringComparison.Ordinal).Replace("GOOD", good, StringComparison.Ordinal)
            .Replace("BAD", bad, StringComparison.Ordinal).Replace("UPPER", good.ToUpperInvariant(), StringComparison.Ordinal)
            .Replace("BARE", good.TrimEnd('='), StringComparison.Ordinal).Replace("URLSAFE", good.Replace('+', '-').Replace('/', '_'), StringComparison.Ordinal);
        var headers = new List<KeyValuePair<string, string>>();
        void Add(string name, string value) => headers.Add(new(Chance(0.1) ? name.ToLowerInvariant() : name, value));
        Add("Content-Type", Chance(0.7) ? "application/json" : "application/x-www-form-urlencoded");
        switch (sender)
        {
            case "stripe":
                Add("Stripe-Signature", signature);
                break;
            case "github":
                Add("X-Hub-Signature-256", signature);
                if (Chance(0.2)) Add("X-Hub-Signature", "sha1=" + bad);
                break;
            case "paddle":
                Add("Paddle-Signature", signature);
                break;
            case "square":
                Add("x-square-hmacsha256-signature", signature);
                break;
            case "slack":
                Add("X-Slack-Signature", signature);
                Add("X-Slack-Request-Timestamp", timestamp);
                break;
            case "shopify":
                Add("X-Shopify-Hmac-SHA256", signature);
                if (Chance(0.05)) Add("Shopify-Hmac-SHA256", Chance(0.5) ? good : bad);
                foreach (var name in new[] { "Topic", "Shop-Domain", "API-Version", "Webhook-Id" }.Where(_ => !Chance(0.02))) Add("X-Shopify-" + name, "x");
                break;
            default:
                var family = Chance(0.9) == (sender == "svix") ? "svix" : "webhook";
                Add(Mixed(family) + "-signature", signature);
                Add(Mixed(family) + "-timestamp", timestamp);
                Add(Mixed(family) + "-id", id);
                break;
        }

        return headers;
    }

    private string Mixed(string family) => !Chance(0.03) ? family : family == "svix" ? "webhook" : "svix";
}
