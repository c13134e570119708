namespace Sluice.Destinations;

/// <summary>Where destinations stand, over all instances.</summary>
public interface IStandings
{
    /// <summary>
    /// Lets a destination get nothing more until a person resumes it. True when it is disabled now, by this call or an earlier one; false when
    /// it is not: it is paused, removed, not there, or somebody has resumed it since.
    /// </summary>
    /// <param name="at">When it came to that.</param>
    /// <exception cref="Storage.StoreUnavailableException">It could not be written, or nobody knows whether it was.</exception>
    ValueTask<bool> DisableAsync(string name, string reason, DateTimeOffset at, CancellationToken cancellationToken);
}
