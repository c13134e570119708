using System.Globalization;
using System.Text.RegularExpressions;
using Sluice.Configuration;
using Sluice.Delivery;
using Sluice.Events;

namespace Sluice.Destinations;

/// <summary>
/// What an attempt met, fit to be sent elsewhere. An answer's own text stays behind, as it may repeat what was sent; of addresses only scheme
/// and host are left, and credentials are struck out.
/// </summary>
internal static partial class ShownError
{
    private const int Longest = 200;

    public static string Of(Outcome outcome, DestinationSettings settings)
    {
        if (outcome.StatusCode is { } status) return string.Create(CultureInfo.InvariantCulture, $"answered {status}");
        var text = Query().Replace(Address().Replace(outcome.Reason ?? "no reason given", "$1$2"), "?...");
        return SafeText.OneLine(Credentials.StrikeOut(text, settings), Longest);
    }

    [GeneratedRegex(@"([A-Za-z][A-Za-z0-9+.-]*://)(?:[^\s/?#""'<>@]*@)?([^\s/?#""'<>]*)[^\s""'<>)]*", RegexOptions.NonBacktracking)]
    private static partial Regex Address();

    [GeneratedRegex(@"\?[^\s""'<>)]+=[^\s""'<>)]*", RegexOptions.NonBacktracking)]
    private static partial Regex Query();
}
