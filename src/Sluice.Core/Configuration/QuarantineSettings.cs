using Sluice.Ingestion;

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

    /// <summary>How long; 7 days where nothing is named. Never longer than events are kept.</summary>
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Whether <see cref="MaxAge"/> is written down: it is then an error where it cannot be, and is not made to fit.</summary>
    internal bool IsMaxAgeNamed { get; init; }

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
        var maxAge = reader.Time("MaxAge", TimeSpan.FromHours(2), TimeSpan.FromDays(90));
        var bounds = new QuarantineSettings
        {
            MaxCount = reader.Number("MaxCount", usual.MaxCount, 1, LargestMaxCount),
            MaxBytes = reader.Number("MaxBytes", usual.MaxBytes, 1024, LargestMaxBytes),
            MaxAge = maxAge ?? usual.MaxAge,
            IsMaxAgeNamed = maxAge is not null,
        };
        reader.Rest([]);
        return bounds;
    }

    /// <summary>The same, for no longer than that.</summary>
    public QuarantineSettings Within(TimeSpan longest) => MaxAge > longest ? this with { MaxAge = longest } : this;

    /// <summary>The source with an age that is not longer than events are kept: what was released later could be gone at once, or come twice.</summary>
    internal static Source Fit(Source source, TimeSpan window, ICollection<ConfigurationError> errors)
    {
        if (source.Settings.Quarantine is not { } bounds || bounds.MaxAge <= window) return source;
        if (!bounds.IsMaxAgeNamed) return source with { Settings = source.Settings with { Quarantine = bounds.Within(window) } };
        var fault = new ConfigurationError(
            $"Sluice:Sources:{source.Name}:Quarantine:MaxAge", $"is '{bounds.MaxAge:c}', and events are kept for {window:c}: what is released later could come twice; write {window:c} or less, or a Retention of {bounds.MaxAge:c}", source.Name);
        errors.Add(fault);
        return source with { Verifier = null, Learns = false, Fault = source.Fault ?? fault.ToString() };
    }
}
