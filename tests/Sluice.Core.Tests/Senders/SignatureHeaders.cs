namespace Sluice.Core.Tests.Senders;

/// <summary>Signature headers of a sender's form and of many near it. TIME, GOOD, BAD and the like stand for what the generator puts in.</summary>
internal static class SignatureHeaders
{
    private static readonly Dictionary<string, (string Usual, string Separator, string[] Entries)> Forms = new()
    {
        ["stripe"] = ("t=TIME,v1=GOOD", ",",
            ["t=TIME", "t=TIME", "t=TIME", "v1=GOOD", "v1=GOOD", "v1=GOOD", "v1=BAD", "v1=BAD", "v0=GOOD", "t=1", "t=", "t", "", "x=y", "v1", "v1=", "v1=UPPER", "v1=GOOD=x", "v1= GOOD", " v1=GOOD", "V1=GOOD", "v1=éééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééé", "t=TIME=x"]),
        ["github"] = ("sha256=GOOD", ",", ["sha256=GOOD", "sha256=BAD", "sha256=UPPER", "SHA256=GOOD", "sha1=GOOD", "GOOD", "sha256=", "sha256", "sha256==GOOD", " sha256=GOOD", "sha256= GOOD", "sha256=GOOD=", ""]),
        ["slack"] = ("v0=GOOD", ",", ["v0=GOOD", "v0=BAD", "v0=UPPER", "V0=GOOD", "v1=GOOD", "GOOD", "v0=", "v0", "v0==GOOD", " v0=GOOD", "v0= GOOD", "v0=GOOD=", "v0=GOOD=x", ""]),
        ["paddle"] = ("ts=TIME;h1=GOOD", ";", ["ts=TIME", "ts=TIME", "ts=TIME", "h1=GOOD", "h1=GOOD", "h1=GOOD", "h1=BAD", "h1=BAD", "h2=GOOD", "ts=1", "ts=", "ts", "", "x=y", "h1", "h1=", "h1=UPPER", "h1=GOOD=x", "h1= GOOD", " h1=GOOD", "H1=GOOD", "ts=TIME=x"]),
        ["square"] = ("GOOD", ",", ["GOOD", "BAD", "BARE", "URLSAFE", "UPPER", "GOOD=", " GOOD", "GOOD ", "sha256=GOOD", ""]),
        ["shopify"] = ("GOOD", ",", ["GOOD", "BAD", "BARE", "URLSAFE", "UPPER", "GOOD=", " GOOD", "GOOD ", "sha256=GOOD", ""]),
        ["standard_webhooks"] = ("v1,GOOD", " ", ["v1,GOOD", "v1,GOOD", "v1,BAD", "v1,BAD", "v1a,GOOD", "v2,GOOD", "V1,GOOD", "v1,GOOD,x", "v1,GOOD,", "v1", "v1,", "GOOD", "v1;GOOD", "v1=GOOD", ",", "", "v1,BARE", "v1,URLSAFE", "v1,UPPER", "v1,GOOD=", "v1,é"]),
    };

    public static string Of(string sender, Random random)
    {
        var (usual, separator, entries) = Forms[sender == "svix" ? "standard_webhooks" : sender];
        if (random.Next(3) > 0) return usual;
        var count = random.Next(20) == 0 ? random.Next(14, 22) : random.Next(1, sender is "github" or "slack" or "shopify" or "square" ? 3 : 5);
        // A long list is of one kind with the genuine one at its end: that is where a cap shows.
        if (count >= 14) return string.Join(separator, usual.Split(separator)[..^1].Concat(Enumerable.Repeat(usual.Split(separator)[^1].Replace("GOOD", "BAD", StringComparison.Ordinal), count - 1)).Append(usual.Split(separator)[^1]));
        return string.Join(separator, Enumerable.Range(0, count).Select(_ => entries[random.Next(entries.Length)]));
    }
}
