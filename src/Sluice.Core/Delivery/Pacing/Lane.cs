using Sluice.Configuration;

namespace Sluice.Delivery.Pacing;

/// <summary>What this process knows and has taken of one destination's pace. Short locks only: nothing here waits or calls anybody.</summary>
internal sealed class Lane(TimeSpan ahead)
{
    /// <summary>After being told that all slots are taken, how long nobody is asked again: an attempt of our own that ends makes room without asking.</summary>
    private static readonly TimeSpan Full = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private readonly Line line = new(ahead);
    private Rate? rate;
    private double ratePerSecond;
    private Moments moments;
    private DateTimeOffset next;
    private DateTimeOffset until;
    private DateTimeOffset fullUntil;
    private int held;
    private int used;
    private int failures;
    private volatile bool waits;
    private long seenAt;

    /// <summary>Whether deliveries may be parked with it.</summary>
    public bool Waits
    {
        get => waits;
        set => waits = value;
    }

    /// <summary>Nothing is parked with it, as the book said at a moment.</summary>
    public void SawNothing(DateTimeOffset now)
    {
        Volatile.Write(ref seenAt, now.UtcTicks);
        waits = false;
    }

    /// <summary>Whether others may have parked something with it since the book was looked into.</summary>
    public bool IsLongSeen(TimeSpan believed, DateTimeOffset now) => Math.Abs(now.UtcTicks - Volatile.Read(ref seenAt)) > believed.Ticks;

    /// <summary>The changes of the shared document that are made from here.</summary>
    public Changes Changes { get; } = new();

    /// <summary>How many attempts are under way here.</summary>
    public int Used
    {
        get
        {
            lock (gate) return used;
        }
    }

    public void Succeeded()
    {
        if (Volatile.Read(ref failures) != 0) Volatile.Write(ref failures, 0);
    }

    /// <summary>How many have failed one after another now.</summary>
    public int Failed() => Interlocked.Increment(ref failures);

    /// <summary>Takes what an attempt needs of what is here already; or says that more has to be asked for, or when to come again.</summary>
    /// <param name="length">How long the attempt may be under way.</param>
    public Taking Take(DeliveryLimits limits, TimeSpan length, DateTimeOffset now)
    {
        lock (gate)
        {
            var needs = Needs.Nothing;
            if (limits.Concurrency is { } limit && (used >= Math.Min(held, limit) || until < now + length))
            {
                if (used >= limit || (now < fullUntil && fullUntil - now <= Full)) return new(Admission.Park);
                needs |= Needs.Slots;
            }

            if (limits.Rate is { } perSecond)
            {
                var pace = RateOf(perSecond);
                moments = moments.Since(now, pace);
                if (moments.Count == 0 && next > now + pace.Lead && next <= now + (pace.Length * 2)) return new(line.Stand(next, pace.Interval, now));
                if (moments.Count == 0) needs |= Needs.Moments;
                else if (moments.First > now) return new(line.Stand(moments.First, pace.Interval, now));
            }

            if (needs != Needs.Nothing) return new(default, needs);
            var permit = new Permit { Moment = limits.Rate is null ? null : moments.First, IsSlot = limits.Concurrency is not null };
            if (permit.Moment is not null) moments = moments.Rest(rate!);
            if (permit.IsSlot) used++;
            return new(new Admission(AdmissionKind.Now, Permit: permit));
        }
    }

    /// <summary>How the document is changed to have what is needed; null when others have all of it.</summary>
    public Asked? Ask(Pace pace, Needs needs, DeliveryLimits limits, string by, TimeSpan length, DateTimeOffset now)
    {
        lock (gate)
        {
            var asked = new Asked(pace, default, held, until);
            if (needs.HasFlag(Needs.Slots))
            {
                var (changed, granted) = pace.Hold(by, Math.Min(used + Block(limits), limits.Concurrency!.Value), limits.Concurrency.Value, now, now + (length * 2));
                if (granted <= used)
                {
                    fullUntil = now + Full;
                    return null;
                }

                asked = asked with { Pace = changed, Held = granted, Until = now + (length * 2) };
            }

            if (needs.HasFlag(Needs.Moments))
            {
                var (changed, granted) = asked.Pace.TakeMoments(RateOf(limits.Rate!.Value), now);
                asked = asked with { Pace = changed, Moments = granted };
                if (granted.Count == 0)
                {
                    next = pace.Next ?? now;
                    return null;
                }
            }

            return asked;
        }
    }

    /// <summary>What was asked for is ours.</summary>
    public void Got(Asked asked, Needs needs)
    {
        lock (gate)
        {
            if (needs.HasFlag(Needs.Slots)) (held, until) = (asked.Held, asked.Until);
            if (needs.HasFlag(Needs.Moments)) (moments, next) = (asked.Moments, asked.Pace.Next!.Value);
        }
    }

    /// <summary>Nobody can be asked: a little later.</summary>
    public Admission Later(TimeSpan by, DateTimeOffset now)
    {
        lock (gate) return line.Stand(now + by, TimeSpan.Zero, now);
    }

    /// <summary>An attempt has ended, or was not made after all: its moment is free again if it is the last that was given out.</summary>
    public void Return(Permit permit, bool isUsed)
    {
        lock (gate)
        {
            if (permit.IsSlot) used--;
            if (isUsed || permit.Moment is not { } moment || rate is null) return;
            if (moments.Count == 0 || moments.First == moment + rate.Interval) moments = new(moment, moments.Count + 1);
        }
    }

    /// <summary>How many slots are kept when no more are needed here; null when it is not worth a change. Those given up are out of use from now on.</summary>
    public int? Spare(DeliveryLimits limits)
    {
        lock (gate)
        {
            var block = Block(limits);
            if (held == 0 || (used > 0 && held - used <= block * 2)) return null;
            return held = used == 0 ? 0 : used + block;
        }
    }

    /// <summary>How many of what waits may go, and at which moments, until the end of the line is so far ahead.</summary>
    public (IReadOnlyList<DateTimeOffset> Moments, DateTimeOffset Next) Go(DateTimeOffset? since, DeliveryLimits limits, DateTimeOffset now, TimeSpan by, int most)
    {
        lock (gate)
        {
            if (limits.Concurrency is { } limit) most = Math.Min(most, limit - used);
            // The line of a rate that holds no more would keep what waits from going.
            if (limits.Rate is { } perSecond) RateOf(perSecond);
            else if (rate is not null) NewRate(null);
            return line.Go(since, limits, rate?.Interval ?? TimeSpan.Zero, now, by, most);
        }
    }

    /// <summary>So much of the line was not needed.</summary>
    public void Gone(DateTimeOffset end)
    {
        lock (gate) line.Cut(end);
    }

    // A quarter of the limit at once, so that one that asks does not leave nothing for the others.
    private static int Block(DeliveryLimits limits) => Math.Max(1, (limits.Concurrency ?? 0) / 4);

    private Rate RateOf(double perSecond)
    {
        if (rate is not null && ratePerSecond == perSecond) return rate;
        NewRate(new Rate(perSecond));
        ratePerSecond = perSecond;
        return rate!;
    }

    private void NewRate(Rate? other)
    {
        if (rate is not null) line.Cut(default);
        (rate, moments, next) = (other, default, default);
    }
}
