using Sluice.Events;
using Sluice.Providers;

namespace Sluice.LocalHost.Commands;

/// <summary>
/// When a genuine request was signed. Each scheme writes its time in its own way; they all judge it, so it is found by asking when the
/// request would have been too early and when too late.
/// </summary>
internal static class SignedTime
{
    /// <summary>To the second; null where the time of the check makes no such difference.</summary>
    public static DateTimeOffset? Find(ISignatureVerifier verifier, Envelope envelope, DateTimeOffset now)
    {
        var last = now.AddDays(1).ToUnixTimeSeconds();
        // A sender's clock may be ahead; nobody signs years ahead.
        if (At(last) == SignatureResult.TimestampInFuture) last = now.AddYears(10).ToUnixTimeSeconds();
        if (At(0) != SignatureResult.TimestampInFuture || !IsOver(At(last))) return null;
        var early = First(last, second => At(second) != SignatureResult.TimestampInFuture);
        var late = First(last, second => IsOver(At(second)));
        return DateTimeOffset.FromUnixTimeSeconds((early + late - 1) / 2);

        SignatureResult At(long second) => verifier.Verify(envelope, DateTimeOffset.FromUnixTimeSeconds(second)).Result;
    }

    private static bool IsOver(SignatureResult result) => result is SignatureResult.TimestampTooOld or SignatureResult.TokenExpired;

    /// <summary>The first second for which it is so; it is so for all after it.</summary>
    private static long First(long last, Func<long, bool> isSo)
    {
        var (no, yes) = (0L, last);
        while (yes - no > 1)
        {
            var middle = no + ((yes - no) / 2);
            if (isSo(middle)) yes = middle;
            else no = middle;
        }

        return yes;
    }
}
