using System.Net;
using System.Net.Sockets;
using Sluice.Ingestion;

namespace Sluice.Delivery;

/// <summary>
/// Which addresses lie in the public internet: not this machine, not the network it stands in, not the platform under it. Ranges are those of
/// IANA's registries of special-purpose addresses (iana.org, IPv4 and IPv6, read 2026-11-22), and the platform address of Azure
/// (learn.microsoft.com, What is IP address 168.63.129.16, read 2026-11-22). Addresses that carry an IPv4 address inside are refused as a
/// whole, whatever they carry: no public host needs them.
/// </summary>
public static class PublicAddresses
{
    private static readonly (AddressRange Range, string What)[] Special =
    [
        (Range("0.0.0.0/8"), "this network"),
        (Range("10.0.0.0/8"), "private"),
        (Range("100.64.0.0/10"), "shared by a provider's customers"),
        (Range("127.0.0.0/8"), "this machine"),
        (Range("168.63.129.16"), "the platform of Azure"),
        (Range("169.254.0.0/16"), "link-local, where clouds keep their metadata"),
        (Range("172.16.0.0/12"), "private"),
        (Range("192.0.0.0/24"), "for protocols"),
        (Range("192.0.2.0/24"), "for documentation"),
        (Range("192.31.196.0/24"), "for name servers"),
        (Range("192.52.193.0/24"), "for relays"),
        (Range("192.88.99.0/24"), "for relays"),
        (Range("192.168.0.0/16"), "private"),
        (Range("192.175.48.0/24"), "for name servers"),
        (Range("198.18.0.0/15"), "for benchmarks"),
        (Range("198.51.100.0/24"), "for documentation"),
        (Range("203.0.113.0/24"), "for documentation"),
        (Range("224.0.0.0/4"), "multicast"),
        (Range("240.0.0.0/4"), "reserved"),
        (Range("2001::/23"), "for protocols, Teredo among them"),
        (Range("2001:db8::/32"), "for documentation"),
        (Range("2002::/16"), "6to4, which carries another address"),
        (Range("2620:4f:8000::/48"), "for name servers"),
        (Range("3fff::/20"), "for documentation"),
    ];

    // What is not of these is no host of the internet: unspecified, mapped, NAT64, unique local, link-local, site-local, multicast.
    private static readonly AddressRange Unicast = Range("2000::/3");

    /// <summary>Null for a public address; otherwise what it is, in a few words.</summary>
    public static string? WhyNot(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) return "an IPv4 address in the clothes of IPv6";
        if (address.AddressFamily == AddressFamily.InterNetworkV6 && !Unicast.Contains(address)) return address.Equals(IPAddress.IPv6Loopback) ? "this machine" : "not of the public internet";
        foreach (var (range, what) in Special)
        {
            if (range.Contains(address)) return what;
        }

        return null;
    }

    private static AddressRange Range(string text) => AddressRange.Parse(text, out var error) ?? throw new FormatException(error);
}
