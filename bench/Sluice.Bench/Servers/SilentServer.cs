using System.Net;
using System.Net.Sockets;

namespace Sluice.Bench.Servers;

/// <summary>Takes every connection and never says a word.</summary>
public sealed class SilentServer : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public SilentServer()
    {
        // The system completes connections by itself as long as they fit its queue: nobody has to accept them.
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(backlog: 1024);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    public void Dispose() => _listener.Dispose();
}
