using Sluice.Configuration;
using Sluice.Destinations;
using Sluice.Events;
using Sluice.Notices;

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

    /// <summary>Whether its deliveries gather, to go several in one request.</summary>
    public bool IsBatching => Settings is { Batch: not null, Format: DeliveryFormat.CloudEvents } && handler is null or IBatchHandler;

    /// <summary>The same with another standing.</summary>
    public Destination At(Standing standing) => new(Settings, handler) { Standing = standing };

    /// <summary>Whether it takes events of a source at all. A removed one takes none any more; Sluice's own notices are for those that name their source.</summary>
    public bool Takes(string source) => Standing.State != DestinationState.Removed && (Settings.Sources?.Contains(source, StringComparer.Ordinal) ?? (source != Notice.Source));

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
        var star = pattern.IndexOf('*');
        if (star < 0) return text.SequenceEqual(pattern);
        if (!text.StartsWith(pattern[..star])) return false;
        text = text[star..];
        pattern = pattern[(star + 1)..];
        // What stands between two stars is taken where it comes first: a later place would leave less for the rest.
        while ((star = pattern.IndexOf('*')) >= 0)
        {
            var place = text.IndexOf(pattern[..star]);
            if (place < 0) return false;
            text = text[(place + star)..];
            pattern = pattern[(star + 1)..];
        }

        return text.EndsWith(pattern);
    }
}
