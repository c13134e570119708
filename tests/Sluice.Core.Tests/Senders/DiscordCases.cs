using System.Text;
using Sluice.Contracts.Catalogue;
using Sluice.Providers;

namespace Sluice.Core.Tests.Senders;

/// <summary>Requests of Discord: Ed25519 over timestamp and body. Signed by ours, whose signatures its own tests compare with OpenSSL's.</summary>
internal sealed class DiscordCases(int seed) : SenderCases(seed)
{
    private static readonly TestKeys Usual = CatalogueTable.Of("discord").Keys!("discord", 0);
    private static readonly TestKeys Other = CatalogueTable.Of("discord").Keys!("discord", 1);
    private static readonly string SmallOrder = new('0', 64);

    public override SenderCase Next()
    {
        var timestamp = Pick(["1700000000", "0", "", " ", "x", "1700000000000", "é", "-1"], likely: 0.8);
        var body = Pick(["{\"type\":1}", "", "{}", "é☕", "\0", new string('x', 5000)], likely: 0.6);
        var key = Pick([Usual.Checks, Other.Checks, Usual.Checks.ToUpperInvariant(), Usual.Checks[..^2], Usual.Checks + "00", SmallOrder, "01" + new string('0', 62), ""], likely: 0.9);
        // Under this key, which nobody made, a signature of zeros fits every fourth message.
        var good = key == SmallOrder ? new string('0', 128) : Sign(timestamp + body);
        var signature = Pick(
        [
            good, Sign(timestamp + body + "x"), good.ToUpperInvariant(), good[..^1], good[..^2], good + "0", good + "00", "", " " + good, good + " ", "0x" + good, new string('0', 128), good[64..] + good[..64],
            Spoiled(good), good[..64] + new string('f', 64), "g" + good[1..], good[..^1] + "g", Convert.ToBase64String(Convert.FromHexString(good)), new string('é', 128),
        ], likely: 0.6);
        if (Chance(0.08)) body = Damaged(body);
        List<KeyValuePair<string, string>> headers = [new("Content-Type", "application/json"), new("X-Signature-Ed25519", signature), new("X-Signature-Timestamp", timestamp)];
        while (Random.Next(8) == 0) Damage(headers);
        return new("discord", key, new("POST", Path, headers, Encoding.UTF8.GetBytes(body)), NowOf(300));
    }

    private static string Sign(string content) => Convert.ToHexStringLower(Ed25519.Sign(Convert.FromHexString(Usual.Signs), Encoding.UTF8.GetBytes(content)));

    private string Spoiled(string hex)
    {
        var bytes = Convert.FromHexString(hex);
        bytes[Random.Next(bytes.Length)] ^= (byte)(1 << Random.Next(8));
        return Convert.ToHexStringLower(bytes);
    }
}
