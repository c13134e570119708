using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Sluice.Bench.Load;

/// <summary>One keep-alive connection with at most one request under way. A socket itself, so that select hands back its state.</summary>
public sealed class LoadConnection : Socket
{
    private readonly byte[] _buffer = new byte[4096];
    private int _received;
    private long _sentAt;

    public LoadConnection(int port) : base(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
    {
        try
        {
            NoDelay = true;
            ReceiveTimeout = SendTimeout = 30_000;
            Connect(new IPEndPoint(IPAddress.Loopback, port));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public void Ask(ReadOnlySpan<byte> request)
    {
        _sentAt = Stopwatch.GetTimestamp();
        Send(request);
    }

    /// <summary>Takes what has arrived. True with the answer and how long it took, once it is whole.</summary>
    public bool Hear(out ReadOnlySpan<byte> answer, out long ticks)
    {
        var count = Receive(_buffer.AsSpan(_received));
        if (count == 0) throw new SocketException((int)SocketError.Disconnecting);

        _received += count;
        answer = default;
        ticks = 0;
        if (Answer.LengthIn(_buffer.AsSpan(0, _received)) is not { } length)
            return _received < _buffer.Length ? false : throw new BenchException($"an answer above {_buffer.Length} bytes");

        ticks = Stopwatch.GetTimestamp() - _sentAt;
        answer = _buffer.AsSpan(0, length);
        _received = 0;
        return true;
    }
}
