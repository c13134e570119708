using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Sluice.Contracts.Catalogue;

namespace Sluice.Core.Tests.Senders;

/// <summary>Requests of Adyen: some fields of each notification are signed, and the signature stands among the others.</summary>
internal sealed class AdyenCases(int seed) : SenderCases(seed)
{
    public static readonly string[] Bodies = [One("7914073381342284", "AUTHORISATION"), One("é☕\\\"", "REFUND"), One("x", "y")];

    private static readonly string Usual = CatalogueTable.Of("adyen").Keys!("adyen", 0).Checks;
    private static readonly string[] Fields = ["pspReference", "originalReference", "merchantAccountCode", "merchantReference", "eventCode", "success", "amount", "additionalData"];

    public override SenderCase Next()
    {
        var secret = Pick([Usual, Usual.ToLowerInvariant(), "00", "0", "", " ", "xyz", Usual + "0"], likely: 0.9);
        var items = new JsonArray();
        for (var count = Chance(0.85) ? 1 : Random.Next(4); count > 0; count--) items.Add(new JsonObject { ["NotificationRequestItem"] = Item(secret) });
        var body = new JsonObject { ["live"] = "false", ["notificationItems"] = items }.ToJsonString();
        if (Chance(0.1)) body = Damaged(body);
        return new("adyen", Chance(0.04) ? CatalogueTable.Of("adyen").Keys!("adyen", 1).Checks : secret, new("POST", Path, [new("Content-Type", "application/json")], Encoding.UTF8.GetBytes(body)), Now);
    }

    private static string One(string reference, string code) => new JsonObject
    {
        ["live"] = "false",
        ["notificationItems"] = new JsonArray(new JsonObject { ["NotificationRequestItem"] = Unsigned(reference, code) }),
    }.ToJsonString();

    private static JsonObject Unsigned(string reference, string code) => new()
    {
        ["pspReference"] = reference,
        ["originalReference"] = "",
        ["merchantAccountCode"] = "TestMerchant",
        ["merchantReference"] = "TestPayment-1407325143704",
        ["amount"] = new JsonObject { ["value"] = 1130, ["currency"] = "EUR" },
        ["eventCode"] = code,
        ["success"] = "true",
    };

    private JsonObject Item(string secret)
    {
        var item = Unsigned(Pick(["7914073381342284", "", "a:b", "é", "\\"], likely: 0.7), Pick(["AUTHORISATION", "REFUND", "x:y"], likely: 0.7));
        if (Chance(0.1)) item.Remove("originalReference");
        if (Chance(0.05)) item["success"] = true;
        if (Chance(0.05)) item["originalReference"] = null;
        if (Chance(0.05)) item["amount"]!["value"] = Random.Next(3) switch { 0 => JsonValue.Create("1130"), 1 => JsonValue.Create(1130.5), _ => JsonValue.Create(0) };
        var good = Sign(secret, item);
        item["additionalData"] = new JsonObject { ["hmacSignature"] = Pick([good, Sign(secret, item, "x"), good.TrimEnd('='), good.Replace('+', '-').Replace('/', '_'), good + "=", " " + good, "", good.ToUpperInvariant()], likely: 0.85) };
        if (Chance(0.05)) item["additionalData"]!["hmacSignature"] = 5;
        if (Chance(0.08)) item["unsigned"] = "x";
        if (Chance(0.06)) item[Fields[Random.Next(6)]] = "changed";
        if (Chance(0.05)) item.Remove(Fields[Random.Next(Fields.Length)]);
        return item;
    }

    private static string Sign(string secret, JsonObject item, string more = "")
    {
        // As the library reads it: up to what is no hex.
        var key = new byte[secret.Length / 2];
        Convert.FromHexString(secret[..(secret.Length / 2 * 2)], key, out _, out var length);
        string[] values =
        [
            Text(item["pspReference"]), Text(item["originalReference"]), Text(item["merchantAccountCode"]), Text(item["merchantReference"]),
            Text(item["amount"]?["value"]), Text(item["amount"]?["currency"]), Text(item["eventCode"]), Text(item["success"]),
        ];
        return Convert.ToBase64String(HMACSHA256.HashData(key.AsSpan(0, length), Encoding.UTF8.GetBytes(string.Join(':', values) + more)));
    }

    private static string Text(JsonNode? node) => node?.ToString() ?? "";
}
