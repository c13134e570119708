using System.Globalization;

namespace Sluice.Providers;

/// <summary>Reads the timestamps that senders sign and judges their age.</summary>
internal static class Timestamps
{
    /// <summary>Seconds since 1970. The text that was signed must have one reading: digits only, no leading zero, no sign, no blank.</summary>
    public static bool TryReadSeconds(ReadOnlySpan<char> text, TimestampFormat format, out long seconds)
    {
        if (format == TimestampFormat.Iso8601) return TryReadMoment(text, out seconds);

        seconds = 0;
        // 12 digits reach the year 33,658; in milliseconds 15 do.
        var longest = format == TimestampFormat.Milliseconds ? 15 : 12;
        if (text.IsEmpty || text.Length > longest || (text[0] == '0' && text.Length > 1)) return false;
        foreach (var c in text)
        {
            if (!char.IsAsciiDigit(c)) return false;
            seconds = (seconds * 10) + (c - '0');
        }

        if (format == TimestampFormat.Milliseconds) seconds /= 1000;
        return true;
    }

    // Senders write up to nanoseconds, which are more digits than the framework reads; what is behind the second does not matter here.
    private static bool TryReadMoment(ReadOnlySpan<char> text, out long seconds)
    {
        const string toTheSecond = "yyyy-MM-dd'T'HH:mm:ss";
        const int length = 19;
        seconds = 0;
        if (text.Length <= length || text[^1] != 'Z') return false;
        var fraction = text[length..^1];
        if (!fraction.IsEmpty && (fraction[0] != '.' || fraction.Length is < 2 or > 10 || fraction[1..].ContainsAnyExceptInRange('0', '9'))) return false;
        if (!DateTimeOffset.TryParseExact(text[..length], toTheSecond, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment)) return false;
        seconds = moment.ToUnixTimeSeconds();
        return true;
    }

    /// <summary>What a genuine signature of that time is worth now.</summary>
    public static SignatureCheck Check(SignatureCheck genuine, long seconds, TimeSpan tolerance, DateTimeOffset now)
    {
        var age = now.ToUnixTimeSeconds() - seconds;
        return age > tolerance.TotalSeconds ? genuine with { Result = SignatureResult.TimestampTooOld }
            : -age > tolerance.TotalSeconds ? genuine with { Result = SignatureResult.TimestampInFuture }
            : genuine;
    }
}
