using System.Globalization;
using System.Net;
using Sluice.Configuration;

namespace Sluice.Delivery;

/// <summary>
/// Where a destination may lead. One of the configuration is the operator's own and may be anywhere unless it is <c>Strict</c>; one that was
/// registered is in the public internet, over https, or with <c>AllowPrivate</c> over http, on this machine and in private networks too.
/// </summary>
internal static class AddressRules
{
    /// <summary>What its addresses may be at most; null where nobody looks.</summary>
    public static AddressKind? WidestOf(DestinationSettings destination) =>
        destination.IsRegistered ? (destination.AllowPrivate ? AddressKind.Private : AddressKind.Public)
        : destination.Strict ? AddressKind.Public
        : null;

    /// <summary>What can be said before anything is dialled, each in one line with the fix.</summary>
    public static IEnumerable<string> Faults(DestinationSettings destination, Uri url)
    {
        if (WidestOf(destination) is not { } widest) yield break;
        var who = destination.IsRegistered ? "has a Url that" : "is Strict and its Url";
        if (widest == AddressKind.Public && url.Scheme != Uri.UriSchemeHttps)
            yield return $"{who} is not https; write https, or {(destination.IsRegistered ? "register it with --allow-private" : "remove Strict for a destination of your own")}";
        else if (!Allows(widest, url.Port))
            yield return $"{who} names port {url.Port.ToString(CultureInfo.InvariantCulture)}; {PortRule(destination, widest)}";

        if (!IPAddress.TryParse(url.DnsSafeHost, out var address)) yield break;
        var (kind, what) = PublicAddresses.Look(address);
        if (kind > widest) yield return $"{who} leads to {address}, which is {what}; name a host in the public internet{(destination.IsRegistered && kind == AddressKind.Private ? ", or register it with --allow-private" : "")}";
    }

    /// <summary>Why nothing was dialled, in one line with the fix.</summary>
    public static string Refusal(DestinationSettings destination, AddressRefusedException refused) => $"{refused.Message}; " + destination switch
    {
        { IsRegistered: false } => "a strict destination has to be in the public internet",
        { AllowPrivate: false } when refused.Kind == AddressKind.Private => "a registered destination has to be in the public internet, unless it is registered with --allow-private",
        _ => "no registered destination may lead there",
    };

    // No port that speaks anything but HTTP as a rule.
    private static bool Allows(AddressKind widest, int port) => widest == AddressKind.Public ? port is 443 or 8443 : port is 80 or 443 or >= 1024;

    private static string PortRule(DestinationSettings destination, AddressKind widest) =>
        !destination.IsRegistered ? "strict destinations listen on 443 or 8443"
        : widest == AddressKind.Public ? "registered destinations listen on 443 or 8443, unless they are registered with --allow-private"
        : "registered destinations listen on 80, 443 or a port from 1024";
}
