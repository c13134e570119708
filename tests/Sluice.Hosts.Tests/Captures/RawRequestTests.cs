using System.Text;
using Sluice.LocalHost.Captures;

namespace Sluice.Hosts.Tests.Captures;

/// <summary>A raw HTTP file is read as a server would read it, and what is none says so.</summary>
public sealed class RawRequestTests
{
    [Theory]
    [InlineData("POST /api/webhooks/it?a=1 HTTP/1.1\r\nHost: x\r\nX-A: 1\r\n\r\nbody")]
    [InlineData("POST /api/webhooks/it?a=1 HTTP/1.1\nHost: x\nX-A: 1\n\nbody")]
    [InlineData("\r\n\nPOST /api/webhooks/it?a=1 HTTP/2\r\nHost: x\nX-A:1  \n\r\nbody")]
    [InlineData("POST /api/webhooks/it?a=1\nHost: x\nX-A:\t1\n\nbody")]
    [InlineData("\uFEFFPOST /api/webhooks/it?a=1#top HTTP/1.1\nHost: x\nX-A: 1\n\nbody")]
    public void The_head_may_end_its_lines_either_way(string text)
    {
        var read = Read(text);
        Assert.Equal(("POST", "/api/webhooks/it?a=1", null), (read.Method, read.Target, read.Url));
        Assert.Equal(["Host: x", "X-A: 1"], read.Headers.Select(header => $"{header.Key}: {header.Value}"));
        Assert.Equal("body", Body(read));
        Assert.Equal("it", read.SourceName);
        Assert.Empty(read.Remarks);
    }

    [Theory]
    [InlineData("https://hooks.example.com/api/webhooks/it?a=b", "/api/webhooks/it?a=b")]
    [InlineData("http://hooks.example.com:8080", "/")]
    [InlineData("http://hooks.example.com?a", "/?a")]
    public void A_target_may_be_the_whole_url(string url, string target)
    {
        var read = Read($"POST {url} HTTP/1.1\nHost: other\n\n");
        Assert.Equal((target, url), (read.Target, read.Url));
    }

    [Fact]
    public void Line_ends_within_the_body_are_the_sender_s_and_stay()
    {
        byte[] body = [.. "{\r\n\t\"a\": 1\r\n}\r\n\r\n\n"u8, 0x00, 0xFF, 0xEF, 0xBB, 0xBF, (byte)'\r'];
        Assert.Equal(body, RawRequest.Read((byte[])[.. "POST / HTTP/1.1\nHost: x\n\n"u8, .. body]).Body.ToArray());
        Assert.Equal(body, RawRequest.Read((byte[])[.. Encoding.ASCII.GetBytes($"POST / HTTP/1.1\r\nContent-Length: {body.Length}\r\n\r\n"), .. body]).Body.ToArray());
    }

    [Fact]
    public void A_header_that_stands_twice_stands_twice_and_in_its_place()
    {
        var read = Read("POST / HTTP/1.1\nX-A: 1\nX-B: 2\nx-a: 3\nX-Empty:\n\n");
        Assert.Equal(["X-A=1", "X-B=2", "x-a=3", "X-Empty="], read.Headers.Select(header => $"{header.Key}={header.Value}"));
    }

    [Fact]
    public void A_folded_header_is_one_line()
    {
        var read = Read("POST / HTTP/1.1\nX-A: t=1,\n  v1=2,\n\tv1=3\nX-B: x\n\n");
        Assert.Equal(["X-A=t=1, v1=2, v1=3", "X-B=x"], read.Headers.Select(header => $"{header.Key}={header.Value}"));
    }

    [Fact]
    public void Headers_are_utf8_and_where_they_are_not_latin1()
    {
        Assert.Equal("é", Read("POST / HTTP/1.1\nX-A: é\n\n").Headers[0].Value);
        Assert.Equal("é", RawRequest.Read((byte[])[.. "POST / HTTP/1.1\nX-A: "u8, 0xE9, .. "\n\n"u8]).Headers[0].Value);
    }

    [Theory]
    [InlineData("4\r\nWiki\r\n6\r\npedia \r\nE\r\nin \r\n\r\nchunks.\r\n0\r\n\r\n", "Wikipedia in \r\n\r\nchunks.")]
    [InlineData("4;name=value\nWiki\n0\nTrailer: x\n\n", "Wiki")]
    [InlineData("0\r\n\r\n", "")]
    public void A_chunked_body_is_put_together(string chunks, string body) =>
        Assert.Equal(body, Body(Read($"POST / HTTP/1.1\nTransfer-Encoding: chunked\n\n{chunks}")));

