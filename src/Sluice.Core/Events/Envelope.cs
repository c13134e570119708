using System.Net;

namespace Sluice.Events;

/// <summary>A request as it was received, before anything is believed of it.</summary>
public sealed record Envelope
{
    public required string Method { get; init; }

    /// <summary>Path and query exactly as received. Not the public URL: behind a proxy only configuration knows that.</summary>
    public required string Target { get; init; }

    /// <summary>The URL that the sender called, as the source's <c>PublicUrl</c> says, with the query that was sent; null where the source says nothing.</summary>
    public string? Url { get; init; }

    /// <summary>The part of the path behind the source's name: the secret of senders that cannot sign. Never logged and never kept.</summary>
    public string? PathSecret { get; init; }

    public required HeaderList Headers { get; init; }

    /// <summary>The exact bytes that arrived.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>UTC.</summary>
    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary>Where it came from: the peer's address, or what the source's trusted proxies say of it; null where that is not known.</summary>
    public IPAddress? RemoteAddress { get; init; }
}
