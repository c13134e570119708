using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Sluice.Delivery.Pacing;

/// <summary>The documents' JSON. One that cannot be read is as good as none: it is written anew.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(Breaker))]
[JsonSerializable(typeof(Pace))]
internal sealed partial class PacingJson : JsonSerializerContext
{
    public static T Read<T>(string? json, JsonTypeInfo<T> type) where T : class, new()
    {
        try
        {
            return json is null ? new T() : JsonSerializer.Deserialize(json, type) ?? new T();
        }
        catch (JsonException)
        {
            return new T();
        }
    }
}
