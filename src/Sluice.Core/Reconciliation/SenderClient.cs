namespace Sluice.Reconciliation;

/// <summary>The one HTTP client for the senders' APIs: no redirects, no cookies, bounded headers, connections that are renewed.</summary>
public sealed class SenderClient : IDisposable
{
    private readonly HttpMessageInvoker client = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        ConnectTimeout = TimeSpan.FromSeconds(10),
        MaxConnectionsPerServer = 4,
        MaxResponseHeadersLength = 64,
        AutomaticDecompression = System.Net.DecompressionMethods.None,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    });

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => client.SendAsync(request, cancellationToken);

    public void Dispose() => client.Dispose();
}
