using System.Security.Cryptography;
using System.Text;
using Sluice.Contracts.Catalogue;

namespace Sluice.Core.Tests.Senders;

/// <summary>Requests of Braintree: a form with a payload in base64 and pairs of public key and signature.</summary>
internal sealed class BraintreeCases(int seed) : SenderCases(seed)
{
    private const string PublicKey = "sluice_public_key";

    private static readonly string Usual = CatalogueTable.Of("braintree").Keys!("braintree", 0).Checks;

    public override SenderCase Next()
    {
        var secret = Pick([Usual, "x", "", " ", $"{PublicKey}|x ", $"{PublicKey}|", "|x", $"{PublicKey}|y"], likely: 0.9);
        var xml = Pick(["<notification><timestamp type=\"datetime\">2026-11-22T12:00:00Z</timestamp><kind>check</kind></notification>", "", "x", "é"], likely: 0.8);
        var base64 = Convert.ToBase64String(Encoding.UTF8.GetBytes(xml));
        var payload = Pick([base64 + "\n", base64, base64[..(base64.Length / 2)] + "\n" + base64[(base64.Length / 2)..], base64 + "\r\n", base64 + " ", base64 + "-", "\n", ""], likely: 0.7);
        // A payload may be signed with a line end that is not sent.
        var good = Sign(secret, Chance(0.8) ? payload : payload + "\n");
        var bad = Sign(secret, payload + "x");
        var signature = Pick(
        [
            $"{PublicKey}|{good}", $"other|{bad}&{PublicKey}|{good}", $"{PublicKey}|{good}&other|{bad}", $"{PublicKey}|{bad}", $"other|{good}", $"{PublicKey}|{good.ToUpperInvariant()}", $"{PublicKey}|{good}|x", $"{PublicKey}|", PublicKey,
            good, "", $"|{good}", $"{PublicKey} |{good}", $"&{PublicKey}|{good}&", $"{PublicKey}|{good[..^1]}", $"{PublicKey}|{good}0", $"{PublicKey}|{bad}&{PublicKey}|{good}", $"{PublicKey}|{good}&{PublicKey}|{bad}",
        ], likely: 0.6);
        List<(string Name, string Value)> fields = [("bt_signature", signature), ("bt_payload", payload)];
        if (Chance(0.2)) fields.Reverse();
        if (Chance(0.05)) fields.Add(fields[Random.Next(2)]);
        if (Chance(0.05)) fields.RemoveAt(0);
        if (Chance(0.1)) fields.Add(("x", "y"));
        var body = string.Join('&', fields.Select(field => $"{field.Name}={Uri.EscapeDataString(field.Value)}"));
        if (Chance(0.08)) body = Damaged(body);
        List<KeyValuePair<string, string>> headers = [new("Content-Type", Pick(["application/x-www-form-urlencoded", "application/x-www-form-urlencoded; charset=utf-8", "application/json", ""], likely: 0.9))];
        return new("braintree", Chance(0.04) ? CatalogueTable.Of("braintree").Keys!("braintree", 1).Checks : secret, new("POST", Path, headers, Encoding.UTF8.GetBytes(body)), Now);
    }

#pragma warning disable CA5350 // It is what Braintree signs with.
    private static string Sign(string secret, string payload) =>
        Convert.ToHexStringLower(HMACSHA1.HashData(SHA1.HashData(Encoding.Latin1.GetBytes(secret[(secret.IndexOf('|', StringComparison.Ordinal) + 1)..])), Encoding.Latin1.GetBytes(payload)));
#pragma warning restore CA5350
}
