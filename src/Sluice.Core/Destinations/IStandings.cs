namespace Sluice.Destinations;

/// <summary>Where destinations stand, over all instances.</summary>
public interface IStandings
{
    /// <summary>Lets a destination get nothing more until a person resumes it. False when it is removed, or not there.</summary>
    /// <exception cref="Storage.StoreUnavailableException">It could not be written, or nobody knows whether it was.</exception>
    ValueTask<bool> DisableAsync(string name, string reason, DateTimeOffset at, CancellationToken cancellationToken);
}
