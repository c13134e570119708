using System.Text.Json;
using System.Text.Json.Serialization;
using Sluice.Storage;

namespace Sluice.Destinations;

/// <summary>A destination's health as all instances share it.</summary>
internal static class HealthDocument
{
    public const string Kind = "health";

    /// <summary>What cannot be read is nothing: a later version may have written it, and a first failure begins it anew.</summary>
    public static Health Read(SharedDocument? document)
    {
        if (document is null) return Health.Well;
        try
        {
            return JsonSerializer.Deserialize(document.Json, HealthJson.Default.Health) ?? Health.Well;
        }
        catch (JsonException)
        {
            return Health.Well;
        }
    }

    public static SharedDocument Write(string name, Health health, string? version) => new(Kind, name, JsonSerializer.Serialize(health, HealthJson.Default.Health), version);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault, IgnoreReadOnlyProperties = true)]
[JsonSerializable(typeof(Health))]
internal sealed partial class HealthJson : JsonSerializerContext;
