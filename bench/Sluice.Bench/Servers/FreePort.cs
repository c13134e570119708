using System.Net;
using System.Net.Sockets;

namespace Sluice.Bench.Servers;

/// <summary>A port for the next server.</summary>
public static class FreePort
{
    /// <remarks>
    /// Below the range that systems give to outgoing connections: a client that keeps knocking on a port from that range, before the server
    /// listens, is sooner or later given the same port for its own end, is connected to itself, and keeps the server from listening.
    /// </remarks>
    public static int Find()
    {
        for (var attempt = 0; attempt < 100; attempt++)
        {
            var port = Random.Shared.Next(15_000, 30_000);
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
                return port;
            }
            catch (SocketException)
            {
                // Taken: try another.
            }
        }

        throw new BenchException("no free port between 15000 and 30000");
    }
}
