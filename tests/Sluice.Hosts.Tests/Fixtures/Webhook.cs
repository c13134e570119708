using System.Globalization;
using System.Net.Http.Headers;
using System.Text;

namespace Sluice.Hosts.Tests.Fixtures;

/// <summary>A request as a sender makes it: start from a signed one and spoil it.</summary>
internal sealed record Webhook(string Path, IReadOnlyList<KeyValuePair<string, string>> Headers, ReadOnlyMemory<byte> Body)
{
    public string this[string name] => Headers.Single(header => header.Key == name).Value;

    public Webhook With(string name, string value) => Without(name).Plus(name, value);

    /// <summary>The header once more.</summary>
    public Webhook Plus(string name, string value) => this with { Headers = [.. Headers, new(name, value)] };

    public Webhook Without(string name) => this with { Headers = [.. Headers.Where(header => header.Key != name)] };

    public Webhook Carrying(string body) => this with { Body = Encoding.UTF8.GetBytes(body) };

    public Webhook To(string path) => this with { Path = path };

    public HttpRequestMessage ToRequest(HttpMethod? method = null)
    {
        var request = new HttpRequestMessage(method ?? HttpMethod.Post, Path) { Content = new ReadOnlyMemoryContent(Body) };
        foreach (var (name, value) in Headers)
        {
            HttpHeaders headers = name.StartsWith("Content-", StringComparison.Ordinal) ? request.Content.Headers : request.Headers;
            Assert.True(headers.TryAddWithoutValidation(name, value));
        }

        return request;
    }

    /// <summary>Request line and headers as they go over the wire, to the empty line.</summary>
    public string Head(string method = "POST", long? length = null) => new StringBuilder()
        .Append(CultureInfo.InvariantCulture, $"{method} {Path} HTTP/1.1\r\nHost: localhost\r\n")
        .AppendJoin("", Headers.Select(header => $"{header.Key}: {header.Value}\r\n"))
        .Append(CultureInfo.InvariantCulture, $"Content-Length: {length ?? Body.Length}\r\n\r\n")
        .ToString();
}
