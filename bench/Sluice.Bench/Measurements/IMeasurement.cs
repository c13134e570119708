namespace Sluice.Bench.Measurements;

/// <summary>One row of the report: a ratio of two things measured side by side.</summary>
public interface IMeasurement
{
    /// <summary>What is compared, ending in "A / B" so that the ratio can be read.</summary>
    string Name { get; }

    /// <summary>What <c>--only</c> selects it by.</summary>
    string Topic { get; }

    Goal Goal { get; }

    int UsualRounds { get; }

    /// <summary>Measures A and then B, under the same conditions.</summary>
    Round Measure();
}
