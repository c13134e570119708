using System.Diagnostics;
using System.Net.Sockets;
using Sluice.Bench.Servers;

namespace Sluice.Bench.Load;

/// <summary>A closed loop over some connections: each sends its next request when the answer to its last is there.</summary>
/// <remarks>
/// One thread and select. It shares the cores with the server, so the leanest client shows most of the server: on two cores, against the echo,
/// one thread per connection reached about 200 k/s, async loops 185 k/s, this 250 k/s, and poll(2), send and recv called directly 255 k/s.
/// </remarks>
public sealed class LoadClient : IDisposable
{
    private const int PatienceInMicroseconds = 30_000_000;

    private readonly ServerProcess _server;
    private readonly List<LoadConnection> _connections;
    private readonly List<LoadConnection> _ready;

    public LoadClient(ServerProcess server, int connections)
    {
        _server = server;
        _connections = new(connections);
        _ready = new(connections);
        while (_connections.Count < connections) _connections.Add(new LoadConnection(server.Port));
    }

    /// <summary>Sends all of them and returns when all are answered. Fails unless every single one was accepted.</summary>
    public void Run(SignedRequests requests, LoadRecord record)
    {
        var latencies = record.NextTurn(requests.Count);
        int sent = 0, answered = 0, refused = 0;
        string? refusal = null;
        try
        {
            var start = Stopwatch.GetTimestamp();
            while (sent < Math.Min(_connections.Count, requests.Count)) _connections[sent].Ask(requests[sent++]);
            while (answered < requests.Count)
            {
                // Select takes out of the list what is not ready, so it is filled anew each time.
                _ready.Clear();
                _ready.AddRange(_connections);
                Socket.Select(_ready, null, null, PatienceInMicroseconds);
                if (_ready.Count == 0) throw _server.Failure($"left {sent - answered} requests without an answer for {PatienceInMicroseconds / 1_000_000} s");

                foreach (var connection in _ready)
                {
                    if (!connection.Hear(out var answer, out var ticks)) continue;

                    latencies[answered++] = ticks;
                    if (!Answer.IsAccepted(answer))
                    {
                        refused++;
                        refusal ??= Answer.Quote(answer);
                    }

                    if (sent < requests.Count) connection.Ask(requests[sent++]);
                }
            }

            record.EndTurn(Stopwatch.GetElapsedTime(start));
        }
        catch (SocketException failure)
        {
            // A server that refuses may close the connection as well: then the refusal is the news.
            throw refusal is null ? _server.BrokenConnection(failure.Message) : Refused();
        }

        if (refused > 0) throw Refused();

        BenchException Refused() => _server.Failure($"refused {refused} of {requests.Count} requests, the first with {refusal}");
    }

    public void Dispose()
    {
        foreach (var connection in _connections) connection.Dispose();
    }
}
