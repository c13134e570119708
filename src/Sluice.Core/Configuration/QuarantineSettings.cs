namespace Sluice.Configuration;

/// <summary>How much of a source's refused requests is kept with their bytes. What is full keeps nothing more for a while: the last hour's are never pushed out.</summary>
public sealed record QuarantineSettings
{
    /// <summary>3,000: so many one row can name on Azure.</summary>
    public const int LargestMaxCount = 3000;

    /// <summary>1 GiB.</summary>
    public const long LargestMaxBytes = 1024L * 1024 * 1024;

    /// <summary>How many requests; 1,000.</summary>
    public int MaxCount { get; init; } = 1000;

    /// <summary>How many bytes of bodies, headers and paths, all requests together; 64 MiB.</summary>
    public long MaxBytes { get; init; } = 64L * 1024 * 1024;

    /// <summary>How long; 7 days.</summary>
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Reads <c>Quarantine</c> of a source: <c>true</c>, or the bounds that are not the usual ones. Null where nothing is to be kept.</summary>
    internal static QuarantineSettings? Read(SectionReader source)
    {
        var section = source.Section("Quarantine");
        if (section.Value is { Length: > 0 } text)
        {
            if (bool.TryParse(text, out var isOn)) return isOn ? new() : null;
            source.Fault("Quarantine", $"is '{text}'; write true, false, or the bounds: {{ \"MaxCount\": 1000, \"MaxBytes\": 67108864, \"MaxAge\": \"7.00:00:00\" }}");
            return null;
        }

        if (!section.GetChildren().Any()) return null;
        var (reader, usual) = (source.Inside(section), new QuarantineSettings());
        var bounds = new QuarantineSettings
        {
            MaxCount = reader.Number("MaxCount", usual.MaxCount, 1, LargestMaxCount),
            MaxBytes = reader.Number("MaxBytes", usual.MaxBytes, 1024, LargestMaxBytes),
            MaxAge = reader.Time("MaxAge", TimeSpan.FromHours(2), TimeSpan.FromDays(90)) ?? usual.MaxAge,
        };
        reader.Rest([]);
        return bounds;
    }
}
