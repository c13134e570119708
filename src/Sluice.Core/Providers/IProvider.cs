using Sluice.Configuration;
using Sluice.Events;

namespace Sluice.Providers;

/// <summary>The code that knows one sender: how it signs, what it calls an event, what it expects back. Found by <see cref="Name"/>; holds no state.</summary>
public interface IProvider
{
    /// <summary>What <c>Provider</c> in the configuration says: lower case with dashes.</summary>
    string Name { get; }

    /// <summary>What an event of this sender is usually called; <c>sluice send</c> uses it when no type is given.</summary>
    string SampleType { get; }

    /// <summary>The sender's own headers beside those of its signature, <c>*</c> standing for any characters: <c>http</c> destinations get them too.</summary>
    IReadOnlyList<string> Headers => [];

    /// <summary>How this sender signs. Settings that make no sense are added to <paramref name="errors"/>.</summary>
    SignatureScheme Scheme(SourceSettings settings, ICollection<string> errors);

    /// <summary>Reads id and type. Called for verified requests only; must not throw, whatever the bytes are.</summary>
    EventDescription Describe(Envelope envelope, SourceSettings settings);

    /// <summary>The answer to a verified request that is a question and no event, or null. Nothing is kept of it.</summary>
    Answer? Handshake(Envelope envelope) => null;

    /// <summary>A request as this sender would make it, without its signature headers.</summary>
    Sample CreateSample(string type, string id, DateTimeOffset at);
}

/// <summary>The sender's own id and type of an event; null where it has none or the bytes could not be read.</summary>
public readonly record struct EventDescription(string? Id, string? Type);

/// <summary>A success answer of the sender's own form.</summary>
public sealed record Answer(int StatusCode, string ContentType, ReadOnlyMemory<byte> Body);

/// <summary>A made-up request: body, content type and the headers that are not part of the signature.</summary>
public sealed record Sample(byte[] Body, string ContentType, params KeyValuePair<string, string>[] Headers);
