using System.Net;
using System.Net.Sockets;
using System.Text;
using Sluice.Contracts;

namespace Sluice.Core.Tests.Delivery;

/// <summary>A destination on loopback that speaks HTTP byte by byte, so that it can be as rude as it likes and sees exactly what was sent.</summary>
public sealed class LoopbackDestination : IAsyncDisposable
{
    private readonly LoopbackListener listener;
    private readonly Func<Connection, Task> answer;

    public LoopbackDestination(Func<Connection, Task> answer)
    {
        this.answer = answer;
        listener = new(ServeAsync);
    }

    public Uri Url => new($"http://127.0.0.1:{listener.Port}/hooks?x=1");

    /// <summary>Every request in the order it came: its head as text and its body.</summary>
    public List<(string Head, byte[] Body)> Requests { get; } = [];

    public int Connections => listener.Accepted;

    /// <summary>One that sends the same answer to every request.</summary>
    public static LoopbackDestination Answering(string status, string body = "", string headers = "") => new(connection =>
        connection.SendAsync($"HTTP/1.1 {status}\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n{headers}\r\n{body}"));

    /// <summary>An address where nobody listens.</summary>
    public static Uri Nobody()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/");
    }

    public ValueTask DisposeAsync() => listener.DisposeAsync();

    private async Task ServeAsync(TcpClient client, CancellationToken stop)
    {
        var connection = new Connection(client, stop);
        while (await connection.ReadRequestAsync() is { } request)
        {
            lock (Requests) Requests.Add(request);
            await answer(connection);
        }
    }

    /// <summary>One connection, seen from the destination.</summary>
    public sealed class Connection(TcpClient client, CancellationToken stop)
    {
        private readonly NetworkStream stream = client.GetStream();

        /// <summary>How many bytes could be sent.</summary>
        public long Sent { get; private set; }

        public Task SendAsync(string text) => SendAsync(Encoding.UTF8.GetBytes(text));

        public async Task SendAsync(ReadOnlyMemory<byte> bytes)
        {
            await stream.WriteAsync(bytes, stop);
            Sent += bytes.Length;
        }

        /// <summary>Until the test is over.</summary>
        public Task HangAsync() => Task.Delay(Timeout.Infinite, stop);

        /// <summary>Ends with a reset, not with a goodbye.</summary>
        public void Reset()
        {
            client.LingerState = new LingerOption(true, 0);
            client.Close();
        }

        internal async Task<(string Head, byte[] Body)?> ReadRequestAsync()
        {
            var received = new MemoryStream();
            var buffer = new byte[8192];
            var head = -1;
            while ((head = received.GetBuffer().AsSpan(0, (int)received.Length).IndexOf("\r\n\r\n"u8)) < 0)
            {
                var read = await stream.ReadAsync(buffer, stop);
                if (read == 0) return null;
                received.Write(buffer, 0, read);
            }

            var text = Encoding.Latin1.GetString(received.GetBuffer(), 0, head + 2);
            var length = text.Split("\r\n").Where(line => line.StartsWith("Content-Length: ", StringComparison.OrdinalIgnoreCase))
                .Select(line => int.Parse(line.AsSpan(16), System.Globalization.CultureInfo.InvariantCulture)).SingleOrDefault();
            var body = new byte[length];
            var early = received.GetBuffer().AsSpan(head + 4, (int)received.Length - head - 4);
            early.CopyTo(body);
            await stream.ReadExactlyAsync(body.AsMemory(early.Length), stop);
            return (text, body);
        }
    }
}
