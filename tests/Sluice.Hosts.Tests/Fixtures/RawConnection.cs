using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Sluice.Hosts.Tests.Fixtures;

/// <summary>A bare socket to the host, for what no HTTP client would send.</summary>
internal sealed class RawConnection : IDisposable
{
    // The server gives up on a slow sender after some five seconds of its own, real time.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly TcpClient client;
    private readonly NetworkStream stream;

    private RawConnection(TcpClient client) => (this.client, stream) = (client, client.GetStream());

    public static async Task<RawConnection> OpenAsync(RunningSluice sluice)
    {
        var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(IPAddress.Loopback, sluice.Http.BaseAddress!.Port, TestContext.Current.CancellationToken);
        return new RawConnection(client);
    }

    public Task SendAsync(string text) => SendAsync(Encoding.Latin1.GetBytes(text));

    public async Task SendAsync(ReadOnlyMemory<byte> bytes) => await stream.WriteAsync(bytes, TestContext.Current.CancellationToken);

    /// <summary>Says that nothing more comes, and still listens.</summary>
    public void EndSending() => client.Client.Shutdown(SocketShutdown.Send);

    /// <summary>Hangs up the hard way.</summary>
    public void Reset()
    {
        client.LingerState = new LingerOption(true, 0);
        client.Close();
    }

    /// <summary>Reads one answer; null when the host hung up without one.</summary>
    public async Task<RawAnswer?> ReadAsync()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Patience);
        var text = new StringBuilder();
        var buffer = new byte[4096];
        try
        {
            while (!IsWhole(text.ToString()))
            {
                var read = await stream.ReadAsync(buffer, limit.Token);
                if (read == 0) break;
                text.Append(Encoding.Latin1.GetString(buffer, 0, read));
            }
        }
        catch (IOException)
        {
            // Reset by the host: what was read before counts.
        }

        return text.Length == 0 ? null : new RawAnswer(int.Parse(text.ToString().Split(' ')[1], CultureInfo.InvariantCulture), text.ToString());
    }

    public async Task<RawAnswer> AskAsync(string request)
    {
        await SendAsync(request);
        var answer = await ReadAsync();
        Assert.NotNull(answer);
        return answer;
    }

    public void Dispose() => client.Dispose();

    private static bool IsWhole(string text)
    {
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (end < 0) return false;
        if (text.Contains("\r\nTransfer-Encoding: chunked\r\n", StringComparison.OrdinalIgnoreCase)) return text.EndsWith("\r\n0\r\n\r\n", StringComparison.Ordinal);
        const string length = "Content-Length: ";
        var at = text.IndexOf(length, 0, end, StringComparison.OrdinalIgnoreCase);
        return at >= 0 && text.Length - end - 4 >= int.Parse(text.AsSpan(at + length.Length, text.IndexOf("\r\n", at, StringComparison.Ordinal) - at - length.Length), CultureInfo.InvariantCulture);
    }
}

/// <summary>An answer as it came over the wire.</summary>
internal sealed record RawAnswer(int Status, string Text)
{
    public bool Has(string header) => Text.Split("\r\n\r\n")[0].Contains($"\r\n{header}:", StringComparison.OrdinalIgnoreCase);
}
