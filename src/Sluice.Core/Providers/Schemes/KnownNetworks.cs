using System.Buffers.Binary;
using System.Net;

namespace Sluice.Providers;

/// <summary>
/// The networks that genuine requests came from: what strangers use up is not theirs. Neighbours count as one, /24 of IPv4 and /64 of IPv6, since
/// senders send from several. At most 64 are known, and the one known longest goes first.
/// </summary>
internal sealed class KnownNetworks
{
    private const int Most = 64;

    private readonly Lock gate = new();
    private readonly HashSet<UInt128> known = [];
    private readonly Queue<UInt128> order = [];

    public bool Contains(IPAddress? address)
    {
        if (address is null) return false;
        lock (gate) return known.Contains(Of(address));
    }

    /// <summary>A request from there was genuine.</summary>
    public void Add(IPAddress? address)
    {
        if (address is null) return;
        lock (gate)
        {
            if (!known.Add(Of(address))) return;
            order.Enqueue(Of(address));
            if (order.Count > Most) known.Remove(order.Dequeue());
        }
    }

    /// <summary>The network of an address, as a number; an address that is not known is a network too.</summary>
    public static UInt128 Of(IPAddress? address)
    {
        Span<byte> bytes = stackalloc byte[16];
        if (address is null || !address.TryWriteBytes(bytes, out var length)) return 0;
        // Never one of IPv6, whose lower half is empty.
        return length == 4 ? (BinaryPrimitives.ReadUInt32BigEndian(bytes) >> 8) + 1 : BinaryPrimitives.ReadUInt128BigEndian(bytes) >> 64 << 64;
    }
}
