using System.Globalization;

namespace Sluice.Providers;

/// <summary>Reads the timestamps that senders sign and judges their age.</summary>
internal static class Timestamps
{
    /// <summary>Seconds since 1970. The text that was signed must have one reading: digits only, no leading zero, no sign, no blank.</summary>
    public static bool TryReadSeconds(ReadOnlySpan<char> text, TimestampFormat format, out long seconds)
    {
        if (format == TimestampFormat.Iso8601)
        {
            var isRead = DateTimeOffset.TryParseExact(text, ["yyyy-MM-dd'T'HH:mm:ss'Z'", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment);
            seconds = isRead ? moment.ToUnixTimeSeconds() : 0;
            return isRead;
        }

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

    /// <summary>What a genuine signature of that time is worth now.</summary>
    public static SignatureCheck Check(SignatureCheck genuine, long seconds, TimeSpan tolerance, DateTimeOffset now)
    {
        var age = now.ToUnixTimeSeconds() - seconds;
        return age > tolerance.TotalSeconds ? genuine with { Result = SignatureResult.TimestampTooOld }
            : -age > tolerance.TotalSeconds ? genuine with { Result = SignatureResult.TimestampInFuture }
            : genuine;
    }
}
