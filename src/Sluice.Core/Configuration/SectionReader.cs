using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Sluice.Configuration;

/// <summary>
/// Reads typed values out of one configuration section and collects every fault, so that all are reported at once:
/// each with the entry's full name and the fix. A setting nobody asked for is a fault too: it is a typing error.
/// </summary>
internal sealed class SectionReader(IConfigurationSection section, ICollection<ConfigurationError> errors, string? source = null)
{
    private readonly HashSet<string> known = new(StringComparer.OrdinalIgnoreCase);

    public string Name => section.Key;

    public string? Text(string key)
    {
        known.Add(key);
        var value = section[key];
        return string.IsNullOrEmpty(value) ? null : value;
    }

    public string Required(string key, string fix)
    {
        if (Text(key) is { } value) return value;
        Fault(key, $"is missing; {fix}");
        return "";
    }

    public bool Flag(string key, bool otherwise)
    {
        if (Text(key) is not { } text) return otherwise;
        if (bool.TryParse(text, out var value)) return value;
        Fault(key, $"is '{text}'; write true or false");
        return otherwise;
    }

    public T Number<T>(string key, T otherwise, T least, T most) where T : struct, IComparable<T>, ISpanParsable<T>
    {
        if (Text(key) is not { } text) return otherwise;
        if (T.TryParse(text, CultureInfo.InvariantCulture, out var value) && value.CompareTo(least) >= 0 && value.CompareTo(most) <= 0) return value;
        Fault(key, string.Create(CultureInfo.InvariantCulture, $"is '{text}'; write a number from {least} to {most}"));
        return otherwise;
    }

    public TimeSpan? Time(string key, TimeSpan least, TimeSpan most)
    {
        if (Text(key) is not { } text) return null;
        if (ReadTime(text) is { } value && value >= least && value <= most) return value;
        Fault(key, $"is '{text}'; write a time from {least} to {most}, such as 00:00:30 or 1.00:00:00 (days.hours:minutes:seconds)");
        return null;
    }

    /// <summary>A time as people write it, or null. A number alone is none: .NET would take 5 for five days, and most who write it mean seconds.</summary>
    public static TimeSpan? ReadTime(string text) =>
        text.Contains(':', StringComparison.Ordinal) && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var time) ? time : null;

    public DateTimeOffset? Moment(string key)
    {
        if (Text(key) is not { } text) return null;
        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var value)) return value;
        Fault(key, $"is '{text}'; write a moment such as 2026-11-22T12:00:00Z");
        return null;
    }

    /// <summary>The list's values; null where the list is absent or empty.</summary>
    public IReadOnlyList<string>? List(string key)
    {
        known.Add(key);
        var list = section.GetSection(key);
        if (list.Value is { Length: > 0 }) Fault(key, $"is '{list.Value}'; write a list: [\"{list.Value}\"]");
        foreach (var child in list.GetChildren().Where(child => child.Value is null)) Fault($"{key}:{child.Key}", "is no text; write one or remove it");
        string[] values = [.. list.GetChildren().Select(child => child.Value).OfType<string>()];
        return values.Length == 0 ? null : values;
    }

    /// <summary>The list's values; null where the list is absent. One that is there and names nothing is a fault: it would restrict nothing, or say nothing.</summary>
    public IReadOnlyList<string>? FilledList(string key, string fix = "name what is allowed, or remove it to allow all")
    {
        var values = List(key);
        if (values is null && Has(key) && string.IsNullOrEmpty(section[key])) Fault(key, $"is empty; {fix}");
        return values;
    }

    /// <summary>Whether something is written there, be it empty.</summary>
    public bool Has(string key) => section.GetChildren().Any(child => child.Key.Equals(key, StringComparison.OrdinalIgnoreCase));

    public IConfigurationSection Section(string key)
    {
        known.Add(key);
        return section.GetSection(key);
    }

    public SectionReader Inside(IConfigurationSection child) => new(child, errors, source);

    /// <summary>The same for a section whose faults the caller looks at first.</summary>
    public SectionReader Inside(IConfigurationSection child, ICollection<ConfigurationError> faults) => new(child, faults, source);

    public void Fault(ConfigurationError fault) => errors.Add(fault);

    public void Fault(string? key, string message) =>
        errors.Add(new ConfigurationError(key is null ? section.Path : $"{section.Path}:{key}", message, source));

    /// <summary>Reports the settings that nobody asked for. <paramref name="others"/> are taken over by the caller.</summary>
    public IReadOnlyDictionary<string, string> Rest(IReadOnlyCollection<string> others)
    {
        var taken = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var child in section.GetChildren())
        {
            if (known.Contains(child.Key)) continue;
            if (others.Contains(child.Key, StringComparer.OrdinalIgnoreCase)) taken[child.Key] = child.Value ?? "";
            else Fault(child.Key, $"is no setting; {Suggestion(child.Key, known.Concat(others))}");
        }

        return taken;
    }

    private static string Suggestion(string key, IEnumerable<string> names)
    {
        var near = names.Select(name => (Name: name, Distance: Distance(name, key))).OrderBy(pair => pair.Distance).ThenBy(pair => pair.Name, StringComparer.Ordinal).ToList();
        return near is [{ Distance: <= 3 } best, ..]
            ? $"did you mean {best.Name}?"
            : $"there are {string.Join(", ", near.Select(pair => pair.Name).Order(StringComparer.Ordinal))}";
    }

    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var above = row[j];
                var same = char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]);
                row[j] = Math.Min(Math.Min(row[j] + 1, row[j - 1] + 1), diagonal + (same ? 0 : 1));
                diagonal = above;
            }
        }

        return row[^1];
    }
}
