namespace Sluice.Destinations;

/// <summary>What became of a registration or of a destination's standing.</summary>
public enum RegistrationResult
{
    /// <summary>It is so now.</summary>
    Done = 0,

    /// <summary>It was not there before and is now.</summary>
    Added,

    /// <summary>Something in it is wrong: <see cref="RegistrationAnswer.Faults"/> says what.</summary>
    Refused,

    /// <summary>There are as many as there may be.</summary>
    Full,

    /// <summary>Another has changed it meanwhile; look again.</summary>
    Conflict,

    /// <summary>No destination is called so.</summary>
    NotFound,
}

/// <summary>The answer to whoever registers, removes, pauses or resumes a destination.</summary>
/// <param name="Registration">How it is now; null where nothing was changed, and where it cannot be read back at the moment.</param>
/// <param name="Faults">Why not, each in one line with the rule and the fix.</param>
public sealed record RegistrationAnswer(RegistrationResult Result, Registration? Registration, IReadOnlyList<string> Faults)
{
    /// <summary>Whether it is so now.</summary>
    public bool IsDone => Result is RegistrationResult.Done or RegistrationResult.Added;
}
