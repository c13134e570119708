using Sluice.Configuration;
using Sluice.Destinations;
using Sluice.Events;

namespace Sluice.Delivery;

/// <summary>A destination made ready for use.</summary>
public sealed class Destination
{
    private readonly IHandler? handler;

    /// <param name="handlers">Null in an app that delivers nothing.</param>
    public Destination(DestinationSettings settings, HandlerCatalog? handlers)
    {
        Settings = settings;
        if (handlers?.TryGet(settings.Handler, out handler) == false) throw new ArgumentException($"no handler '{settings.Handler}'", nameof(settings));
    }

    private Destination(DestinationSettings settings, IHandler? handler) => (Settings, this.handler) = (settings, handler);

    public string Name => Settings.Name;

    public DestinationSettings Settings { get; }

    /// <summary>Where it stood when this copy was made.</summary>
    public Standing Standing { get; init; } = Standing.Active;

    public IHandler Handler => handler ?? throw new InvalidOperationException($"this app delivers nothing, so that '{Settings.Handler}' is only a name here");

    /// <summary>The same with another standing.</summary>
    public Destination At(Standing standing) => new(Settings, handler) { Standing = standing };

    /// <summary>Whether it takes events of a source at all. A removed one takes none any more.</summary>
    public bool Takes(string source) => Standing.State != DestinationState.Removed && (Settings.Sources is null || Settings.Sources.Contains(source, StringComparer.Ordinal));

    /// <summary>Whether it takes events of a type.</summary>
    public bool TakesType(string type)
    {
        if (Settings.Types is null) return true;
        foreach (var pattern in Settings.Types)
        {
            if (Matches(pattern, type)) return true;
        }

        return false;
    }

    /// <summary>Whether it takes an event of a source that it takes events of.</summary>
    public bool Takes(WebhookEvent webhook) => TakesType(webhook.Type) && Settings.Filter?.Takes(webhook) != false;

    /// <summary><c>*</c> stands for any characters, none included; everything else for itself.</summary>
    public static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> text)
    {
        // The classic two-pointer match: on a mismatch the last star takes one character more. Never worse than length times length.
        int p = 0, t = 0, star = -1, mark = 0;
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == '*') (star, mark) = (p++, t);
            else if (p < pattern.Length && pattern[p] == text[t]) (p, t) = (p + 1, t + 1);
            else if (star >= 0) (p, t) = (star + 1, ++mark);
            else return false;
        }

        return pattern[p..].IndexOfAnyExcept('*') < 0;
    }
}
