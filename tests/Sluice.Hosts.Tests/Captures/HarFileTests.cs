using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Sluice.LocalHost.Captures;

namespace Sluice.Hosts.Tests.Captures;

/// <summary>A HAR is read entry by entry; what it does not hold it says, and what is none is refused.</summary>
public sealed class HarFileTests
{
    private const string Entry = """
        {
          "startedDateTime": "2026-11-22T13:00:00.250+01:00",
          "_initiator": { "stack": { "parent": { "request": { "method": "GET" } } } },
          "request": {
            "method": "POST", "url": "https://hooks.example.com/api/webhooks/it?a=b#c", "httpVersion": "HTTP/2", "bodySize": 4,
            "headers": [ { "name": ":authority", "value": "hooks.example.com" }, { "name": "X-A", "value": "1" }, { "name": "X-B", "value": "2\n3" } ],
            "postData": { "mimeType": "application/json", "text": "b\u00f6y" }
          },
          "response": { "status": 200, "content": { "text": "{\"log\": {\"entries\": []}}" } }
        }
        """;

    [Fact]
    public void An_entry_is_the_request_that_was_recorded()
    {
        var read = Assert.Single(Read(Har(Entry))).Request!;
        Assert.Equal(("POST", "/api/webhooks/it?a=b", "https://hooks.example.com/api/webhooks/it?a=b"), (read.Method, read.Target, read.Url));
        Assert.Equal(["X-A=1", "X-B=2", "X-B=3"], read.Headers.Select(header => $"{header.Key}={header.Value}"));
        Assert.Equal("böy"u8.ToArray(), read.Body.ToArray());
        Assert.Equal(DateTimeOffset.Parse("2026-11-22T12:00:00.250Z", CultureInfo.InvariantCulture), read.At);
        Assert.Empty(read.Remarks);
    }

