using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sluice.Destinations;

/// <summary>
/// What is kept of one destination in the shared state: what was registered, as it was written, and where it stands. Without settings it is the
/// standing of a destination of the configuration. Words that this version does not know, of a newer one, stay as they are.
/// </summary>
internal sealed record DestinationDocument
{
    /// <summary>The kind of these documents.</summary>
    public const string Kind = "destination";

    public JsonElement? Settings { get; init; }

    /// <summary>A <see cref="DestinationState"/> by name.</summary>
    public string State { get; init; } = nameof(DestinationState.Active);

    public string? Reason { get; init; }

    public DateTimeOffset? Since { get; init; }

    /// <summary>A <see cref="PendingOnRemoval"/> by name.</summary>
    public string? Pending { get; init; }

    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Others { get; set; }

    /// <summary>Where it stands; null where the words are of a newer version.</summary>
    [JsonIgnore]
    public Standing? Standing =>
        Enum.TryParse<DestinationState>(State, out var state) && Enum.IsDefined(state) && (Pending is null | Enum.TryParse<PendingOnRemoval>(Pending, out var pending)) && Enum.IsDefined(pending)
            ? new(state, Reason, Since) { Pending = pending }
            : null;

    public DestinationDocument At(Standing standing) => this with
    {
        State = standing.State.ToString(),
        Reason = standing.Reason,
        Since = standing.Since,
        Pending = standing.State == DestinationState.Removed ? standing.Pending.ToString() : null,
    };

    public string Write() => JsonSerializer.Serialize(this, DestinationJson.Compact.DestinationDocument);

    /// <summary>Null where it is none.</summary>
    public static DestinationDocument? Read(string json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, DestinationJson.Compact.DestinationDocument);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Never what it holds: some of it is secret.</summary>
    public override string ToString() => nameof(DestinationDocument);
}

[JsonSerializable(typeof(DestinationDocument))]
internal sealed partial class DestinationJson : JsonSerializerContext
{
    // No page shows it, and escapes would make three of one character.
    public static DestinationJson Compact { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
