using System.Security.Cryptography;
using System.Text;
using Sluice.Contracts.Catalogue;

namespace Sluice.Core.Tests.Senders;

/// <summary>Requests of Twilio: a form whose fields are signed in order, or JSON whose hash is in the query.</summary>
internal sealed class TwilioCases(int seed) : SenderCases(seed)
{
    private static readonly string Usual = CatalogueTable.Of("twilio").Keys!("twilio", 0).Checks;
    private static readonly string[] Names = ["Body", "MessageSid", "From", "To", "a", "A", "é", "a b", ""];
    private static readonly string[] Values = ["Hi", "SM1", "+14158675309", "", " ", "é☕", "a=b&c", "%41", "\0", "\r\n", "1"];

    public override SenderCase Next()
    {
        var secret = Pick([Usual, "x", "", " ", "x ", "é"], likely: 0.9);
        var isJson = Chance(0.25);
        var fields = Enumerable.Range(0, Random.Next(5)).Select(_ => (Name: Names[Random.Next(Names.Length)], Value: Values[Random.Next(Values.Length)])).ToList();
        var body = isJson ? Pick(["{\"a\":1}", "{}", "", "é"], likely: 0.7) : string.Join('&', fields.Select(field => $"{Escaped(field.Name)}={Escaped(field.Value)}"));
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(body)));
        var target = isJson
            ? Pick([$"{Path}?bodySHA256={hash}", $"{Path}?x=1&bodySHA256={hash}", $"{Path}?bodySHA256={hash[..^1]}", $"{Path}?bodySHA256=", $"{Path}?bodySHA256={hash.ToUpperInvariant()}", Path], likely: 0.8)
            : Pick([Path, $"{Path}?foo=1&bar=2", $"{Path}?x=%41"], likely: 0.7);
        var url = Pick([UrlOf(target), Url, UrlOf(target).Replace(".com/", ".com:443/", StringComparison.Ordinal), UrlOf(target) + "/", "http" + UrlOf(target)[5..]], likely: 0.85);
        var good = Sign(secret, url, isJson ? [] : fields);
        var signature = Pick([good, Sign(secret, url + "x", fields), good.TrimEnd('='), good.Replace('+', '-').Replace('/', '_'), good + "=", " " + good, "", good.ToUpperInvariant()], likely: 0.85);
        if (Chance(0.1)) body = Damaged(body);
        List<KeyValuePair<string, string>> headers =
        [
            new("Content-Type", Pick(isJson ? ["application/json", "application/json; charset=utf-8", ""] : ["application/x-www-form-urlencoded", "application/x-www-form-urlencoded; charset=UTF-8", "Application/X-WWW-Form-Urlencoded", "application/json"], likely: 0.8)),
            new("X-Twilio-Signature", signature),
        ];
        while (Random.Next(8) == 0) Damage(headers);
        return new("twilio", Chance(0.04) ? CatalogueTable.Of("twilio").Keys!("twilio", 1).Checks : secret, new("POST", target, headers, Encoding.UTF8.GetBytes(body)), Now);
    }

    private string Escaped(string text) => Chance(0.7) ? Uri.EscapeDataString(text).Replace("%20", "+", StringComparison.Ordinal) : Uri.EscapeDataString(text);

#pragma warning disable CA5350 // It is what Twilio signs with.
    private static string Sign(string secret, string url, List<(string Name, string Value)> fields) => Convert.ToBase64String(HMACSHA1.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(
        url + string.Concat(fields.Distinct().OrderBy(field => field.Name, StringComparer.Ordinal).ThenBy(field => field.Value, StringComparer.Ordinal).Select(field => field.Name + field.Value)))));
#pragma warning restore CA5350
}
