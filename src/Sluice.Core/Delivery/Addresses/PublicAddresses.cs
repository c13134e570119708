using System.Net;
using System.Net.Sockets;
using Sluice.Ingestion;

namespace Sluice.Delivery;

/// <summary>What an address is for somebody who may not be the operator.</summary>
public enum AddressKind
{
    /// <summary>In the public internet.</summary>
    Public = 0,

    /// <summary>This machine, or a private network. Only where the operator has allowed it.</summary>
    Private,

    /// <summary>What no destination of such a person is: a cloud's metadata, link-local, multicast, reserved, or in disguise.</summary>
    Never,
}

/// <summary>
/// Which addresses lie in the public internet: not this machine, not the network it stands in, not the platform under it. Ranges are those of
/// IANA's registries of special-purpose addresses (iana.org, IPv4 and IPv6, read 2026-11-22), and the platform address of Azure
/// (learn.microsoft.com, What is IP address 168.63.129.16, read 2026-11-22). Addresses that carry an IPv4 address inside are refused as a
/// whole, whatever they carry: no public host needs them. Private is what RFC 1918 and RFC 4193 say and the loopback, less where clouds keep
/// their metadata there; not 100.64.0.0/10, which belongs to the provider, and where Alibaba keeps its own.
/// </summary>
public static class PublicAddresses
{
    private const string Metadata = "where a cloud keeps its metadata";

    // The first that fits counts.
    private static readonly (AddressRange Range, AddressKind Kind, string What)[] Special =
    [
        Never("0.0.0.0/8", "this network"),
        Private("10.0.0.0/8", "private"),
        Never("100.64.0.0/10", "shared by a provider's customers"),
        Private("127.0.0.0/8", "this machine"),
        Never("168.63.129.16", "the platform of Azure"),
        Never("169.254.0.0/16", "link-local, where clouds keep their metadata"),
        Private("172.16.0.0/12", "private"),
        Never("192.0.0.0/24", "for protocols"),
        Never("192.0.2.0/24", "for documentation"),
        Never("192.31.196.0/24", "for name servers"),
        Never("192.52.193.0/24", "for relays"),
        Never("192.88.99.0/24", "for relays"),
        Private("192.168.0.0/16", "private"),
        Never("192.175.48.0/24", "for name servers"),
        Never("198.18.0.0/15", "for benchmarks"),
        Never("198.51.100.0/24", "for documentation"),
        Never("203.0.113.0/24", "for documentation"),
        Never("224.0.0.0/4", "multicast"),
        Never("240.0.0.0/4", "reserved"),
        Private("::1", "this machine"),
        Never("2001::/23", "for protocols, Teredo among them"),
        Never("2001:db8::/32", "for documentation"),
        Never("2002::/16", "6to4, which carries another address"),
        Never("2620:4f:8000::/48", "for name servers"),
        Never("3fff::/20", "for documentation"),
        // Amazon, Google, Oracle, Scaleway, Linode, Alibaba: private by their range.
        Never("fd00:ec2::/32", Metadata),
        Never("fd20:ce::254", Metadata),
        Never("fd00:c1::a9fe:a9fe", Metadata),
        Never("fd00:42::42", Metadata),
        Never("fd00:a9fe:a9fe::1", Metadata),
        Never("fd00:100::100:200", Metadata),
        Private("fc00::/7", "private"),
    ];

    // What is not of these is no host of the internet: unspecified, mapped, NAT64, link-local, site-local, multicast.
    private static readonly AddressRange Unicast = Range("2000::/3");

    /// <summary>What kind it is of and, where it is not public, what that is in a few words.</summary>
    public static (AddressKind Kind, string? What) Look(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) return (AddressKind.Never, "an IPv4 address in the clothes of IPv6");
        foreach (var (range, kind, what) in Special)
        {
            if (range.Contains(address)) return (kind, what);
        }

        return address.AddressFamily == AddressFamily.InterNetworkV6 && !Unicast.Contains(address) ? (AddressKind.Never, "not of the public internet") : (AddressKind.Public, null);
    }

    private static (AddressRange, AddressKind, string) Never(string range, string what) => (Range(range), AddressKind.Never, what);

    private static (AddressRange, AddressKind, string) Private(string range, string what) => (Range(range), AddressKind.Private, what);

    private static AddressRange Range(string text) => AddressRange.Parse(text, out var error) ?? throw new FormatException(error);
}
