using System.Diagnostics;
using System.Net.Sockets;
using Sluice.Bench.Servers;

namespace Sluice.Bench.Load;

/// <summary>Knocks until a server that is starting accepts a request.</summary>
public static class FirstAnswer
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    /// <returns>The time since the exec.</returns>
    public static TimeSpan Await(ServerProcess server, ReadOnlySpan<byte> request)
    {
        while (true)
        {
            if (Knock(server, request)) return Stopwatch.GetElapsedTime(server.StartedAt);

            server.ThrowIfGone();
            if (Stopwatch.GetElapsedTime(server.StartedAt) > _patience) throw server.Failure($"did not accept a request within {_patience.TotalSeconds:0} s");

            // Short against a start of hundreds of milliseconds, long enough to leave the core to the server.
            Thread.Sleep(1);
        }
    }

    private static bool Knock(ServerProcess server, ReadOnlySpan<byte> request)
    {
        try
        {
            using var connection = new LoadConnection(server.Port);
            connection.Ask(request);
            ReadOnlySpan<byte> answer;
            while (!connection.Hear(out answer, out _))
            {
            }

            // Anything else will not get better by asking again.
            return Answer.IsAccepted(answer) || (Answer.IsLater(answer) ? false : throw server.Failure($"answered {Answer.Quote(answer)}"));
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
