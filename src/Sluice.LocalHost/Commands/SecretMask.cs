using Sluice.Configuration;

namespace Sluice.LocalHost.Commands;

/// <summary>Covers what is secret in text on its way to a terminal: a body may hold the very secret that it was signed with, whole or cut off.</summary>
internal sealed class SecretMask(IEnumerable<string> secrets)
{
    /// <summary>A shorter part is in many texts by chance; a shorter secret is covered whole.</summary>
    private const int ShortestPart = 8;

    private readonly string[] secrets = [.. secrets.Where(secret => secret.Length > 0).Distinct()];

    /// <summary>Everything of the configuration that is secret.</summary>
    public static SecretMask Of(SluiceConfiguration configuration, params IEnumerable<string> more) => new(
    [
        .. configuration.Settings.Sources.SelectMany(source => source.Secrets.Select(secret => secret.Value).Append(source.VerifyToken ?? "")),
        configuration.Settings.OpsToken ?? "",
        .. more,
    ]);

    /// <summary>The same text, as long as before, with stars for each part of a secret.</summary>
    public string Cover(string text)
    {
        var covered = new bool[text.Length];
        foreach (var secret in secrets) Mark(text, secret, covered);
        return covered.Contains(true) ? string.Create(text.Length, (text, covered), static (target, from) =>
        {
            for (var i = 0; i < target.Length; i++) target[i] = from.covered[i] ? '*' : from.text[i];
        }) : text;
    }

    private static void Mark(string text, string secret, bool[] covered)
    {
        var shortest = Math.Min(ShortestPart, secret.Length);
        for (var start = 0; start + shortest <= secret.Length; start++)
        {
            var part = secret.AsSpan(start, shortest);
            for (var at = text.AsSpan().IndexOf(part); at >= 0;)
            {
                covered.AsSpan(at, shortest).Fill(true);
                var next = text.AsSpan(at + 1).IndexOf(part);
                at = next < 0 ? -1 : at + 1 + next;
            }
        }
    }

    public override string ToString() => nameof(SecretMask);
}
