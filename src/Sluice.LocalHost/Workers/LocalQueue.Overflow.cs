using Sluice.Processing;

namespace Sluice.LocalHost.Workers;

/// <summary>What does not fit into the queue: it stays due, or is handed back to be parked, and is rung again when there is room.</summary>
internal sealed partial class LocalQueue
{
    /// <summary>Bells that wait to be parked. More stay due, and the sweep finds them.</summary>
    public const int MostHandedBack = 1024;

    private List<Bell> handedBack = [];
    private bool more;

    /// <summary>Signals that something was handed back, or that there is room for what is parked.</summary>
    public Wakeup Changed { get; } = new(time);

    /// <summary>Says that the book has more due than was rung: the next room wakes the sweep.</summary>
    public void MoreIsDue()
    {
        lock (gate)
        {
            more = true;
            WakeForMore();
        }
    }

    /// <summary>Says that the book has more of a destination parked than was rung: <see cref="TakeRoom"/> names it once there is room.</summary>
    public void MoreIsParked(string destination)
    {
        lock (gate)
        {
            var share = shares.Of(destination);
            share.IsBehind = true;
            if (shares.HasRoom(share)) Changed.Now();
        }
    }

    /// <summary>What <see cref="TakeRoom"/> asked for was rung.</summary>
    /// <param name="isMore">More of it is parked: <see cref="TakeRoom"/> names the destination again once there is room.</param>
    public void Fetched(string destination, bool isMore)
    {
        lock (gate)
        {
            var share = shares.Of(destination);
            share.Fetched(isMore);
            if (shares.HasRoom(share)) Changed.Now();
        }
    }

    /// <summary>Bells that did not fit. Whoever takes them parks their deliveries, and then says <see cref="Forget"/>.</summary>
    public IReadOnlyList<Bell> TakeHandedBack()
    {
        lock (gate)
        {
            if (handedBack.Count == 0) return [];
            var taken = handedBack;
            handedBack = [];
            return taken;
        }
    }

    /// <summary>Bells that were handed back are no matter of the queue any more.</summary>
    public void Forget(IReadOnlyList<Bell> bells)
    {
        lock (gate)
        {
            foreach (var bell in bells)
            {
                known.Remove((bell.Delivery, bell.Attempt));
                var share = shares.Of(bell.Delivery.Destination);
                share.HandedBack--;
                if (shares.HasRoom(share)) Changed.Now();
            }

            WakeForMore();
        }
    }

    /// <summary>The destinations that have room for what is parked of them.</summary>
    public IReadOnlyList<Room> TakeRoom()
    {
        lock (gate) return process is null ? [] : shares.TakeRoom();
    }

    private void WakeForMore()
    {
        if (!more || shares.Waiting > Shares.MostWaiting / 2 || handedBack.Count > 0) return;
        more = false;
        wakeup.Now();
    }
}
