using System.Net;
using System.Net.Sockets;

namespace Sluice.Delivery;

/// <summary>Which addresses are this machine's own, public ones too.</summary>
internal static class OwnAddress
{
    /// <summary>Asks the system from which address it would speak to this one: to its own it speaks from itself. Nothing is sent.</summary>
    public static bool Is(IPAddress address)
    {
        try
        {
            using var socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            socket.Connect(address, port: 443);
            return socket.LocalEndPoint is IPEndPoint local && local.Address.Equals(address);
        }
        catch (SocketException)
        {
            // No way leads there, and so none to this machine; who connects is told.
            return false;
        }
    }
}
