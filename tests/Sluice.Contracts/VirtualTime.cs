using System.Diagnostics;

namespace Sluice.Contracts;

/// <summary>
/// A clock that moves only when told to. <see cref="Advance"/> fires the timers on its way in the order of their moments.
/// A simulation passes a <paramref name="dispatcher"/>, asked once for each new timer, that says how its callbacks are run.
/// </summary>
public sealed class VirtualTime(DateTimeOffset start, Func<Action<Action>>? dispatcher = null) : TimeProvider
{
    private readonly Lock gate = new();
    private readonly SortedSet<Timer> timers = new(Comparer<Timer>.Create(static (a, b) => a.At != b.At ? a.At.CompareTo(b.At) : a.Sequence.CompareTo(b.Sequence)));
    private long sequence;
    private TimeSpan elapsed;
    private TimeSpan skew;

    /// <summary>What has passed, whatever the wall clock says.</summary>
    public TimeSpan Elapsed
    {
        get
        {
            lock (gate) return elapsed;
        }
    }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override DateTimeOffset GetUtcNow()
    {
        lock (gate) return start + elapsed + skew;
    }

    public override long GetTimestamp() => Elapsed.Ticks;

    /// <summary>Somebody sets the wall clock: the time of day changes, what has passed and the timers do not.</summary>
    public void Jump(TimeSpan by)
    {
        lock (gate) skew += by;
    }

    /// <summary>Lets time pass and fires every timer on the way.</summary>
    public void Advance(TimeSpan by)
    {
        var until = Elapsed + by;
        for (var began = Stopwatch.GetTimestamp(); MoveToNext(until);)
        {
            if (Stopwatch.GetElapsedTime(began) > RealTime.Longest) throw new InvalidOperationException($"after {RealTime.Longest.TotalSeconds} s the clock is still at {GetUtcNow():O}, and timers fire again and again");
        }
    }

    /// <summary>Moves to the next timer and fires it; when none is due until then, moves to <paramref name="until"/> and says false.</summary>
    public bool MoveToNext(TimeSpan until)
    {
        Timer? next;
        lock (gate)
        {
            next = timers.Min;
            if (next is null || next.At > until)
            {
                if (elapsed < until) elapsed = until;
                return false;
            }

            timers.Remove(next);
            if (elapsed < next.At) elapsed = next.At;
            if (next.Period > TimeSpan.Zero) Set(next, next.Period);
        }

        next.Fire();
        return true;
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, () => callback(state), dispatcher?.Invoke());
        timer.Change(dueTime, period);
        return timer;
    }

    // Callers hold the gate.
    private void Set(Timer timer, TimeSpan dueTime)
    {
        (timer.At, timer.Sequence) = (elapsed + dueTime, ++sequence);
        timers.Add(timer);
    }

    private sealed class Timer(VirtualTime time, Action callback, Action<Action>? dispatch) : ITimer
    {
        private bool isDisposed;

        public TimeSpan At { get; set; }

        public long Sequence { get; set; }

        public TimeSpan Period { get; private set; }

        public void Fire()
        {
            if (dispatch is null) callback();
            else dispatch(Callback);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time.gate)
            {
                if (isDisposed) return false;
                time.timers.Remove(this);
                Period = period;
                if (dueTime >= TimeSpan.Zero) time.Set(this, dueTime);
                return true;
            }
        }

        public void Dispose()
        {
            lock (time.gate)
            {
                isDisposed = true;
                time.timers.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        // Between its moment and its turn a timer may have been put away.
        private void Callback()
        {
            if (!isDisposed) callback();
        }
    }
}
