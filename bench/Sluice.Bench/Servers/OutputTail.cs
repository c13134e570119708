using System.Text;

namespace Sluice.Bench.Servers;

/// <summary>Reads what a server writes, so that it never waits for a reader, and keeps only the end for an error message.</summary>
public sealed class OutputTail
{
    private const int Kept = 4096;

    private readonly Lock _gate = new();
    private readonly byte[] _tail = new byte[Kept];
    private readonly List<Thread> _readers = [];
    private long _written;

    public OutputTail(params ReadOnlySpan<Stream> streams)
    {
        foreach (var stream in streams)
        {
            var reader = new Thread(() => Drain(stream)) { IsBackground = true, Name = "server output" };
            _readers.Add(reader);
            reader.Start();
        }
    }

    /// <summary>For a process that has ended: what it wrote last may still be on its way.</summary>
    public void WaitForEnd()
    {
        foreach (var reader in _readers) reader.Join(TimeSpan.FromSeconds(1));
    }

    /// <summary>Empty, or the last lines on lines of their own.</summary>
    public string Quoted()
    {
        lock (_gate)
        {
            var count = (int)Math.Min(_written, Kept);
            var start = (int)((_written - count) % Kept);
            var text = Encoding.UTF8.GetString([.. _tail.AsSpan(start, Math.Min(count, Kept - start)), .. _tail.AsSpan(0, Math.Max(0, start + count - Kept))]);
            return string.IsNullOrWhiteSpace(text) ? "" : $"; its last words:\n{text.Trim()}";
        }
    }

    private void Drain(Stream stream)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            for (int read; (read = stream.Read(buffer)) > 0;)
                Keep(buffer.AsSpan(Math.Max(0, read - Kept)..read));
        }
        catch (Exception end) when (end is IOException or ObjectDisposedException)
        {
            // The process is gone and its pipe with it.
        }
    }

    private void Keep(ReadOnlySpan<byte> piece)
    {
        lock (_gate)
        {
            var position = (int)(_written % Kept);
            var first = Math.Min(piece.Length, Kept - position);
            piece[..first].CopyTo(_tail.AsSpan(position));
            piece[first..].CopyTo(_tail);
            _written += piece.Length;
        }
    }
}
