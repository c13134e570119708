using System.Globalization;
using Sluice.Configuration;
using Sluice.Providers;

namespace Sluice.Inspection;

/// <summary>A provider as it is listed. Times are seconds; null where the sender does not say.</summary>
public sealed record ProviderView(string Name, string Title, string Proof, double? DeadlineSeconds, double? RetryHorizonSeconds, string Source, IReadOnlyList<string> Unconfirmed)
{
    /// <summary>How long after each failed attempt the next one comes, in seconds; null where the sender does not say, empty where it never sends again by itself.</summary>
    public IReadOnlyList<double>? RetryDelaysSeconds { get; init; }

    /// <summary>How many events it may send at once; null where it does not say.</summary>
    public int? Burst { get; init; }

    /// <summary>How long it waits for an answer, in words.</summary>
    public string Deadline => DeadlineSeconds is { } seconds ? InWords(TimeSpan.FromSeconds(seconds)) : "not said";

    /// <summary>How long it sends an event again, in words.</summary>
    public string RetryHorizon => RetryHorizonSeconds switch
    {
        null => "not said",
        0 => "never",
        { } seconds => InWords(TimeSpan.FromSeconds(seconds)),
    };

    public static ProviderView Of(IProvider provider)
    {
        // How it proves itself may hang on settings; without any the usual kind is shown.
        var scheme = provider.Scheme(new SourceSettings { Name = "any", Provider = provider.Name }, []);
        var facts = provider.Facts;
        return new(provider.Name, facts.Title, scheme.Kind, facts.Deadline?.TotalSeconds, facts.RetryHorizon?.TotalSeconds, facts.Source, facts.Unconfirmed)
        {
            RetryDelaysSeconds = facts.RetryDelays is { } delays ? [.. delays.Select(delay => delay.TotalSeconds)] : null,
            Burst = facts.Burst,
        };
    }

    /// <summary>All that are there, by name.</summary>
    public static IReadOnlyList<ProviderView> All(ProviderCatalog catalog) =>
        [.. catalog.Names.Select(name => catalog.TryGet(name, out var provider) ? Of(provider) : throw new KeyNotFoundException(name))];

    private static string InWords(TimeSpan time) => time switch
    {
        { TotalSeconds: < 120 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.#} s"),
        { TotalMinutes: < 120 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMinutes:0.#} min"),
        { TotalHours: < 48 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalHours:0.#} h"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{time.TotalDays:0.#} days"),
    };
}
