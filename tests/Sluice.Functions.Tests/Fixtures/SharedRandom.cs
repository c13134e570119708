namespace Sluice.Functions.Tests.Fixtures;

/// <summary>Random numbers that repeat, for any number of threads, as <see cref="Random.Shared"/> serves them in the apps. A seeded one of the platform's would give two threads the same number.</summary>
internal sealed class SharedRandom(int seed) : Random
{
    private readonly Lock gate = new();
    private readonly Random numbers = new(seed);

    public override int Next() => Draw(static numbers => numbers.Next());

    public override int Next(int maxValue) => Next(0, maxValue);

    public override int Next(int minValue, int maxValue)
    {
        lock (gate) return numbers.Next(minValue, maxValue);
    }

    public override long NextInt64() => Draw(static numbers => numbers.NextInt64());

    public override long NextInt64(long maxValue) => NextInt64(0, maxValue);

    public override long NextInt64(long minValue, long maxValue)
    {
        lock (gate) return numbers.NextInt64(minValue, maxValue);
    }

    public override double NextDouble() => Draw(static numbers => numbers.NextDouble());

    public override void NextBytes(byte[] buffer) => NextBytes(buffer.AsSpan());

    public override void NextBytes(Span<byte> buffer)
    {
        lock (gate) numbers.NextBytes(buffer);
    }

    protected override double Sample() => NextDouble();

    private T Draw<T>(Func<Random, T> next)
    {
        lock (gate) return next(numbers);
    }
}
