using System.Globalization;

namespace Sluice.Bench.Measurements;

/// <summary>What the median ratio A / B has to be.</summary>
public sealed record Goal(double Floor, bool HigherIsBetter)
{
    public static Goal AtLeast(double ratio) => new(ratio, HigherIsBetter: true);

    public static Goal AtMost(double ratio) => new(ratio, HigherIsBetter: false);

    public string Text => string.Create(CultureInfo.InvariantCulture, $"{(HigherIsBetter ? ">=" : "<=")} {Floor:0.00}");

    public bool MetBy(double ratio) => HigherIsBetter ? ratio >= Floor : ratio <= Floor;

    public double WorstOf(IEnumerable<double> ratios) => HigherIsBetter ? ratios.Min() : ratios.Max();
}
