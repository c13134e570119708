using System.Globalization;

namespace Sluice.LocalHost.Captures;

/// <summary>A body in chunks (RFC 9112, 7.1), put together again.</summary>
internal static class ChunkedBody
{
    private const int LongestSize = 8;

    /// <summary>The body; null when it does not begin with a chunk: most tools that capture have put it together themselves.</summary>
    /// <exception cref="CaptureException">It begins with a chunk and ends within one.</exception>
    public static byte[]? Read(ReadOnlySpan<byte> bytes)
    {
        if (TrySize(bytes, out _) is null) return null;
        var body = new MemoryStream();
        for (var chunk = 1; ; chunk++)
        {
            if (TrySize(bytes, out var size) is not { } start) throw Broken(chunk);
            if (size == 0) return body.ToArray();
            bytes = bytes[start..];
            if (bytes.Length < size) throw Broken(chunk);
            body.Write(bytes[..size]);
            bytes = bytes[size..];
            if (bytes is [(byte)'\r', (byte)'\n', ..]) bytes = bytes[2..];
            else if (bytes is [(byte)'\n', ..]) bytes = bytes[1..];
            else throw Broken(chunk);
        }
    }

    /// <summary>Where the line with a chunk's size ends; null where there is none.</summary>
    private static int? TrySize(ReadOnlySpan<byte> bytes, out int size)
    {
        size = 0;
        var end = bytes[..Math.Min(bytes.Length, 1024)].IndexOf((byte)'\n');
        if (end < 0) return null;
        var line = bytes[..end].TrimEnd("\r \t"u8);
        if (line.IndexOf((byte)';') is >= 0 and var extension) line = line[..extension].TrimEnd(" \t"u8);
        return line.Length is > 0 and <= LongestSize && int.TryParse(line, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out size) && size >= 0 ? end + 1 : null;
    }

    private static CaptureException Broken(int chunk) =>
        new(string.Create(CultureInfo.InvariantCulture, $"has a chunked body that is broken or cut off in chunk {chunk}; capture it again, or save the body alone and use --body"));
}
