using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Sluice.Configuration;
using Sluice.Inspection;

namespace Sluice.Destinations;

/// <summary>Where a destination comes from.</summary>
public enum DestinationOrigin
{
    Configuration = 0,

    /// <summary>Registered while running.</summary>
    Registered,
}

/// <summary>A destination as commands print it and as the ops endpoint answers it. Never a secret: what is one is shown as <see cref="ShownSettings.Set"/>.</summary>
public sealed record DestinationView
{
    public required string Name { get; init; }

    public required DestinationOrigin Origin { get; init; }

    /// <summary>True for a registration that does nothing, because the configuration has a destination of its name.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool HiddenByConfiguration { get; init; }

    public required DestinationState State { get; init; }

    /// <summary>Why it is in this state; null where there is nothing to say.</summary>
    public string? Reason { get; init; }

    /// <summary>Since when; for an active one when it was resumed last.</summary>
    public DateTimeOffset? Since { get; init; }

    public required string Handler { get; init; }

    /// <summary>Without its query, and with <c>set</c> for what looks like a token in its path.</summary>
    public string? Url { get; init; }

    /// <summary>Null: all.</summary>
    public IReadOnlyList<string>? Sources { get; init; }

    /// <summary>Null: all.</summary>
    public IReadOnlyList<string>? Types { get; init; }

    public DeliveryFormat Format { get; init; }

    public string? Owner { get; init; }

    /// <summary>Attempts a second; null: as many as there are.</summary>
    public double? Rate { get; init; }

    /// <summary>Attempts at once; null: as many as there are workers.</summary>
    public int? Concurrency { get; init; }

    /// <summary>How it fares; null where nothing is known against it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public FaringView? Faring { get; init; }

    /// <summary>Of a registered one that was asked for alone: its settings as they were given, secrets shown as <see cref="ShownSettings.Set"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JsonObject? Settings { get; init; }

    public static DestinationView Of(DestinationSettings settings, Standing standing) => new()
    {
        Name = settings.Name,
        Origin = settings.IsRegistered ? DestinationOrigin.Registered : DestinationOrigin.Configuration,
        State = standing.State, Reason = standing.Reason, Since = standing.Since,
        Handler = settings.Handler,
        Url = settings.Url is { } url ? ShownUrl.WithoutQuery(url) : null,
        Sources = settings.Sources, Types = settings.Types,
        Format = settings.Format,
        Owner = settings.Owner,
        Rate = settings.Limits.Rate, Concurrency = settings.Limits.Concurrency,
    };
}

/// <summary>How a destination fares.</summary>
/// <param name="Breaker">Whether it is left alone for a while: <c>Open</c>, <c>HalfOpen</c> or <c>Probing</c>; null while it is not.</param>
/// <param name="FailingSince">When its first attempt failed since the last that did not.</param>
/// <param name="Failures">How many have failed since then.</param>
/// <param name="LastError">In one line.</param>
public sealed record FaringView(string? Breaker, DateTimeOffset? FailingSince, long Failures, string? LastError);

/// <summary>What a test found.</summary>
public sealed record TestView
{
    public required string Destination { get; init; }

    /// <summary>What was sent and answered; null where nothing was to be sent.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SentView? Sent { get; init; }

    /// <summary>The kept events that were looked at, newest first; null where none were.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<TriedView>? Tried { get; init; }
}

/// <summary>One test delivery.</summary>
/// <param name="Delivered">Whether a delivery that is answered so is at its end.</param>
/// <param name="Answer">The first line of the answer's body; null where it was empty.</param>
/// <param name="Error">Why it would not be delivered; null where it would be.</param>
public sealed record SentView(string Event, string Type, bool Delivered, int? StatusCode, double DurationMs, string? Answer, string? Error);

/// <summary>A kept event that a destination takes or does not take.</summary>
/// <param name="Why">What keeps it away: its source, its type or the filter; null where it is taken.</param>
public sealed record TriedView(string Id, string Source, string Type, DateTimeOffset ReceivedAt, bool Takes, string? Why);

/// <summary>The JSON of destinations.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, WriteIndented = true)]
[JsonSerializable(typeof(IReadOnlyList<DestinationView>))]
[JsonSerializable(typeof(DestinationView))]
[JsonSerializable(typeof(TestView))]
[JsonSerializable(typeof(ErrorView))]
public sealed partial class DestinationViewJson : JsonSerializerContext;
