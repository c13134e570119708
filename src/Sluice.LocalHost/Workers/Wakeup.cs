using System.Threading.Channels;

namespace Sluice.LocalHost.Workers;

/// <summary>The bell of one process: a signal that says there is something due, now or at a moment. Never a poll.</summary>
internal sealed class Wakeup(TimeProvider time)
{
    private readonly Channel<bool> signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private long waitingUntil = long.MaxValue;

    public bool IsAhead(DateTimeOffset at) => at > time.GetUtcNow();

    public void Now() => signal.Writer.TryWrite(true);

    /// <summary>Wakes whoever waits for longer than that; the book knows the moment itself.</summary>
    public void At(DateTimeOffset at)
    {
        if (at.UtcTicks < Volatile.Read(ref waitingUntil)) Now();
    }

    /// <summary>Waits for the signal, or for the moment.</summary>
    public async ValueTask WaitAsync(DateTimeOffset until, CancellationToken cancellationToken)
    {
        var wait = until - time.GetUtcNow();
        Volatile.Write(ref waitingUntil, until.UtcTicks);
        using (time.CreateTimer(static wakeup => ((Wakeup)wakeup!).Now(), this, wait > TimeSpan.Zero ? wait : TimeSpan.Zero, Timeout.InfiniteTimeSpan))
        {
            // A clock that was set since leaves the timer behind.
            if (!IsAhead(until)) Now();
            await signal.Reader.ReadAsync(cancellationToken);
        }

        // Whatever is told from here on is seen by the sweep that follows.
        Volatile.Write(ref waitingUntil, long.MaxValue);
    }
}
