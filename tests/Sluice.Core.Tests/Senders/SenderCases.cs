using Sluice.Contracts.Catalogue;

namespace Sluice.Core.Tests.Senders;

/// <summary>Requests of one sender, from valid to nonsense, from a seed. They sign by themselves, with none of our code.</summary>
public abstract class SenderCases(int seed)
{
    protected const string Path = "/api/webhooks/it";
    protected const string Url = CatalogueSource.PublicUrl;
    protected const long Now = 1_700_000_000;

    protected Random Random { get; } = new(seed);

    public static SenderCases Of(string sender, int seed) => sender switch
    {
        "twilio" => new TwilioCases(seed),
        "braintree" => new BraintreeCases(seed),
        "discord" => new DiscordCases(seed),
        "sendgrid" => new SendGridCases(seed),
        "adyen" => new AdyenCases(seed),
        _ => new HeaderCases(sender, seed),
    };

    public abstract SenderCase Next();

    /// <summary>The URL as the sender has it, for what came to this target.</summary>
    protected static string UrlOf(string target) => target.IndexOf('?', StringComparison.Ordinal) is >= 0 and var query ? Url + target[query..] : Url;

    protected bool Chance(double chance) => Random.NextDouble() < chance;

    /// <summary>The first with a likelihood, else any of the others.</summary>
    protected string Pick(string[] values, double likely) => Chance(likely) ? values[0] : values[Random.Next(values.Length)];

    /// <summary>Mostly the moment of the signature, else around the end of a tolerance.</summary>
    protected long NowOf(int tolerance) => Chance(0.6) ? Now : Now + Random.Next(7) switch
    {
        0 => tolerance - 1, 1 => tolerance, 2 => tolerance + 1, 3 => 1 - tolerance, 4 => -tolerance, 5 => -tolerance - 1, _ => Random.Next(-5000, 5000),
    };

    protected string Damaged(string text)
    {
        if (text.Length == 0) return "x";
        var at = Random.Next(text.Length);
        return Random.Next(4) switch
        {
            0 => text[..at],
            1 => text + Pick(["x", " ", "\n", "=", ",", "\0"], likely: 0.2),
            2 => text[..at] + Pick(["0", "f", "F", "=", ",", " ", "é"], likely: 0.2) + text[(at + 1)..],
            _ => text[..at] + " " + text[at..],
        };
    }

    protected void Damage(List<KeyValuePair<string, string>> headers)
    {
        if (headers.Count < 2) return;
        var at = Random.Next(1, headers.Count);
        var (name, value) = headers[at];
        switch (Random.Next(6))
        {
            case 0: headers.RemoveAt(at); break;
            case 1: headers[at] = new(name, ""); break;
            case 2: headers.Add(new(name, Chance(0.5) ? value : Damaged(value))); break;
            default: headers[at] = new(name, Damaged(value)); break;
        }
    }
}
