using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;
using Sluice.Bench.Servers;

namespace Sluice.Bench.Load;

/// <summary>How many deliveries a running sluice has written down as delivered, by its own sums, which cost the same whatever the backlog.</summary>
public sealed class DeliveredCount : IDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    private readonly ServerProcess _server;
    private readonly HttpClient _client;

    public DeliveredCount(ServerProcess server)
    {
        _server = server;
        _client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new Uri($"http://127.0.0.1:{server.Port}/"), Timeout = _patience };
        _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Programs.OpsToken);
    }

    public long Read()
    {
        try
        {
            using var answer = _client.Send(new HttpRequestMessage(HttpMethod.Get, "api/ops/stats"));
            using var json = JsonDocument.Parse(answer.EnsureSuccessStatusCode().Content.ReadAsStream());
            return json.RootElement.GetProperty("delivered").GetInt64();
        }
        catch (HttpRequestException failure) when (failure.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused })
        {
            // It does not listen yet.
            return 0;
        }
        catch (HttpRequestException failure)
        {
            throw _server.BrokenConnection(failure.Message);
        }
    }

    /// <summary>Waits until so many are delivered, and says how many there are then.</summary>
    public long Await(long count)
    {
        for (var started = Stopwatch.GetTimestamp(); ; Thread.Sleep(5))
        {
            var delivered = Read();
            if (delivered >= count) return delivered;
            _server.ThrowIfGone();
            if (Stopwatch.GetElapsedTime(started) > _patience) throw _server.Failure($"delivered {delivered} of {count} within {_patience.TotalSeconds:0} s");
        }
    }

    public void Dispose() => _client.Dispose();
}
