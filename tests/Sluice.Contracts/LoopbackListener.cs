using System.Net;
using System.Net.Sockets;

namespace Sluice.Contracts;

/// <summary>A port of this machine at which each connection is served by itself until the other side has enough or the test is over.</summary>
public sealed class LoopbackListener : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly List<Task> connections = [];
    private readonly Func<TcpClient, CancellationToken, Task> serve;
    private readonly Task accepting;
    private int accepted;
    private int open;

    public LoopbackListener(Func<TcpClient, CancellationToken, Task> serve)
    {
        this.serve = serve;
        listener.Start();
        accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>Connections that were made.</summary>
    public int Accepted => Volatile.Read(ref accepted);

    /// <summary>Those among them that the other side has not closed.</summary>
    public int Open => Volatile.Read(ref open);

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Stop();
        await accepting.InTimeAsync();
        await Task.WhenAll(connections).InTimeAsync("every conversation ends with the test");
        stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) connections.Add(ServeAsync(await listener.AcceptTcpClientAsync(stop.Token)));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or InvalidOperationException)
        {
            // The end of the test.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        Interlocked.Increment(ref accepted);
        Interlocked.Increment(ref open);
        using (client)
        {
            try
            {
                await serve(client, stop.Token);
            }
            catch (Exception e) when (e is OperationCanceledException or IOException or SocketException or ObjectDisposedException)
            {
                // The other side had enough, or the test is over.
            }
            finally
            {
                Interlocked.Decrement(ref open);
            }
        }
    }
}