    [Fact]
    public void A_body_that_some_tool_has_put_together_already_is_taken_with_a_word_about_it()
    {
        var read = Read("POST / HTTP/1.1\nTransfer-Encoding: chunked\n\n{\"a\":1}");
        Assert.Equal("{\"a\":1}", Body(read));
        Assert.Contains("says chunked and the body is not", Assert.Single(read.Remarks), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("4\r\nWi", 1)]
    [InlineData("4\r\nWiki\r\n6\r\nped", 2)]
    [InlineData("4\r\nWikiped", 1)]
    [InlineData("4\r\nWiki\r\n", 2)]
    [InlineData("7fffffff\r\nWiki\r\n", 1)]
    public void Broken_chunks_are_named(string chunks, int chunk) =>
        Assert.Contains($"cut off in chunk {chunk};", Fault($"POST / HTTP/1.1\nTransfer-Encoding: chunked\n\n{chunks}"), StringComparison.Ordinal);

    [Theory]
    [InlineData(5, "body", "Content-Length says 5 bytes and the body has 4: it is cut off")]
    [InlineData(2, "body", "Content-Length says 2 bytes and the body has 4: it was changed")]
    [InlineData(4, "body\n", "the line end behind the body is not part of it")]
    [InlineData(4, "body\r\n", "the line end behind the body is not part of it")]
    public void A_length_that_is_not_the_body_s_is_told(int length, string body, string remark)
    {
        var read = Read($"POST / HTTP/1.1\nContent-Length: {length}\n\n{body}");
        Assert.StartsWith(remark, Assert.Single(read.Remarks), StringComparison.Ordinal);
        Assert.Equal("body", Body(read));
    }

    [Theory]
    [InlineData("Content-Length: 4\nContent-Length: 5")]
    [InlineData("Content-Length: four")]
    [InlineData("Content-Length: -4")]
    [InlineData("Content-Length: 99999999999999999999")]
    public void A_length_that_is_no_number_is_told(string headers)
    {
        var read = Read($"POST / HTTP/1.1\n{headers}\n\nbody");
        Assert.StartsWith("Content-Length is not one number", Assert.Single(read.Remarks), StringComparison.Ordinal);
        Assert.Equal("body", Body(read));
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("\r\n\n\n", "is empty")]
    [InlineData("Host: x\nX-A: 1\n\nbody", "has no request line, only headers")]
    [InlineData("HTTP/1.1 200 OK\nX-A: 1\n\nbody", "is a response")]
    [InlineData("curl -X POST https://hooks.example.com -d x", "is a command line of curl")]
    [InlineData("{\"log\": {}}", "begins like JSON; a HAR is read with --har")]
    [InlineData("> POST / HTTP/1.1\n> Host: x\n>\n* sent\n< HTTP/1.1 200 OK\n", "is what curl -v prints, which leaves the body out")]
    [InlineData("a text about webhooks", "does not begin with a request line")]
    [InlineData("POST", "does not begin with a request line")]
    [InlineData("POST /a b HTTP/1.1", "does not begin with a request line")]
    [InlineData("POST hooks.example.com HTTP/1.1\n\n", "has a request line without a path")]
    [InlineData("OPTIONS * HTTP/1.1\n\n", "has a request line without a path")]
    [InlineData("POST / HTTP/1.1\nHost: x\n{\"a\": 1}", "has a line 3 that is no header (Name: value); is the blank line between headers and body missing?")]
    [InlineData("POST / HTTP/1.1\nHost : x\n\n", "has a line 2 that is no header")]
    [InlineData("POST / HTTP/1.1\n Host: x\n\n", "has a line 2 that begins with a blank")]
    [InlineData("POST / HTTP/1.1\nX-A: a\u0001b\n\n", "has a control character in line 2")]
    [InlineData("POST / HTTP/1.1\nX-A: a\rb\n\n", "has a control character in line 2")]
    public void What_is_no_request_says_what_it_is(string text, string fault) =>
        Assert.StartsWith(fault, Fault(text), StringComparison.Ordinal);

    [Fact]
    public void Utf16_is_named_with_what_writes_it() =>
        Assert.Contains("PowerShell", Assert.Throws<CaptureException>(() => RawRequest.Read((byte[])[0xFF, 0xFE, .. Encoding.Unicode.GetBytes("POST / HTTP/1.1\n\n")])).Message, StringComparison.Ordinal);

    [Fact]
    public void A_head_without_end_and_too_many_headers_are_refused()
    {
        Assert.Contains("64 KiB before the first blank line", Fault("POST / HTTP/1.1\nX-A: " + new string('a', 70_000)), StringComparison.Ordinal);
        Assert.Contains("more than 1000 headers", Fault("POST / HTTP/1.1\n" + string.Concat(Enumerable.Repeat("A: 1\n", 1001)) + "\n"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_body_larger_than_any_source_takes_is_refused()
    {
        var head = "POST / HTTP/1.1\n\n"u8;
        Assert.Equal(16 * 1024 * 1024, RawRequest.Read((byte[])[.. head, .. new byte[16 * 1024 * 1024]]).Body.Length);
        Assert.Contains("larger than 16 MiB", Assert.Throws<CaptureException>(() => RawRequest.Read((byte[])[.. "POST / HTTP/1.1\n\n"u8, .. new byte[(16 * 1024 * 1024) + 1]])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_line_of_a_fault_is_numbered_and_never_repeated()
    {
        const string Secret = "whsec_do_not_print_me";
        foreach (var text in (string[])[$"POST / HTTP/1.1\nAuthorization {Secret}\n\n", $"{Secret}", $"{Secret} {Secret}", $"POST {Secret} HTTP/1.1\n\n", $"POST / HTTP/1.1\n {Secret}\n\n", $"POST / HTTP/1.1\nX: {Secret}\u0002\n\n", $"POST / HTTP/1.1\n{{\"{Secret}\": 1}}"])
            Assert.DoesNotContain("do_not_print", Fault(text), StringComparison.Ordinal);
    }

    private static CapturedRequest Read(string text) => RawRequest.Read(Encoding.UTF8.GetBytes(text));

    private static string Body(CapturedRequest request) => Encoding.UTF8.GetString(request.Body.Span);

    private static string Fault(string text) => Assert.Throws<CaptureException>(() => Read(text)).Message;
}
