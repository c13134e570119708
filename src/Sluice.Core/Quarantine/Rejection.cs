using System.Net;
using System.Text;
using Sluice.Events;
using Sluice.Providers;

namespace Sluice.Quarantine;

/// <summary>A request that was refused, as it is written down. It holds no secret: no credentials among its headers, and no bytes at all of senders that show theirs.</summary>
public sealed record Rejection
{
    /// <summary>So many are written down for a source without their bytes; then the oldest go.</summary>
    public const int MostNoted = 200;

    public required RejectionId Id { get; init; }

    /// <summary>The name of the source.</summary>
    public required string Source { get; init; }

    /// <summary>UTC, to the millisecond.</summary>
    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary>What the signature was found to be when it arrived.</summary>
    public required SignatureResult Result { get; init; }

    /// <summary>Why, in the doctor's one line; null where a flood left no time to look. One with a finding is written down though there be no room for its bytes.</summary>
    public string? Finding { get; init; }

    public IPAddress? RemoteAddress { get; init; }

    public required int BodyBytes { get; init; }

    /// <summary>Whether its bytes are kept, so that it can be verified again and released.</summary>
    public required bool IsKept { get; init; }

    /// <summary>The request itself: where it is to be kept, and where one that is kept was looked up. Lists have it not.</summary>
    public KeptRequest? Request { get; init; }
}

/// <summary>What of a refused request is needed to verify it again.</summary>
/// <param name="Target">The path exactly as received, with the query where the sender signs it.</param>
/// <param name="Headers">Without cookies and without what is a credential of any sender.</param>
/// <param name="Body">The exact bytes that arrived.</param>
public sealed record KeptRequest(string Target, HeaderList Headers, ReadOnlyMemory<byte> Body)
{
    /// <summary>What it counts against the source's bound, in bytes.</summary>
    public long Bytes { get; } = Body.Length + Encoding.UTF8.GetByteCount(Target) + Encoding.UTF8.GetByteCount(Headers.Encode());
}

/// <summary>Which refused requests; what is null does not matter.</summary>
public sealed record RejectionFilter
{
    public string? Source { get; init; }

    /// <summary>Only those whose bytes are kept.</summary>
    public bool OnlyKept { get; init; }

    /// <summary>As they arrived, which is how they are released; otherwise the newest come first.</summary>
    public bool OldestFirst { get; init; }

    /// <summary>A cursor from an earlier page of the same order.</summary>
    public string? Before { get; init; }

    public int Limit { get; init; } = Inspection.EventFilter.DefaultLimit;
}

/// <summary>What became of a refused request's bytes.</summary>
/// <param name="FullUntil">Set when there is no room: nothing is pushed out before then.</param>
/// <param name="IsTooLarge">It is larger than the store or the source's bound allows any to be.</param>
/// <param name="FullFrom">With <paramref name="FullUntil"/>: there is no room for requests of so many bytes and more; 0 means for none.</param>
/// <param name="IsBusy">Others wrote down requests of the same source again and again until the time was over. It says nothing against the store.</param>
public readonly record struct Keeping(bool IsKept, DateTimeOffset? FullUntil = null, bool IsTooLarge = false, long FullFrom = 0, bool IsBusy = false);
