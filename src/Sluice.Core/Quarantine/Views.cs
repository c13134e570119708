using System.Text.Json.Serialization;
using Sluice.Inspection;
using Sluice.Providers;
using Sluice.Retries;

namespace Sluice.Quarantine;

/// <summary>A refused request as commands print it and as the ops endpoint answers it.</summary>
public sealed record RejectionView
{
    public required string Id { get; init; }

    public required string Source { get; init; }

    public required DateTimeOffset ReceivedAt { get; init; }

    public required SignatureResult Result { get; init; }

    /// <summary>The reason in one line; null where a flood left no time to look for it.</summary>
    public string? Finding { get; init; }

    public string? RemoteAddress { get; init; }

    public required int BodyBytes { get; init; }

    /// <summary>Whether its bytes are kept, so that it can be verified again and released.</summary>
    public required bool Kept { get; init; }

    /// <summary>The path, with the query where the sender signs it. This and what follows only when one that is kept is asked for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Target { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<HeaderView>? Headers { get; init; }

    public static RejectionView Of(Rejection rejection) => new()
    {
        Id = rejection.Id.ToString(), Source = rejection.Source, ReceivedAt = rejection.ReceivedAt, Result = rejection.Result, Finding = rejection.Finding,
        RemoteAddress = rejection.RemoteAddress?.ToString(), BodyBytes = rejection.BodyBytes, Kept = rejection.IsKept,
        Target = rejection.Request?.Target, Headers = rejection.Request is { } request ? [.. request.Headers.Select(header => new HeaderView(header.Key, header.Value))] : null,
    };
}

/// <summary>What became of a kept request that was looked at again.</summary>
public enum CheckedResult
{
    /// <summary>It is refused again, as the finding says: mostly its signature does not hold now either. It stays.</summary>
    DoesNotHold = 0,

    /// <summary>Its signature holds: it can be released.</summary>
    Holds,

    /// <summary>It is an event now, and is delivered.</summary>
    Released,

    /// <summary>It was an event already: the sender had repeated it, or it was released before. It is kept here no longer.</summary>
    Duplicate,

    /// <summary>It holds and was a question of the sender's, not an event. It is kept here no longer.</summary>
    Question,
}

/// <param name="Finding">In one line, without the request's content.</param>
/// <param name="Event">The id of the event that it is now.</param>
public sealed record CheckedView(
    string Id, string Source, DateTimeOffset ReceivedAt, CheckedResult Result, string Finding, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Event = null);

/// <summary>What one step of a job found, and where the next goes on; null when the job is done.</summary>
public sealed record CheckedStep(IReadOnlyList<CheckedView> Items, string? Next);

/// <summary>The JSON of the quarantine.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, WriteIndented = true)]
[JsonSerializable(typeof(Page<RejectionView>))]
[JsonSerializable(typeof(IReadOnlyList<RejectionView>))]
[JsonSerializable(typeof(IReadOnlyList<CheckedView>))]
[JsonSerializable(typeof(CheckedStep))]
[JsonSerializable(typeof(CheckedView))]
[JsonSerializable(typeof(RejectionView))]
[JsonSerializable(typeof(JobStep))]
public sealed partial class QuarantineJson : JsonSerializerContext;
