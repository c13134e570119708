using System.Globalization;
using System.Text.Json;

namespace Sluice.LocalHost.Captures;

/// <summary>
/// A HAR (HTTP Archive 1.2), read entry by entry as it comes: however large the file is, no more of it is held than one entry and what was
/// read ahead.
/// </summary>
internal sealed class HarFile(Stream stream)
{
    /// <summary>What one entry may take, with everything that the recorder kept of it.</summary>
    public const int LargestEntry = 64 * 1024 * 1024;

    private const int FirstBuffer = 64 * 1024;
    private const int EntryDepth = 3;

    // Browsers write what started a request in as many layers as it had.
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 1000 };

    private byte[] buffer = new byte[FirstBuffer];
    private int end;
    private int scanned;
    private int entryStart = -1;
    private bool isLast;
    private bool isOpen;
    private bool isInLog;
    private bool isInEntries;
    private bool hasEntries;
    private int number;
    private JsonReaderState state = new(Options);

    /// <summary>The next entry; null behind the last one.</summary>
    /// <exception cref="CaptureException">The file is no HAR, or ends within one.</exception>
    public HarEntry? Next()
    {
        if (!isOpen) Begin();
        while (true)
        {
            try
            {
                var reader = new Utf8JsonReader(buffer.AsSpan(scanned, end - scanned), isLast, state);
                var found = Walk(ref reader);
                scanned += (int)reader.BytesConsumed;
                state = reader.CurrentState;
                if (found == Step.Entry) return Cut();
                if (found == Step.NoObject) return new(++number, null, "is no object; an entry of a HAR is one");
            }
            catch (JsonException e)
            {
                throw Explain(e);
            }

            if (isLast) return hasEntries ? null : throw NoHar();
            Fill();
        }
    }

    private enum Step
    {
        More,
        Entry,
        NoObject,
    }

    private Step Walk(ref Utf8JsonReader reader)
    {
        while (reader.Read())
        {
            var (token, depth) = (reader.TokenType, reader.CurrentDepth);
            if (depth == 0 && token is not (JsonTokenType.StartObject or JsonTokenType.EndObject)) throw NoHar();
            if (depth == 1)
            {
                if (token == JsonTokenType.PropertyName) isInLog = reader.ValueTextEquals("log"u8);
                else if (isInLog && token is not (JsonTokenType.StartObject or JsonTokenType.EndObject)) throw NoHar();
            }
            else if (depth == 2 && isInLog)
            {
                if (token == JsonTokenType.PropertyName) isInEntries = reader.ValueTextEquals("entries"u8);
                else if (isInEntries && token is not (JsonTokenType.StartArray or JsonTokenType.EndArray)) throw NoHar();
                hasEntries |= isInEntries;
            }
            else if (depth == EntryDepth && isInLog && isInEntries)
            {
                if (token == JsonTokenType.StartObject) entryStart = scanned + (int)reader.TokenStartIndex;
                else if (token == JsonTokenType.EndObject) return Step.Entry;
                else if (token != JsonTokenType.EndArray) return Step.NoObject;
            }
        }

        return Step.More;
    }

    private HarEntry Cut()
    {
        var entry = buffer.AsMemory(entryStart, scanned - entryStart);
        entryStart = -1;
        return HarEntry.Read(++number, entry);
    }

    private void Begin()
    {
        isOpen = true;
        Fill();
        if (end == 0) throw new CaptureException("is empty; it should hold a HAR");
        var first = CaptureFile.WithoutMark(buffer.AsMemory(0, end));
        scanned = end - first.Length;
        if (first.Span[..Math.Min(first.Length, 1024)].TrimStart(" \t\r\n"u8) is [not (byte)'{', ..]) throw NoHar();
    }

    // What is still needed moves to the front; an entry that does not fit makes the buffer grow.
    private void Fill()
    {
        var kept = entryStart >= 0 ? entryStart : scanned;
        buffer.AsSpan(kept, end - kept).CopyTo(buffer);
        (end, scanned, entryStart) = (end - kept, scanned - kept, entryStart >= 0 ? 0 : -1);
        if (end == buffer.Length)
        {
            if (end >= LargestEntry) throw new CaptureException(string.Create(CultureInfo.InvariantCulture, $"has something larger than {LargestEntry / 1024 / 1024} MiB behind entry {number}; save the HAR without response bodies, or the request alone"));
            Array.Resize(ref buffer, buffer.Length * 2);
        }

        try
        {
            var read = stream.ReadAtLeast(buffer.AsSpan(end), buffer.Length - end, throwOnEndOfStream: false);
            isLast = end + read < buffer.Length;
            end += read;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CaptureException("cannot be read; name a file that this user may read");
        }
    }

    private CaptureException Explain(JsonException e)
    {
        var line = (e.LineNumber ?? 0) + 1;
        return new(isLast && Ends()
            ? string.Create(CultureInfo.InvariantCulture, $"is cut off behind entry {number}; save the HAR again")
            : string.Create(CultureInfo.InvariantCulture, $"is not valid JSON (line {line}, behind entry {number}); save the HAR again"));
    }

    // Whether only the rest is missing: the same bytes are no fault where more may come.
    private bool Ends()
    {
        try
        {
            var reader = new Utf8JsonReader(buffer.AsSpan(scanned, end - scanned), isFinalBlock: false, state);
            while (reader.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static CaptureException NoHar() => new("is no HAR: that is a JSON object with log.entries; a raw request is read with --request");
}
