using System.Text;
using Sluice.Events;

namespace Sluice.Core.Tests.Providers;

/// <summary>A request under construction: start from a signed one and spoil it.</summary>
public sealed record SignedRequest(IReadOnlyList<KeyValuePair<string, string>> Headers, ReadOnlyMemory<byte> Body)
{
    public string Method { get; init; } = "POST";

    public string Target { get; init; } = "/api/webhooks/it";

    public string? Url { get; init; } = SignedSource.PublicUrl;

    public Envelope Envelope => new()
    {
        Method = Method,
        Target = Target,
        Url = Url,
        Headers = new HeaderList([.. Headers]),
        Body = Body,
        ReceivedAt = SignedSource.Now,
    };

    public string this[string name] => Headers.Single(header => header.Key == name).Value;

    /// <summary>The header once, with this value.</summary>
    public SignedRequest With(string name, string value) => Without(name).Plus(name, value);

    /// <summary>The header once more.</summary>
    public SignedRequest Plus(string name, string value) => this with { Headers = [.. Headers, new(name, value)] };

    public SignedRequest Without(string name) => this with { Headers = [.. Headers.Where(header => !header.Key.Equals(name, StringComparison.OrdinalIgnoreCase))] };

    public SignedRequest Renamed(string name, string other) => Without(name).Plus(other, this[name]);

    public SignedRequest Carrying(string body) => this with { Body = Encoding.UTF8.GetBytes(body) };
}
