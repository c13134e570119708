namespace Sluice.LocalHost.Conformance;

/// <summary>A request of the run and what came back.</summary>
/// <param name="StatusCode">Null where no answer came.</param>
/// <param name="IsSuccess">Whether the sender takes it for success.</param>
/// <param name="Error">Why no answer came.</param>
internal sealed record Exchange(int? StatusCode, bool IsSuccess, TimeSpan Took, string? Error = null)
{
    /// <summary>We hung up before an answer could come: that is no fault of the receiver's.</summary>
    public bool IsBrokenOff { get; init; }

    /// <summary>We waited as long as anybody would.</summary>
    public bool IsTimeout { get; init; }

    /// <summary>Nobody follows it.</summary>
    public bool IsRedirect => StatusCode is >= 300 and < 400;

    /// <summary>What became of the request, behind "it was".</summary>
    public override string ToString() => StatusCode is { } code ? $"answered {code}" : $"not answered ({Error})";
}
