namespace Sluice.Providers;

/// <summary>
/// Fetches what senders publish their keys in. A request that nobody has verified may be the reason, so little is done for it:
/// https only, no redirect, no proxy, no cookie, at most 64 KiB, two seconds in all.
/// </summary>
public sealed class KeyClient(HttpMessageHandler handler, TimeSpan? timeout = null) : IDisposable
{
    private const int MostBytes = 64 * 1024;

    private readonly HttpClient client = new(handler, disposeHandler: false) { Timeout = timeout ?? TimeSpan.FromSeconds(2), MaxResponseContentBufferSize = MostBytes };

    /// <summary>One for the whole process: it holds connections and nothing else.</summary>
    public static KeyClient Shared { get; } = new(CreateHandler());

    public void Dispose() => client.Dispose();

    public static SocketsHttpHandler CreateHandler() => new()
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        ConnectTimeout = TimeSpan.FromSeconds(2),
        // What strangers make us ask for (AskBudget) must be through before what the sender's own request asks for has waited too long.
        MaxConnectionsPerServer = 8,
        MaxResponseHeadersLength = 16,
        PooledConnectionLifetime = TimeSpan.FromMinutes(2),
    };

    /// <summary>The answer's bytes; null when there is none, or no good one.</summary>
    public async Task<byte[]?> GetAsync(Uri url, CancellationToken cancellationToken)
    {
        if (url.Scheme != Uri.UriSchemeHttps) return null;
        try
        {
            using var response = await client.GetAsync(url, cancellationToken);
            return response.StatusCode == System.Net.HttpStatusCode.OK ? await response.Content.ReadAsByteArrayAsync(cancellationToken) : null;
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null;
        }
    }
}
