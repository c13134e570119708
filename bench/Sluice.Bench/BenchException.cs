namespace Sluice.Bench;

/// <summary>Something broke, so that there is no figure. A missed goal is not a failure.</summary>
public sealed class BenchException(string message) : Exception(message);
