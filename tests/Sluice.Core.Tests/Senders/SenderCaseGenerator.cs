using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Sluice.Core.Tests.Providers;

namespace Sluice.Core.Tests.Senders;

/// <summary>
/// Makes requests of one sender, from valid to nonsense, from a seed: any secret, time, timestamp, structure of the signature header,
/// and damage afterwards. Signs by itself, with none of our code.
/// </summary>
public sealed class SenderCaseGenerator(string sender, int seed)
{
    private const long Now = 1_700_000_000;

    private readonly Random random = new(seed);

    public SenderCase Next()
    {
        var secret = Secret();
        var timestamp = Timestamp(out var signedTimestamp);
        var id = Pick(["msg_1", "", "a.b", "é", " ", new string('x', 300)], likely: 0.9);
        var body = Pick(["{\"id\":\"evt_1\"}", "", "{}", "\uFEFF{}", "{}\r\n", "é☕\u2028", "\0", "ssl_check=1", "ssl_check=1&x=2", "payload=%7B%7D", new string('x', 5000)], likely: 0.5);
        var content = sender switch
        {
            "stripe" => $"{signedTimestamp}.{body}",
            "slack" => $"v0:{signedTimestamp}:{body}",
            "standard_webhooks" or "svix" => $"{id}.{signedTimestamp}.{body}",
            _ => body,
        };
        var good = Sign(SigningKey(secret), content);
        var bad = Sign(SigningKey(secret), content + "x");
        var headers = Headers(timestamp, id, good, bad);
        if (random.Next(8) == 0) body = Damaged(body);
        while (random.Next(6) == 0) Damage(headers);
        var utf8 = Encoding.UTF8.GetBytes(body);
        return new SenderCase(sender, Chance(0.04) ? OtherSecret() : secret, new SignedRequest(headers, utf8), NowOf());
    }

    private bool Chance(double chance) => random.NextDouble() < chance;

    /// <summary>The first with a likelihood, else any of the others.</summary>
    private string Pick(string[] values, double likely) => Chance(likely) ? values[0] : values[random.Next(values.Length)];

    private long NowOf() => Chance(0.6) ? Now : Now + random.Next(7) switch { 0 => 299, 1 => 300, 2 => 301, 3 => -299, 4 => -300, 5 => -301, _ => random.Next(-5000, 5000) };

    private string Timestamp(out string signed)
    {
        var plain = Now.ToString(CultureInfo.InvariantCulture);
        var text = Pick([plain, "0" + plain, "+" + plain, " " + plain, plain + " ", plain + "abc", plain + ".0", plain + ".9", plain + "000", "-" + plain, "1.7e9", "17e8", "0x6553f100", "1e9", "0", "", "abc", "NaN", "Infinity", "100000000000000000000", plain + "\t", "１７００００００００"], likely: 0.7);
        // The libraries sign the number that they read from it, we the text.
        signed = Chance(0.5) ? text : plain;
        return text;
    }

    private string Secret() => sender is "standard_webhooks" or "svix"
        ? Pick([SignedSource.SecretOf("standard-webhooks"), "whsec_AA==", Convert.ToBase64String(new byte[64]), "whsec_" + new string('A', 30), "whsec_+/+/", "whsec_-_-_", "whsec_", "", " ", "whsec_AAAA AAAA", "whsec_whsec_AAAA", "text"], likely: 0.85)
        : Pick(["whsec_a secret", "x", "", " ", "whsec_", "\t", "x ", " x", "é☕", new string('x', 200)], likely: 0.85);

    private string OtherSecret() => SignedSource.SecretOf(SenderLibraries.Senders[sender], "not the secret that signed");

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
        return sender is "stripe" or "github" or "slack" ? Convert.ToHexStringLower(hash) : Convert.ToBase64String(hash);
    }

    private List<KeyValuePair<string, string>> Headers(string timestamp, string id, string good, string bad)
    {
        var signature = SignatureHeaders.Of(sender, random).Replace("TIME", timestamp, StringComparison.Ordinal).Replace("GOOD", good, StringComparison.Ordinal)
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

    private string Damaged(string text)
    {
        if (text.Length == 0) return "x";
        var at = random.Next(text.Length);
        return random.Next(4) switch
        {
            0 => text[..at],
            1 => text + Pick(["x", " ", "\n", "=", ",", "\0"], likely: 0.2),
            2 => text[..at] + Pick(["0", "f", "F", "=", ",", " ", "é"], likely: 0.2) + text[(at + 1)..],
            _ => text[..at] + " " + text[at..],
        };
    }

    private void Damage(List<KeyValuePair<string, string>> headers)
    {
        if (headers.Count < 2) return;
        var at = random.Next(1, headers.Count);
        var (name, value) = headers[at];
        switch (random.Next(6))
        {
            case 0: headers.RemoveAt(at); break;
            case 1: headers[at] = new(name, ""); break;
            case 2: headers.Add(new(name, Chance(0.5) ? value : Damaged(value))); break;
            default: headers[at] = new(name, Damaged(value)); break;
        }
    }
}