    [Theory]
    [InlineData("""{ "text": "AP8N", "encoding": "base64" }""", 3, "00FF0D", "")]
    [InlineData("""{ "text": "AP8N", "_encoding": "Base64" }""", 3, "00FF0D", "")]
    [InlineData("""{ "text": "a\r\nb" }""", 4, "610D0A62", "")]
    [InlineData("""{ "text": "\u00ff\u0000" }""", 2, "FF00", "")]
    [InlineData("""{ "text": "\u00ff\u0000" }""", 3, "C3BF00", "")]
    [InlineData("""{ "text": "a" }""", 9, "61", "the request had 9 bytes and the HAR holds 1")]
    [InlineData("""{ "text": "\ufffd" }""", 3, "EFBFBD", "replacement characters")]
    [InlineData("""{ "text": "\ufffd" }""", -1, "EFBFBD", "replacement characters")]
    [InlineData("""{ "params": [ { "name": "a b", "value": "c&d" }, { "name": "e" } ] }""", -1, "612B623D6325323664 26653D", "the HAR holds the form's fields and not its bytes")]
    public void A_body_is_the_bytes_as_far_as_the_har_has_them(string data, int size, string hex, string remark)
    {
        var read = Assert.Single(Read(Har(With(data, size)))).Request!;
        Assert.Equal(hex.Replace(" ", "", StringComparison.Ordinal), Convert.ToHexString(read.Body.Span));
        if (remark.Length == 0) Assert.Empty(read.Remarks);
        else Assert.Contains(remark, Assert.Single(read.Remarks), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("null", -1, "does not hold the request's body")]
    [InlineData("null", 12, "does not hold the request's body")]
    [InlineData("{}", 12, "does not hold the request's body")]
    [InlineData("""{ "text": "" }""", 12, "does not hold the request's body")]
    [InlineData("""{ "text": "%%%", "encoding": "base64" }""", 3, "is not the base64 it is said to be")]
    [InlineData("""{ "text": "\ud800" }""", 3, "holds bytes that are no text")]
    public void A_body_that_is_not_there_is_said_to_be_missing(string data, int size, string fault)
    {
        var read = Assert.Single(Read(Har(With(data, size))));
        Assert.Contains(fault, read.Fault, StringComparison.Ordinal);
        Assert.Equal("it", read.Request!.SourceName);
    }

    [Fact]
    public void A_request_without_a_body_may_have_none()
    {
        Assert.Null(Assert.Single(Read(Har(With("null", 0)))).Fault);
        var get = JsonNode.Parse(With("null", -1))!;
        get["request"]!["method"] = "GET";
        Assert.Null(Assert.Single(Read(Har(get.ToJsonString()))).Fault);
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("POST / HTTP/1.1\n\n", "is no HAR")]
    [InlineData("[]", "is no HAR")]
    [InlineData("{}", "is no HAR")]
    [InlineData("{\"log\": []}", "is no HAR")]
    [InlineData("{\"log\": 1}", "is no HAR")]
    [InlineData("{\"log\": null}", "is no HAR")]
    [InlineData("{\"log\": {}}", "is no HAR")]
    [InlineData("{\"log\": {\"entries\": {}}}", "is no HAR")]
    [InlineData("{\"log\": {\"entries\": \"none\"}}", "is no HAR")]
    [InlineData("{\"entries\": [], \"other\": {\"entries\": []}}", "is no HAR")]
    [InlineData("{\"log\": {\"entries\": [}}", "is not valid JSON (line 1, behind entry 0)")]
    [InlineData("{\"log\": {\"entries\": []}}\n{}", "is not valid JSON (line 2, behind entry 0)")]
    [InlineData("{\"log\": {\"entries\": [", "is cut off behind entry 0")]
    public void What_is_no_har_is_refused(string text, string fault) =>
        Assert.StartsWith(fault, Assert.Throws<CaptureException>(() => Read(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_mark_before_the_text_does_no_harm_and_utf16_is_named()
    {
        Assert.Single(ReadBytes([0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(Har(Entry))]));
        Assert.Contains("UTF-16", Assert.Throws<CaptureException>(() => ReadBytes([0xFF, 0xFE, .. Encoding.Unicode.GetBytes(Har(Entry))])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Wherever_it_is_cut_off_it_is_told_after_which_entry()
    {
        var whole = Encoding.UTF8.GetBytes(Har(Entry, Entry, Entry));
        for (var length = 1; length < whole.Length; length++)
        {
            var entries = new HarFile(new MemoryStream(whole, 0, length));
            var read = 0;
            var fault = Assert.Throws<CaptureException>(() =>
            {
                while (entries.Next() is not null) read++;
            });
            Assert.Equal($"is cut off behind entry {read}; save the HAR again", fault.Message);
        }
    }

    [Fact]
    public void Of_whatever_length_it_is_it_is_read_to_its_end()
    {
        // Around the size of the first buffer and its multiples: an end there is where a reader stumbles.
        foreach (var size in (int[])[65_536, 131_072, 262_144])
        {
            for (var off = -2; off <= 2; off++)
            {
                var har = Har(Entry);
                var padded = Encoding.UTF8.GetBytes(har.PadRight(size + off - Encoding.UTF8.GetByteCount(har) + har.Length));
                Assert.Equal(size + off, padded.Length);
                Assert.Single(ReadBytes(padded));
                var comment = har.Replace("\"version\"", $"\"comment\": \"{new string('x', size + off)}\", \"version\"", StringComparison.Ordinal);
                Assert.Single(Read(comment));
            }
        }
    }

    [Fact]
    public void Any_node_of_another_type_is_a_fault_or_of_no_matter_and_never_more()
    {
        JsonNode?[] others = [null, 7, -1.5e300, true, "text", "\uD83D\uDE00", new JsonArray(), new JsonArray(1, null), new JsonObject(), new JsonObject { ["name"] = 1, ["value"] = new JsonArray() }];
        var faults = 0;
        var paths = Paths(JsonNode.Parse(Har(Entry))!, []).ToList();
        Assert.True(paths.Count > 25);
        foreach (var path in paths)
        {
            foreach (var other in others)
            {
                var changed = JsonNode.Parse(Har(Entry))!;
                var parent = path[..^1].Aggregate(changed, (node, step) => step is int index ? node[index]! : node[(string)step]!);
                if (path[^1] is int at) parent[at] = other?.DeepClone();
                else parent[(string)path[^1]] = other?.DeepClone();
                try
                {
                    faults += Read(changed.ToJsonString()).Count(entry => entry.Fault is not null);
                }
                catch (CaptureException)
                {
                    faults++;
                }
            }
        }

        Assert.InRange(faults, 60, paths.Count * others.Length);
    }

    [Fact]
    public void Json_that_is_broken_anywhere_is_a_fault_and_never_more()
    {
        var whole = Encoding.UTF8.GetBytes(Har(Entry, Entry));
        var random = new Random(11);
        var refused = 0;
        for (var i = 0; i < 5_000; i++)
        {
            var bytes = (byte[])whole.Clone();
            for (var j = random.Next(1, 4); j > 0; j--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            try
            {
                ReadBytes(bytes);
            }
            catch (CaptureException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 1_000, 5_000);
    }

    [Fact]
    public void No_more_is_read_ahead_than_one_buffer_however_many_entries_there_are()
    {
        using var stream = new EndlessHar(entries: 5_000, bytesEach: 20_000);
        var entries = new HarFile(stream);
        var (count, ahead) = (0, 0L);
        while (entries.Next() is { } entry)
        {
            count++;
            Assert.Equal(count, entry.Number);
            Assert.Equal($"/api/webhooks/it?n={count}", entry.Request!.Target);
            ahead = Math.Max(ahead, stream.Served - (long)count * stream.EntryLength);
        }

        Assert.Equal(5_000, count);
        Assert.InRange(ahead, 1, 128 * 1024);
    }

    [Fact]
    public void An_entry_beyond_the_limit_ends_the_reading_and_not_the_process()
    {
        using var stream = new EndlessHar(entries: 1, bytesEach: HarFile.LargestEntry + 1);
        var fault = Assert.Throws<CaptureException>(() => new HarFile(stream).Next());
        Assert.StartsWith("has something larger than 64 MiB behind entry 0", fault.Message, StringComparison.Ordinal);
        Assert.InRange(stream.Served, 1, HarFile.LargestEntry + (64 * 1024));
    }

    private static string Har(params string[] entries) => $$"""{ "log": { "version": "1.2", "creator": { "name": "a proxy", "version": "1" }, "entries": [ {{string.Join(", ", entries)}} ] } }""";

    private static string With(string postData, int size)
    {
        var entry = JsonNode.Parse(Entry)!;
        entry["request"]!["postData"] = "here";
        entry["request"]!["bodySize"] = size;
        return entry.ToJsonString().Replace("\"here\"", postData, StringComparison.Ordinal);
    }

    private static List<HarEntry> Read(string text) => ReadBytes(Encoding.UTF8.GetBytes(text));

    private static List<HarEntry> ReadBytes(byte[] bytes)
    {
        var entries = new HarFile(new MemoryStream(bytes));
        var read = new List<HarEntry>();
        while (entries.Next() is { } entry) read.Add(entry);
        return read;
    }

    private static IEnumerable<object[]> Paths(JsonNode node, object[] path)
    {
        var children = node switch
        {
            JsonObject item => item.Select(pair => ((object)pair.Key, pair.Value)),
            JsonArray list => list.Select((value, index) => ((object)index, value)),
            _ => [],
        };
        foreach (var (step, child) in children.ToList())
        {
            object[] below = [.. path, step];
            yield return below;
            if (child is null) continue;
            foreach (var deeper in Paths(child, below)) yield return deeper;
        }
    }

    /// <summary>A HAR that is made while it is read, and counts what was taken of it.</summary>
    private sealed class EndlessHar(int entries, int bytesEach) : Stream
    {
        private static readonly byte[] Begin = Encoding.ASCII.GetBytes("{\"log\":{\"entries\":[");
        private static readonly byte[] End = Encoding.ASCII.GetBytes("]}}");
        private byte[] piece = Begin;
        private int at;
        private int next;

        public long Served { get; private set; }

        public int EntryLength => bytesEach;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => Served; set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            if (at == piece.Length)
            {
                if (next > entries) return 0;
                piece = next++ < entries ? Make(next) : End;
                at = 0;
            }

            var taken = Math.Min(count, piece.Length - at);
            piece.AsSpan(at, taken).CopyTo(buffer.AsSpan(offset));
            at += taken;
            Served += taken;
            return taken;
        }

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        private byte[] Make(int number)
        {
            var start = $"{(number > 1 ? "," : "")}{{\"request\":{{\"method\":\"POST\",\"url\":\"http://x/api/webhooks/it?n={number}\",\"headers\":[],\"postData\":{{\"text\":\"a\"}}}},\"response\":{{\"content\":{{\"text\":\"";
            const string close = "\"}}}";
            return Encoding.ASCII.GetBytes(start + new string('x', bytesEach - start.Length - close.Length) + close);
        }
    }
}
