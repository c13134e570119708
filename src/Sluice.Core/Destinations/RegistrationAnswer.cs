namespace Sluice.Destinations;

/// <summary>The answer to whoever registers, removes, pauses or resumes a destination.</summary>
/// <param name="Registration">How it is now; null where nothing was changed, and where it cannot be read back at the moment.</param>
/// <param name="Faults">Why not, each in one line with the rule and the fix.</param>
public sealed record RegistrationAnswer(DestinationResult Result, Registration? Registration, IReadOnlyList<string> Faults)
{
    /// <summary>Whether it is so now.</summary>
    public bool IsDone => Result is DestinationResult.Done or DestinationResult.Created;
}
