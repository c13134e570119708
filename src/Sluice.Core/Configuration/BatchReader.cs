
namespace Sluice.Configuration;

/// <summary>Reads whether events go together: <c>"Batch": { "Events": 100, "Bytes": 262144, "Wait": "00:00:05" }</c>, with <c>"Format": "CloudEvents"</c>.</summary>
internal static class BatchReader
{
    private const int MostEvents = 1000;
    private const int FewestBytes = 1024;
    private const int MostBytes = 16 * 1024 * 1024;

    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    /// <param name="goTogether">Whether its handler takes several events at once.</param>
    /// <returns>Null where each event goes by itself.</returns>
    public static BatchOptions? Read(SectionReader destination, bool goTogether, DeliveryFormat format)
    {
        var section = destination.Section("Batch");
        if (section.Value is { Length: > 0 })
        {
            destination.Fault("Batch", "is a text; write { \"Events\": 100, \"Wait\": \"00:00:05\" }");
            return null;
        }

        if (!destination.Has("Batch")) return null;
        if (!goTogether) destination.Fault("Batch", "is set, and only handler http sends events together; remove it");
        else if (format != DeliveryFormat.CloudEvents) destination.Fault("Batch", "is set, and only CloudEvents go together; set Format to CloudEvents, or remove Batch");
        var reader = destination.Inside(section);
        var standard = new BatchOptions();
        var batch = new BatchOptions
        {
            Events = reader.Number("Events", standard.Events, 2, MostEvents),
            Bytes = reader.Number("Bytes", standard.Bytes, FewestBytes, MostBytes),
            Wait = reader.Time("Wait", ShortestWait, LongestWait) ?? standard.Wait,
        };
        reader.Rest([]);
        return batch;
    }
}
