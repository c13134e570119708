using System.Text.Json.Serialization;

namespace Sluice.Reconciliation;

/// <summary>What a run found and did.</summary>
public sealed record ReconcileReport
{
    public required string Source { get; init; }

    /// <summary>From when on the sender's log was looked at.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>Whether it only looked.</summary>
    public required bool DryRun { get; init; }

    /// <summary>Events that the sender lists. Kept and missing together.</summary>
    public required int Listed { get; init; }

    public required int Kept { get; init; }

    /// <summary>Events that the sender lists and the book had not when it was looked at.</summary>
    public required int Missing { get; init; }

    /// <summary>Of those missing: the sender was asked to send them again. They arrive as webhooks, if they do.</summary>
    public required int AskedAgain { get; init; }

    /// <summary>Of those missing: kept now as the sender's API has them.</summary>
    public required int Fetched { get; init; }

    /// <summary>Of those missing: too young, or asked for not long ago.</summary>
    public required int Waiting { get; init; }

    /// <summary>What could not be read or done.</summary>
    public required int Failed { get; init; }

    /// <summary>Why, in different words at most once each.</summary>
    public required IReadOnlyList<string> Failures { get; init; }

    /// <summary>The first of those missing.</summary>
    public required IReadOnlyList<MissingEvent> Events { get; init; }

    /// <summary>Why it ended before the log did; null when it came to the end.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? StoppedBecause { get; init; }

    /// <summary>When the sender may be asked again, where it said so.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? MayGoOnAt { get; init; }

    /// <summary>Whether everything that there was to look at and to do was done.</summary>
    [JsonIgnore]
    public bool IsComplete => Failed == 0 && StoppedBecause is null;
}

/// <summary>An event that the sender lists and the book had not.</summary>
public sealed record MissingEvent(string Key, string Type, DateTimeOffset? At, MissingOutcome Outcome);

/// <summary>What was done about it.</summary>
public enum MissingOutcome
{
    /// <summary>Nothing: it was only looked.</summary>
    Found = 0,

    /// <summary>Nothing yet: it is too young, or was asked for not long ago, or the run ended before.</summary>
    Waiting,

    AskedAgain,

    Fetched,

    Failed,
}

/// <summary>What is to be compared.</summary>
/// <param name="Since">From when on; null means as far back as the settings say.</param>
/// <param name="AtMost">How long it may take, waiting for the sender's limits included.</param>
public sealed record ReconcileRequest(DateTimeOffset? Since, TimeSpan AtMost)
{
    /// <summary>Only look.</summary>
    public bool IsDryRun { get; init; }

    /// <summary>Whether a person wants it now: what was asked for in vain is then asked for again after a short while.</summary>
    public bool IsAsked { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, WriteIndented = true)]
[JsonSerializable(typeof(ReconcileReport))]
[JsonSerializable(typeof(IReadOnlyList<ReconcileReport>))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
public sealed partial class ReconcileJson : JsonSerializerContext;
