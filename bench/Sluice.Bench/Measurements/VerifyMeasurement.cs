using System.Diagnostics;
using System.Security.Cryptography;
using Sluice.Bench.Load;

namespace Sluice.Bench.Measurements;

/// <summary>
/// What checking a webhook's signature costs beside the hash that nobody can spare: of all senders that sign with HMAC-SHA256 the one that
/// costs most. Both sides hash the same bytes with a keyed hash that is used again; the difference is reading headers, writing the expected
/// signature and comparing it.
/// </summary>
public sealed class VerifyMeasurement(int turns) : IMeasurement
{
    private const int ChecksPerTurn = 2_000;

    // The compiler takes its time to see what is worth its best.
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);

    private readonly IReadOnlyList<VerifiedSender> _senders = VerifiedSender.All(StripeEvent.Template);
    private bool _isWarm;

    public string Name => "verify 1 KB, the costliest HMAC-SHA256 sender: sluice / reused hash";

    public string Topic => "verify";

    public Goal Goal { get; } = Goal.AtMost(2.0);

    public int UsualRounds => 7;

    public Round Measure()
    {
        for (var started = Stopwatch.GetTimestamp(); !_isWarm; _isWarm = Stopwatch.GetElapsedTime(started) > WarmUp)
        {
            foreach (var sender in _senders) Compare(sender, turns: 1);
        }

        return _senders.Select(sender => Compare(sender, turns)).MaxBy(round => round.Ratio)!;
    }

    // Turns of a few milliseconds, one side after the other; the quickest of each side is the one that nothing disturbed.
    private static Round Compare(VerifiedSender sender, int turns)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, RandomNumberGenerator.GetBytes(32));
        var (check, plain) = (double.MaxValue, double.MaxValue);
        for (var turn = 0; turn < turns; turn++)
        {
            check = Math.Min(check, Time(static sender => sender.Check(), sender));
            plain = Math.Min(plain, Time(static state => Hash(state.hash, state.sender), (hash, sender)));
        }

        return new Round(new Reading(check, "ns"), new Reading(plain, "ns"));
    }

    private static void Hash(IncrementalHash hash, VerifiedSender sender)
    {
        Span<byte> signature = stackalloc byte[SHA256.HashSizeInBytes];
        hash.AppendData(sender.Body.Span);
        hash.GetHashAndReset(signature);
    }

    private static double Time<T>(Action<T> work, T state)
    {
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < ChecksPerTurn; i++) work(state);
        return Stopwatch.GetElapsedTime(started).TotalNanoseconds / ChecksPerTurn;
    }
}
