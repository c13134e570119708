using Sluice.Events;

namespace Sluice.LocalHost.Workers;

/// <summary>What one destination has of the workers, and what the queue knows of it.</summary>
internal sealed class Share(string destination)
{
    public string Destination => destination;

    /// <summary>Its workers.</summary>
    public int Held { get; set; }

    /// <summary>Those of them for which the book is being asked.</summary>
    public int Granted { get; set; }

    /// <summary>The book has something due of it, or may have.</summary>
    public bool IsDue { get; set; }

    /// <summary>The book is being asked.</summary>
    public bool IsAsked { get; set; }

    /// <summary>It stands among those that get workers in turn.</summary>
    public bool HasTurn { get; set; }

    /// <summary>Somebody wants to know when nothing more of it is due.</summary>
    public bool IsAwaited { get; set; }

    /// <summary>When it has something due next.</summary>
    public DateTimeOffset? NextAt { get; set; }

    /// <summary>What workers look at without a claim: the book still has it as due.</summary>
    public HashSet<(DeliveryId Delivery, int Attempt)> Unclaimed { get; } = [];

    /// <summary>All that the book had was being looked at: it is asked again when such a look ends, which may have come too early for what was rung for.</summary>
    public bool IsPassedOver { get; set; }

    public void DueAt(DateTimeOffset? at)
    {
        if (at is not null && !(at >= NextAt)) NextAt = at;
    }
}
