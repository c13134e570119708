using System.Text;
using Sluice.LocalHost.Captures;

namespace Sluice.Hosts.Tests.Captures;

/// <summary>Headers in a file of their own.</summary>
public sealed class HeaderFileTests
{
    [Theory]
    [InlineData("X-A: 1\nX-B: 2\n")]
    [InlineData("X-A: 1\r\nX-B: 2")]
    [InlineData("POST /hooks?x HTTP/1.1\r\nX-A: 1\r\nX-B: 2\r\n\r\n")]
    [InlineData(":method: POST\n:path: /hooks?x\n:scheme: https\nX-A: 1\nX-B: 2")]
    [InlineData("{ \"X-A\": \"1\", \"X-B\": \"2\" }")]
    [InlineData("\uFEFF{ \"X-A\": 1, \"X-B\": [\"2\"] }")]
    [InlineData("* Connected to hooks.example.com\n> POST /hooks?x HTTP/1.1\n> X-A: 1\n> X-B: 2\n> \n} [5 bytes data]\n< HTTP/1.1 200 OK\n< X-C: 3\n<\n{\"status\":\"accepted\"}\n")]
    public void Lines_an_object_and_what_curl_prints_are_the_same(string text)
    {
        var read = Read(text);
        Assert.Equal(["X-A=1", "X-B=2"], read.Headers.Select(header => $"{header.Key}={header.Value}"));
        if (text.Contains("/hooks", StringComparison.Ordinal)) Assert.Equal(("POST", "/hooks?x"), (read.Method, read.Target));
        else Assert.Equal((null, ""), (read.Method, read.Target));
    }

    [Fact]
    public void An_object_s_list_is_a_header_that_stood_several_times() =>
        Assert.Equal(["X-A=1", "X-A=2"], Read("""{"X-A": ["1", "2"]}""").Headers.Select(header => $"{header.Key}={header.Value}"));

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("X-A: 1\n\n{\"a\": 1}", "holds more than headers")]
    [InlineData("{\"X-A\": {\"a\": 1}}", "has a header whose value is no text")]
    [InlineData("{\"X-A\": [null]}", "has a header whose value is no text")]
    [InlineData("{\"X-A\": true}", "has a header whose value is no text")]
    [InlineData("{\"X-A\": \"1\"", "is no JSON object with names and texts")]
    [InlineData("{\"X-A\": \"\\ud800\"}", "is no JSON object with names and texts")]
    public void What_is_none_says_so(string text, string fault) =>
        Assert.StartsWith(fault, Assert.Throws<CaptureException>(() => Read(text)).Message, StringComparison.Ordinal);

    private static RequestHead Read(string text) => HeaderFile.Read(Encoding.UTF8.GetBytes(text));
}
