using System.Globalization;
using Sluice.Configuration;
using Sluice.Destinations;

namespace Sluice.Notices;

/// <summary>Something that operators are told of a destination, as an event of Sluice's own. What it says is fixed when it comes up, so that it is the same from whichever instance.</summary>
public sealed record Notice
{
    /// <summary>The source of such events: a name that no other source may have. Destinations get them that name it in their Sources.</summary>
    public const string Source = "sluice";

    public const string FailingType = "destination.failing";
    public const string WarningType = "destination.warning";
    public const string DisabledType = "destination.disabled";
    public const string RecoveredType = "destination.recovered";
    public const string DeadLettersType = "dead_letters.growing";

    /// <summary>Destination, beginning and stage: the idempotency key of the event.</summary>
    public required string Key { get; init; }

    public required string Type { get; init; }

    /// <summary>One plain line for people.</summary>
    public required string Text { get; init; }

    public required DateTimeOffset At { get; init; }

    public required NoticeData Data { get; init; }

    /// <summary>It fails, or has failed for half, most or nearly all of the time after which it is disabled.</summary>
    internal static Notice Failing(Health health, DestinationSettings settings)
    {
        var (since, disableAt) = (health.Since!.Value, health.Since + settings.DisableAfter);
        var type = health.Stage == HealthStage.Failing ? FailingType : WarningType;
        return Of(type, $"{Moment(since)}/{Word(health.Stage)}", NoticeText.Failing(health, settings.Name, disableAt), health.StageAt, settings, health) with
        {
            Data = Facts(settings, health) with { DisableAt = disableAt },
        };
    }

    /// <summary>It gets nothing more until a person has resumed it.</summary>
    internal static Notice Disabled(Health health, DestinationSettings settings, string reason) =>
        Of(DisabledType, $"{Moment(health.Since!.Value)}/disabled", NoticeText.Disabled(health, settings.Name, reason), health.StageAt, settings, health) with
        {
            Data = Facts(settings, health) with { Reason = reason },
        };

    /// <summary>It works again.</summary>
    /// <param name="health">What it was before.</param>
    internal static Notice Recovered(Health health, DestinationSettings settings, DateTimeOffset since, DateTimeOffset at) =>
        Of(RecoveredType, $"{Moment(since)}/recovered", NoticeText.Recovered(settings.Name, since, at), at, settings, health) with
        {
            Data = Facts(settings, health) with { Since = since },
        };

    /// <summary>Many of its deliveries became dead letters within an hour.</summary>
    internal static Notice DeadLettersGrow(Health health, DestinationSettings settings, long step, DateTimeOffset at) =>
        Of(DeadLettersType, string.Create(CultureInfo.InvariantCulture, $"{Moment(health.Hour)}/dead/{step}"), NoticeText.DeadLettersGrow(settings.Name, health.DeadLetters, health.Hour), at, settings, health) with
        {
            Data = new() { Destination = settings.Name, Owner = settings.Owner, Since = health.Hour, LastError = health.LastError, DeadLetters = health.DeadLetters },
        };

    private static Notice Of(string type, string key, string text, DateTimeOffset at, DestinationSettings settings, Health health) =>
        new() { Key = $"{settings.Name}/{key}", Type = type, Text = text, At = at, Data = Facts(settings, health) };

    private static NoticeData Facts(DestinationSettings settings, Health health) =>
        new() { Destination = settings.Name, Owner = settings.Owner, Since = health.Since, Failures = health.Failures, LastError = health.LastError };

    private static string Word(HealthStage stage) => stage switch { HealthStage.Half => "50", HealthStage.Most => "70", HealthStage.Nearly => "90", _ => "failing" };

    // To the tick: two beginnings within a millisecond are two.
    private static string Moment(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffffff", CultureInfo.InvariantCulture);
}

/// <summary>The facts of a notice; what does not belong to its type is null.</summary>
public sealed record NoticeData
{
    public required string Destination { get; init; }

    /// <summary>Whom to ask about it.</summary>
    public string? Owner { get; init; }

    /// <summary>Since when it fails; of dead letters the hour in which they are counted.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>How many attempts failed since then.</summary>
    public long? Failures { get; init; }

    /// <summary>What the last of them met, without addresses and secrets.</summary>
    public string? LastError { get; init; }

    /// <summary>When it is disabled unless an attempt succeeds before.</summary>
    public DateTimeOffset? DisableAt { get; init; }

    /// <summary>Why it is disabled.</summary>
    public string? Reason { get; init; }

    public long? DeadLetters { get; init; }
}
