using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Sluice.Ingestion;

/// <summary>Addresses that share their first bits, such as <c>203.0.113.0/24</c> or <c>2001:db8::/32</c>; one address is a range too.</summary>
public sealed class AddressRange
{
    private readonly byte[] first;
    private readonly int bits;

    private AddressRange(byte[] first, int bits) => (this.first, this.bits) = (first, bits);

    /// <summary>Reads a range; <paramref name="error"/> says in one line what is wrong with it.</summary>
    public static AddressRange? Parse(string text, out string? error)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var bits = 0;
        error = $"'{text}' is no address; write one such as 203.0.113.7 or 2001:db8::1, or a range such as 203.0.113.0/24";
        if (slash >= 0 && !int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out bits)) return null;
        if (!TryRead(slash < 0 ? text : text.AsSpan(0, slash), out var given)) return null;

        // An IPv4 address in the clothes of IPv6 is the IPv4 address, here as in what is compared.
        var address = Normal(given);
        var longest = address.GetAddressBytes().Length * 8;
        if (slash < 0) bits = longest;
        else if (given.IsIPv4MappedToIPv6) bits -= 96;
        if (bits < 0 || bits > longest) return null;

        var bytes = address.GetAddressBytes();
        var masked = Masked(bytes, bits);
        if (!masked.AsSpan().SequenceEqual(bytes))
        {
            error = $"'{text}' does not begin a range of that size; write {new IPAddress(masked)}/{bits}";
            return null;
        }

        error = null;
        return new(masked, bits);
    }

    public bool Contains(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        Normal(address).TryWriteBytes(bytes, out var length);
        if (length != first.Length) return false;
        var whole = bits / 8;
        if (!bytes[..whole].SequenceEqual(first.AsSpan(0, whole))) return false;
        return bits % 8 == 0 || (bytes[whole] ^ first[whole]) >> (8 - (bits % 8)) == 0;
    }

    /// <summary>IPv4 in its own form, IPv6 without the name of an interface.</summary>
    public static IPAddress Normal(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4()
        : address.AddressFamily == AddressFamily.InterNetworkV6 && address.ScopeId != 0 ? new IPAddress(address.GetAddressBytes())
        : address;

    /// <summary>Reads one address in its usual spelling: none of the short, octal or hexadecimal forms of IPv4.</summary>
    public static bool TryRead(ReadOnlySpan<char> text, out IPAddress address)
    {
        address = IPAddress.None;
        if (text.Length is 0 or > 45 || text.ContainsAny('%', '[', ' ') || !IPAddress.TryParse(text, out var read)) return false;
        if (read.AddressFamily == AddressFamily.InterNetwork && !text.SequenceEqual(read.ToString())) return false;
        address = read;
        return true;
    }

    private static byte[] Masked(byte[] bytes, int bits)
    {
        var masked = new byte[bytes.Length];
        for (var i = 0; i < bytes.Length; i++)
        {
            var kept = Math.Clamp(bits - (i * 8), 0, 8);
            masked[i] = (byte)(bytes[i] & (0xff << (8 - kept)));
        }

        return masked;
    }
}
