using System.Globalization;

namespace Sluice.Delivery;

/// <summary>How often an event has gone through Sluice: a destination that leads back to a source would never end. Counted in a header that every request of Sluice's carries.</summary>
public static class Hops
{
    public const string Header = "Sluice-Hops";

    /// <summary>5: some chains are meant, none is this long.</summary>
    public const int Most = 5;

    /// <summary>What the header says; 0 where it is absent or says nothing of sense.</summary>
    public static int Read(string? header) => int.TryParse(header, NumberStyles.None, CultureInfo.InvariantCulture, out var hops) ? hops : 0;

    /// <summary>What the next request says.</summary>
    public static string After(int hops) => (Math.Min(hops, Most) + 1).ToString(CultureInfo.InvariantCulture);
}
