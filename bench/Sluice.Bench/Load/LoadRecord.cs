using System.Diagnostics;
using System.Runtime.InteropServices;
using Sluice.Bench.Measurements;

namespace Sluice.Bench.Load;

/// <summary>What one side has done in its turns so far.</summary>
public sealed class LoadRecord
{
    private readonly List<long> _latencies = [];
    private TimeSpan _elapsed;

    /// <summary>Room for the latencies of a turn, in <see cref="Stopwatch"/> ticks; made before its clock starts.</summary>
    public Span<long> NextTurn(int requests)
    {
        var before = _latencies.Count;
        CollectionsMarshal.SetCount(_latencies, before + requests);
        return CollectionsMarshal.AsSpan(_latencies)[before..];
    }

    public void EndTurn(TimeSpan elapsed) => _elapsed += elapsed;

    public Reading ToReading()
    {
        long[] sorted = [.. _latencies.Order()];
        return new(sorted.Length / _elapsed.TotalSeconds, "/s", Quantile(0.50), Quantile(0.99));

        double Quantile(double part) => sorted[(int)(part * (sorted.Length - 1))] * 1000.0 / Stopwatch.Frequency;
    }
}
