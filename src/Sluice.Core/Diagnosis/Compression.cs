using System.IO.Compression;

namespace Sluice.Diagnosis;

/// <summary>The body was decompressed on its way, or not yet: the sender signed the other.</summary>
internal sealed class Compression(Work work)
{
    // What a body of ours may grow to; a bomb ends here.
    private const int Longest = Configuration.SourceSettings.LargestMaxBodyBytes;

    // Only to look whether the sender's own compressor happens to be this one.
    private const int LongestToCompress = 1024 * 1024;

    private static readonly (string Name, Func<Stream, Stream> Open)[] Formats =
    [
        ("gzip", stream => new GZipStream(stream, CompressionMode.Decompress)),
        ("deflate", stream => new ZLibStream(stream, CompressionMode.Decompress)),
        ("deflate", stream => new DeflateStream(stream, CompressionMode.Decompress)),
        ("brotli", stream => new BrotliStream(stream, CompressionMode.Decompress)),
    ];

    public IEnumerable<(byte[] Body, Cause Cause)> Undo(Trial trial, ReadOnlyMemory<byte> body)
    {
        var encoding = trial.Envelope.Headers.First("Content-Encoding") ?? "";
        foreach (var (name, open) in Formats)
        {
            if (!MayBe(name, body.Span, encoding) || !work.Decompress(body.Length) || Read(body, open) is not { } plain) continue;
            yield return (plain, new(CauseKind.BodyCompressed, $"the body arrived compressed ({name}), and the sender signed the plain one", "decompress the body in front of Sluice, or have the sender send it plain"));
        }

        if (encoding.Contains("gzip", StringComparison.OrdinalIgnoreCase) && body.Length <= LongestToCompress && !body.Span.StartsWith((byte[])[0x1f, 0x8b]))
        {
            foreach (var level in new[] { CompressionLevel.Optimal, CompressionLevel.Fastest, CompressionLevel.SmallestSize })
            {
                if (!work.Compress(body.Length)) yield break;
                yield return (Compressed(body, level), new(CauseKind.BodyCompressed, "the body was decompressed on its way, and the sender signed the compressed one", "hand the body on compressed as it came, to something that checks it so, or have the sender send it plain"));
            }
        }
    }

    // Text is none of these; brotli alone cannot be told by its beginning.
    private static bool MayBe(string name, ReadOnlySpan<byte> body, string encoding) => body.Length >= 2 && (name switch
    {
        "gzip" => body[0] == 0x1f && body[1] == 0x8b,
        _ => body.IndexOfAnyInRange((byte)0x80, (byte)0xff) >= 0 && (name != "brotli" || encoding.Contains("br", StringComparison.OrdinalIgnoreCase) || body[0] is not ((byte)'{' or (byte)'[')),
    });

    private byte[]? Read(ReadOnlyMemory<byte> body, Func<Stream, Stream> open)
    {
        try
        {
            using var stream = open(new MemoryStream(body.ToArray(), writable: false));
            using var plain = new MemoryStream();
            var buffer = new byte[16 * 1024];
            for (int read; (read = stream.Read(buffer)) > 0;)
            {
                plain.Write(buffer, 0, read);
                if (plain.Length > Longest || !work.Rewrite(read)) return null;
            }

            return plain.Length > 0 ? plain.ToArray() : null;
        }
        catch (Exception e) when (e is InvalidDataException or IOException or InvalidOperationException)
        {
            return null;
        }
    }

    private static byte[] Compressed(ReadOnlyMemory<byte> body, CompressionLevel level)
    {
        using var compressed = new MemoryStream();
        using (var stream = new GZipStream(compressed, level, leaveOpen: true)) stream.Write(body.Span);
        return compressed.ToArray();
    }
}
