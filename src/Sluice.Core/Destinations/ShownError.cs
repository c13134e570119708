using System.Globalization;
using System.Text.RegularExpressions;
using Sluice.Configuration;
using Sluice.Delivery;
using Sluice.Events;

namespace Sluice.Destinations;

/// <summary>
/// What an attempt met, fit to be sent elsewhere. An answer's own text stays behind, as it may repeat what was sent; of addresses only scheme
/// and host are left, and what the destination's headers hold is struck out.
/// </summary>
internal static partial class ShownError
{
    private const int Longest = 200;
    private const int ShortestSecret = 4;

    public static string Of(Outcome outcome, DestinationSettings settings)
    {
        if (outcome.StatusCode is { } status) return string.Create(CultureInfo.InvariantCulture, $"answered {status}");
        var text = Query().Replace(Address().Replace(outcome.Reason ?? "no reason given", "$1$2"), "?...");
        foreach (var (_, value) in settings.Headers)
        {
            // A scheme such as Bearer is no secret; what stands behind it is.
            foreach (var part in value.Split(' ').Append(value).Where(part => part.Length >= ShortestSecret).OrderByDescending(part => part.Length)) text = text.Replace(part, "...", StringComparison.Ordinal);
        }

        return SafeText.OneLine(text, Longest);
    }

    [GeneratedRegex(@"([A-Za-z][A-Za-z0-9+.-]*://)(?:[^\s/?#""'<>@]*@)?([^\s/?#""'<>]*)[^\s""'<>)]*", RegexOptions.NonBacktracking)]
    private static partial Regex Address();

    [GeneratedRegex(@"\?[^\s""'<>)]+=[^\s""'<>)]*", RegexOptions.NonBacktracking)]
    private static partial Regex Query();
}
