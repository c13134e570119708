using Sluice.Configuration;
using Sluice.Inspection;

namespace Sluice.Destinations;

/// <summary>What one process knows of a destination's health: what it has read or written last, and what it has seen since. Never holds its lock across I/O.</summary>
internal sealed class WatchedDestination(string name, Random random)
{
    /// <summary>How long what was seen may stay unwritten while nothing comes of it.</summary>
    public static readonly TimeSpan WriteAfter = TimeSpan.FromSeconds(30);

    private readonly Lock gate = new();
    private Health known = Health.Well;
    private Tries tries = Tries.None;
    // What somebody began to write and got no answer to, before those. It may stand there already.
    private Tries unsure = Tries.None;
    private DateTimeOffset? unwrittenSince;
    private bool isBusy;
    private volatile bool isAiling;

    public string Name => name;

    /// <summary>False while a success changes nothing: then it costs no lock.</summary>
    public bool IsAiling => isAiling;

    public Health Known
    {
        get
        {
            lock (gate) return known;
        }
    }

    /// <summary>With what was seen since.</summary>
    public Health Now(DestinationSettings settings, Standing standing, DateTimeOffset now)
    {
        lock (gate) return Seen(settings, standing, now);
    }

    /// <summary>Notes one that failed.</summary>
    public void Failed(DateTimeOffset at, string error, bool isWaiting, bool isDead, string? disables)
    {
        lock (gate)
        {
            tries = tries.Failed(at, error, isWaiting, isDead, disables);
            unwrittenSince ??= at;
            isAiling = true;
        }
    }

    /// <summary>Notes one that succeeded. What only this process had seen is then over, and nobody else needs to know.</summary>
    public void Worked()
    {
        lock (gate)
        {
            tries = tries.Worked() with { Succeeded = known.IsAiling || isBusy || !unsure.IsNothing };
            if (tries.IsNothing) unwrittenSince = null;
            isAiling = known.IsAiling;
        }
    }

    /// <summary>Takes what others have written, unless this process is about to write.</summary>
    public void Read(Health health)
    {
        lock (gate)
        {
            if (!isBusy) Know(health);
        }
    }

    /// <summary>Whether something is to be written or told now.</summary>
    public bool IsDue(DestinationSettings settings, Standing standing, DateTimeOffset now)
    {
        lock (gate) return IsDueInside(settings, standing, now);
    }

    /// <summary>When there is something to write or to tell though nothing is tried; null when never.</summary>
    public DateTimeOffset? NextAt(DestinationSettings settings, Standing standing, DateTimeOffset now)
    {
        lock (gate)
        {
            var next = Seen(settings, standing, now).NextStageAt(settings, standing);
            if (unwrittenSince + WriteAfter is { } write && !(next < write)) next = write;
            if (known.Untold.Count > 0 && !(next < now + WriteAfter)) next = now + WriteAfter;
            return known.DeadLetters > 0 && !(next < known.Hour.AddHours(1)) ? known.Hour.AddHours(1) : next;
        }
    }

    /// <summary>Takes the turn to write, and what is to be written; false while somebody else has it: whoever has it then looks again.</summary>
    public bool TryBegin(out Tries taken)
    {
        lock (gate)
        {
            taken = Tries.None;
            if (isBusy) return false;
            isBusy = true;
            taken = Take();
            return true;
        }
    }

    /// <summary>Ends the turn with what now stands; where more has come meanwhile the turn goes on, with that.</summary>
    public bool IsOver(Health written, DestinationSettings settings, Standing standing, DateTimeOffset now, out Tries more)
    {
        lock (gate)
        {
            Know(written);
            more = Tries.None;
            isBusy = IsDueInside(settings, standing, now);
            if (isBusy) more = Take();
            return !isBusy;
        }
    }

    /// <summary>Ends the turn half-way; what was not written is kept.</summary>
    /// <param name="written">What was written of it; null where nothing was.</param>
    public void PutBack(Tries unwritten, Health? written, DateTimeOffset now)
    {
        lock (gate)
        {
            isBusy = false;
            unsure = unwritten;
            if (!unsure.IsNothing) unwrittenSince ??= now;
            Know(written ?? known);
        }
    }

    private bool IsDueInside(DestinationSettings settings, Standing standing, DateTimeOffset now)
    {
        if (isBusy && tries.IsNothing && unsure.IsNothing && known.Untold.Count == 0) return false;
        if (known.Untold.Count > 0 || tries.Succeeded || now - unwrittenSince >= WriteAfter) return true;
        var next = Seen(settings, standing, now);
        return next.Untold.Count > 0 || (next.IsNothing && !known.IsNothing);
    }

    private Tries Take()
    {
        if (!unsure.IsNothing)
        {
            var first = unsure;
            unsure = Tries.None;
            if (tries.IsNothing) unwrittenSince = null;
            return first;
        }

        var taken = tries.IsNothing ? tries : tries with { Mark = random.NextInt64(1, long.MaxValue) };
        (tries, unwrittenSince) = (Tries.None, null);
        return taken;
    }

    private Health Seen(DestinationSettings settings, Standing standing, DateTimeOffset now) => known.After(unsure.Then(tries), settings, standing, now);

    private void Know(Health health)
    {
        var (was, now) = (known.Stage != HealthStage.Healthy, health.Stage != HealthStage.Healthy);
        if (was != now) Telemetry.Failing.Add(now ? 1 : -1, new KeyValuePair<string, object?>("destination", name));
        known = health;
        isAiling = known.IsAiling || tries.Failures > 0 || unsure.Failures > 0;
    }
}
