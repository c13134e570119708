using System.Globalization;
using Sluice.Delivery;

namespace Sluice.Configuration;

/// <summary>Reads what the statuses of a destination's answers mean: <c>"Statuses": { "404": "Retry", "5xx": "DeadLetter" }</c>.</summary>
internal static class StatusRulesReader
{
    public static StatusRules Read(SectionReader destination)
    {
        var section = destination.Section("Statuses");
        if (section.Value is { Length: > 0 }) destination.Fault("Statuses", "is a text; write { \"404\": \"Retry\" }");
        var changes = new List<(int First, int Last, StatusMeaning Meaning)>();
        foreach (var child in section.GetChildren())
        {
            if (Statuses(child.Key) is not { } statuses) destination.Fault($"Statuses:{child.Key}", "is no status; write one from 200 to 599, or 2xx, 3xx, 4xx or 5xx");
            else if (Meaning(child.Value) is not { } meaning) destination.Fault($"Statuses:{child.Key}", $"is '{child.Value}'; write one of {string.Join(", ", Enum.GetNames<StatusMeaning>())}");
            else changes.Add((statuses.First, statuses.Last, meaning));
        }

        // An exact status stands before its class, wherever each is written.
        return changes.Count == 0 ? StatusRules.Default : StatusRules.With(changes.OrderByDescending(change => change.Last - change.First));
    }

    private static (int First, int Last)? Statuses(string text)
    {
        if (text.Length != 3 || text[0] is < '2' or > '5') return null;
        if (text.EndsWith("xx", StringComparison.OrdinalIgnoreCase)) return ((text[0] - '0') * 100, ((text[0] - '0') * 100) + 99);
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var status) ? (status, status) : null;
    }

    private static StatusMeaning? Meaning(string? text) =>
        Enum.GetNames<StatusMeaning>().FirstOrDefault(name => name.Equals(text, StringComparison.OrdinalIgnoreCase)) is { } name ? Enum.Parse<StatusMeaning>(name) : null;
}
