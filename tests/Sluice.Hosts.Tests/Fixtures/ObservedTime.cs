using System.Collections.Concurrent;
using Sluice.Contracts;

namespace Sluice.Hosts.Tests.Fixtures;

/// <summary>The virtual clock, and a look at what is waited for: a test moves it when the one concerned is waiting, not before.</summary>
internal sealed class ObservedTime(DateTimeOffset start) : TimeProvider
{
    private readonly VirtualTime time = new(start);
    private readonly ConcurrentDictionary<Waiting, TimeSpan> waiting = new();

    public override long TimestampFrequency => time.TimestampFrequency;

    public override TimeZoneInfo LocalTimeZone => time.LocalTimeZone;

    public override DateTimeOffset GetUtcNow() => time.GetUtcNow();

    public override long GetTimestamp() => time.GetTimestamp();

    public void Advance(TimeSpan by) => time.Advance(by);

    public void AdvanceTo(DateTimeOffset moment) => time.Advance(moment - time.GetUtcNow());

    /// <summary>Whether somebody waits for exactly that moment.</summary>
    public bool IsAwaited(DateTimeOffset moment) => waiting.Values.Contains(moment - start);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Waiting(this);
        timer.Begin(time.CreateTimer(callback, state, dueTime, period), dueTime);
        return timer;
    }

    private sealed class Waiting(ObservedTime owner) : ITimer
    {
        private ITimer timer = null!;

        public void Begin(ITimer begun, TimeSpan dueTime)
        {
            timer = begun;
            Note(dueTime);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Note(dueTime);
            return timer.Change(dueTime, period);
        }

        public void Dispose()
        {
            owner.waiting.TryRemove(this, out _);
            timer.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Note(TimeSpan dueTime)
        {
            if (dueTime >= TimeSpan.Zero) owner.waiting[this] = owner.time.Elapsed + dueTime;
            else owner.waiting.TryRemove(this, out _);
        }
    }
}
