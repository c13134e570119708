using System.Globalization;

namespace Sluice.Configuration;

/// <summary>Reads how much a destination is given: <c>"Limits": { "Rate": "10/s", "Concurrency": 5 }</c>.</summary>
internal static class LimitsReader
{
    private const double LowestRate = 0.01;
    private const double HighestRate = 10_000;
    private const int HighestConcurrency = 1024;

    public static DeliveryLimits Read(SectionReader destination)
    {
        var section = destination.Section("Limits");
        if (section.Value is { Length: > 0 }) destination.Fault("Limits", "is a text; write { \"Rate\": \"10/s\", \"Concurrency\": 5 }");
        var reader = destination.Inside(section);
        var limits = new DeliveryLimits
        {
            Rate = ReadRate(reader),
            Concurrency = reader.Number("Concurrency", 0, 1, HighestConcurrency) is > 0 and var concurrency ? concurrency : null,
        };
        reader.Rest([]);
        return limits;
    }

    // A number alone is of a second.
    private static double? ReadRate(SectionReader reader)
    {
        if (reader.Text("Rate") is not { } text) return null;
        var parts = text.Split('/');
        var seconds = parts switch { [_] or [_, "s"] => 1, [_, "m"] => 60, _ => 0 };
        if (seconds > 0 && double.TryParse(parts[0], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number / seconds is >= LowestRate and <= HighestRate) return number / seconds;
        reader.Fault("Rate", string.Create(CultureInfo.InvariantCulture, $"is '{text}'; write how many attempts a second or a minute, from {LowestRate}/s to {HighestRate}/s, such as 10/s, 0.5/s or 600/m"));
        return null;
    }
}
