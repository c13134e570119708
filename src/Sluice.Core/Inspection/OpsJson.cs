using System.Text.Json.Serialization;
using Sluice.Retries;

namespace Sluice.Inspection;

/// <summary>The JSON of ops answers and of commands with <c>--json</c>.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, WriteIndented = true)]
[JsonSerializable(typeof(Page<EventView>))]
[JsonSerializable(typeof(Page<DeadLetterView>))]
[JsonSerializable(typeof(IReadOnlyList<EventView>))]
[JsonSerializable(typeof(IReadOnlyList<DeadLetterView>))]
[JsonSerializable(typeof(IReadOnlyList<SourceView>))]
[JsonSerializable(typeof(IReadOnlyList<ProviderView>))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
[JsonSerializable(typeof(Stats))]
[JsonSerializable(typeof(JobStep))]
[JsonSerializable(typeof(ReplayView))]
[JsonSerializable(typeof(ErrorView))]
[JsonSerializable(typeof(HealthView))]
public sealed partial class OpsJson : JsonSerializerContext;
