namespace Sluice.Delivery.Pacing;

/// <summary>What has to be asked for.</summary>
[Flags]
internal enum Needs
{
    Nothing = 0,
    Slots = 1,
    Moments = 2,
}

/// <summary>What an attempt is told by its process alone.</summary>
/// <param name="Needs">What has to be asked for first; nothing where the admission stands.</param>
internal readonly record struct Taking(Admission Admission, Needs Needs = Needs.Nothing);

/// <summary>A change of the document and what it brings.</summary>
internal sealed record Asked(Pace Pace, Moments Moments, int Held, DateTimeOffset Until);
