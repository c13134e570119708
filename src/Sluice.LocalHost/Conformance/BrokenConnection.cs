using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Sluice.Providers;

namespace Sluice.LocalHost.Conformance;

/// <summary>A connection that carries one whole request and is gone before an answer can come. No HTTP client does that.</summary>
internal static class BrokenConnection
{
    public static async Task SendAsync(SentRequest request, bool hard, CancellationToken cancellationToken)
    {
        using var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(request.Url.IdnHost, request.Url.Port, cancellationToken);
        if (hard) client.LingerState = new LingerOption(true, 0);
        var stream = client.GetStream();
        if (request.Url.Scheme == Uri.UriSchemeHttps)
        {
            using var secure = new SslStream(stream);
            await secure.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = request.Url.IdnHost }, cancellationToken);
            await WriteAsync(secure, request, cancellationToken);
        }
        else
        {
            await WriteAsync(stream, request, cancellationToken);
        }
    }

    private static async Task WriteAsync(Stream stream, SentRequest request, CancellationToken cancellationToken)
    {
        var head = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"{request.Method} {request.Url.PathAndQuery} HTTP/1.1\r\nHost: {request.Url.Authority}\r\n"));
        foreach (var (name, value) in request.Headers) head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        head.Append(CultureInfo.InvariantCulture, $"Content-Type: {request.ContentType}\r\nContent-Length: {request.Body.Length}\r\n\r\n");
        // In one piece, so that nobody has seen half of it when the line goes dead.
        byte[] bytes = [.. Encoding.ASCII.GetBytes(head.ToString()), .. request.Body.Span];
        await stream.WriteAsync(bytes, cancellationToken);
        await stream.FlushAsync(cancellationToken);
    }
}
