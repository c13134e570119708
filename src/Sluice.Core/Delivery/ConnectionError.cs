using System.Globalization;
using Sluice.Events;

namespace Sluice.Delivery;

/// <summary>What went wrong on the way to a destination, in one line.</summary>
internal static class ConnectionError
{
    /// <summary>No answer came in time.</summary>
    public static string Late(TimeSpan limit) => string.Create(CultureInfo.InvariantCulture, $"no answer within {limit.TotalSeconds:0.###} s");

    /// <summary>With the cause below it, where that says more.</summary>
    public static string Of(Exception error) =>
        SafeText.OneLine(error.InnerException is { } inner && !error.Message.Contains(inner.Message, StringComparison.Ordinal) ? $"{error.Message} ({inner.Message})" : error.Message);
}
