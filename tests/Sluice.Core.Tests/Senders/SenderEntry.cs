using Sluice.Core.Tests.Providers;

namespace Sluice.Core.Tests.Senders;

/// <summary>One of the libraries in tests/senders, and the provider of ours that it is compared with.</summary>
public sealed record SenderEntry(string Provider)
{
    /// <summary>Bodies that the library signs.</summary>
    public IReadOnlyList<string> Bodies { get; init; } =
        [SignedSource.Body, "{}", "[1,\"é☕\",\"\\ud83d\\ude00\"]", "\uFEFF{}", "{}\r\n", " ", "\u2028", new('x', 100_000), "payload=%7B%7D&x=1"];

    /// <summary>The same body as we are given it to sign, where that is another form.</summary>
    public Func<string, string> Sent { get; init; } = body => body;

    public string ContentType { get; init; } = "application/json";

    /// <summary>What every request of this sender carries besides, that its library wants to see.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>How many of the usual number of requests are judged: a library that takes its time gets fewer.</summary>
    public double Share { get; init; } = 1;
}
