using Sluice.Configuration;

namespace Sluice.LocalHost.Captures;

/// <summary>Files of any size and kind, read as far as a captured request can go and no further.</summary>
internal static class CaptureFile
{
    /// <summary>A name that stands for standard input.</summary>
    public const string StandardInput = "-";

    /// <summary>What is read of a file with a whole request: the largest body there is, its head, and what chunks add to it.</summary>
    public const int LargestRequest = 2 * SourceSettings.LargestMaxBodyBytes;

    /// <exception cref="CaptureException">It cannot be read.</exception>
    public static Stream Open(string path)
    {
        if (path == StandardInput) return Console.OpenStandardInput();
        try
        {
            if (Directory.Exists(path)) throw new CaptureException("is a folder; name a file");
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CaptureException("does not exist; name the file that holds the request");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new CaptureException("cannot be read; name a file that this user may read");
        }
    }

    /// <summary>All of its bytes. The length that the file system tells is not relied on: pipes have none.</summary>
    /// <exception cref="CaptureException">It cannot be read, is larger than <paramref name="limit"/> bytes or is text of two bytes a character.</exception>
    public static byte[] Read(string path, int limit)
    {
        using var stream = Open(path);
        return Read(stream, limit);
    }

    public static byte[] Read(Stream stream, int limit)
    {
        try
        {
            var bytes = new byte[64 * 1024];
            for (var length = 0; ;)
            {
                var read = stream.ReadAtLeast(bytes.AsSpan(length), bytes.Length - length, throwOnEndOfStream: false);
                length += read;
                if (length > limit) throw new CaptureException($"is larger than {limit / 1024 / 1024} MiB; no captured request is");
                if (length < bytes.Length) return bytes[..length];
                Array.Resize(ref bytes, Math.Min(bytes.Length * 2, limit + 1));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CaptureException("cannot be read; name a file that this user may read");
        }
    }

    /// <summary>The same without the mark that some editors put before UTF-8.</summary>
    /// <exception cref="CaptureException">It is UTF-16, which the bytes of a request never survive.</exception>
    public static ReadOnlyMemory<byte> WithoutMark(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Span is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..]) throw new CaptureException("is UTF-16, as PowerShell's > writes it: the exact bytes are lost; capture it again into bytes");
        return bytes.Span is [0xEF, 0xBB, 0xBF, ..] ? bytes[3..] : bytes;
    }
}
