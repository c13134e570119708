namespace Sluice.Configuration;

/// <summary>Reads a destination's section <c>Batch</c>.</summary>
internal static class BatchReader
{
    private const int MostEvents = 1000;
    private const int LeastBytes = 1024;
    private const int MostBytes = 16 * 1024 * 1024;

    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    /// <summary>Null where the section is absent.</summary>
    public static BatchOptions? Read(SectionReader destination)
    {
        var section = destination.Section("Batch");
        if (section.Value is { Length: > 0 }) destination.Fault("Batch", $"is '{section.Value}'; write a section such as {{ \"Events\": 100 }}");
        if (!section.GetChildren().Any()) return null;
        var reader = destination.Inside(section);
        var usual = new BatchOptions();
        var batch = new BatchOptions
        {
            Events = reader.Number("Events", usual.Events, 2, MostEvents),
            Bytes = reader.Number("Bytes", usual.Bytes, LeastBytes, MostBytes),
            Wait = reader.Time("Wait", ShortestWait, LongestWait) ?? usual.Wait,
        };
        reader.Rest([]);
        return batch;
    }
}
