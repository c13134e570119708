using System.Net.Http.Headers;
using Sluice.Bench.Servers;

namespace Sluice.Bench.Load;

/// <summary>What anyone would write to pass bodies on: one HttpClient and some loops, each of which posts the next body when it has the answer to its last.</summary>
public sealed class PostLoop(ServerProcess sink, int inFlight) : IDisposable
{
    private static readonly MediaTypeHeaderValue _json = new("application/json") { CharSet = "utf-8" };

    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false });
    private readonly Uri _url = new($"http://127.0.0.1:{sink.Port}/hook");

    /// <summary>Posts so many and returns when all are answered with success.</summary>
    public void Run(int count)
    {
        var left = count;
        Task.WhenAll(Enumerable.Range(0, inFlight).Select(_ => PostAsync())).GetAwaiter().GetResult();

        async Task PostAsync()
        {
            // Off the caller's thread from the first.
            await Task.Yield();
            while (Interlocked.Decrement(ref left) >= 0)
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, _url) { Content = new ByteArrayContent(StripeEvent.Template) { Headers = { ContentType = _json } } };
                using var answer = await _client.SendAsync(request);
                answer.EnsureSuccessStatusCode();
            }
        }
    }

    public void Dispose() => _client.Dispose();
}
