namespace Sluice.Destinations;

/// <summary>How far a destination that fails has come. The order is that of getting worse.</summary>
public enum HealthStage
{
    /// <summary>Works, or has failed too little to be told of.</summary>
    Healthy = 0,

    /// <summary>Five attempts failed without a success between them, or it has been failing for ten minutes.</summary>
    Failing,

    /// <summary>Half of the time is over after which it is disabled.</summary>
    Half,

    /// <summary>70 % of it.</summary>
    Most,

    /// <summary>90 % of it.</summary>
    Nearly,

    /// <summary>Disabled: it failed for too long, or said that it is gone.</summary>
    Disabled,
}
