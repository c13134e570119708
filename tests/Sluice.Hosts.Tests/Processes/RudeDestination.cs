using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using Sluice.Contracts;

namespace Sluice.Hosts.Tests.Processes;

/// <summary>A destination on this machine that behaves as badly as the path it is asked by says, and counts what that costs.</summary>
internal sealed class RudeDestination : IAsyncDisposable
{
    private readonly LoopbackListener listener;
    private readonly ConcurrentDictionary<string, long> sent = new();

    public RudeDestination() => listener = new(ServeAsync);

    /// <summary>What it can do, by the path that asks for it.</summary>
    public static IReadOnlyDictionary<string, Func<Conversation, Task>> Manners { get; } = new Dictionary<string, Func<Conversation, Task>>
    {
        ["hangs"] = static _ => Task.CompletedTask,
        ["hangs_after_the_head"] = static it => it.SayAsync("HTTP/1.1 500 Error\r\nContent-Length: 1000\r\n\r\n"),
        ["drips_its_head"] = static it => it.DripAsync("HTTP/1.1 200 OK\r\nX-Padding: "),
        ["drips_its_body"] = static it => it.DripAsync("HTTP/1.1 500 Error\r\nContent-Length: 1000000\r\n\r\n"),
        ["says_continue_and_no_more"] = static it => it.SayAsync("HTTP/1.1 100 Continue\r\n\r\n"),
        ["says_continue_for_ever"] = static it => it.RepeatAsync("HTTP/1.1 100 Continue\r\n\r\n", TimeSpan.FromSeconds(1)),
        ["resets"] = static it => it.ResetAsync(""),
        ["closes_in_its_head"] = static it => it.CloseAsync("HTTP/1.1 200 OK\r\nContent-Len"),
        ["resets_in_its_head"] = static it => it.ResetAsync("HTTP/1.1 200 OK\r\nContent-Len"),
        ["sends_a_gigabyte"] = static it => it.FloodAsync("HTTP/1.1 500 Error\r\nContent-Length: 1073741824\r\n\r\n"),
        ["sends_a_gigabyte_of_success"] = static it => it.FloodAsync("HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n"),
    };

    public string Url => $"http://127.0.0.1:{listener.Port}";

    /// <summary>Connections that the other side has not closed.</summary>
    public int Open => listener.Open;

    /// <summary>How many bytes could be sent of an answer.</summary>
    public long Sent(string manner) => sent.GetValueOrDefault(manner);

    public ValueTask DisposeAsync() => listener.DisposeAsync();

    private async Task ServeAsync(TcpClient client, CancellationToken stop)
    {
        var conversation = new Conversation(client, stop);
        if (await conversation.HearAsync() is not { } manner) return;
        try
        {
            await Manners[manner](conversation);
            await conversation.UntilClosedAsync();
        }
        finally
        {
            sent[manner] = conversation.Sent;
        }
    }

    /// <summary>One request and what it gets.</summary>
    internal sealed class Conversation(TcpClient client, CancellationToken stop)
    {
        private readonly NetworkStream stream = client.GetStream();
        private readonly byte[] buffer = new byte[64 * 1024];

        public long Sent { get; private set; }

        /// <summary>The path of the request, which fits one read; null when none came.</summary>
        public async Task<string?> HearAsync()
        {
            var read = await stream.ReadAsync(buffer, stop);
            return read == 0 ? null : Encoding.ASCII.GetString(buffer, 0, read).Split(' ', 3)[1][1..];
        }

        public Task SayAsync(string text) => SayAsync(Encoding.ASCII.GetBytes(text));

        public async Task RepeatAsync(string text, TimeSpan pause)
        {
            for (; ; await Task.Delay(pause, stop)) await SayAsync(text);
        }

        /// <summary>A byte a second.</summary>
        public async Task DripAsync(string start)
        {
            await SayAsync(start);
            await RepeatAsync("x", TimeSpan.FromSeconds(1));
        }

        public async Task FloodAsync(string head)
        {
            await SayAsync(head);
            while (Sent < 1L << 30) await SayAsync(buffer);
        }

        public async Task CloseAsync(string start)
        {
            await SayAsync(start);
            client.Close();
        }

        public async Task ResetAsync(string start)
        {
            await SayAsync(start);
            client.LingerState = new LingerOption(true, 0);
            client.Close();
        }

        public async Task UntilClosedAsync()
        {
            while (await stream.ReadAsync(buffer, stop) > 0)
            {
            }
        }

        private async Task SayAsync(byte[] bytes)
        {
            await stream.WriteAsync(bytes, stop);
            Sent += bytes.Length;
        }
    }
}
