using Sluice.Configuration;
using Sluice.Notices;

namespace Sluice.Destinations;

/// <summary>
/// How a destination has fared since its last success, over all instances, and what operators have yet to be told of it. Pure: each step is
/// a function of what was, what was seen, the settings and the time.
/// </summary>
public sealed record Health
{
    /// <summary>From how many failures on it is failing.</summary>
    public const int FailuresToTell = 5;

    private const int MostUntold = 10;
    private const int MostMarks = 16;

    /// <summary>For how long it may fail before it is failing, however few attempts there were.</summary>
    public static readonly TimeSpan TimeToTell = TimeSpan.FromMinutes(10);

    private static readonly (HealthStage Stage, double Part)[] Warnings = [(HealthStage.Nearly, 0.9), (HealthStage.Most, 0.7), (HealthStage.Half, 0.5)];

    public static Health Well { get; } = new();

    /// <summary>When the first attempt failed since the last success; null while none has.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>How many failed since then.</summary>
    public long Failures { get; init; }

    /// <summary>When the last of them ended.</summary>
    public DateTimeOffset LastAt { get; init; }

    /// <summary>What it met, fit to be shown.</summary>
    public string? LastError { get; init; }

    /// <summary>Whether something waits to be tried again, so that time alone makes it worse.</summary>
    public bool IsWaiting { get; init; }

    public HealthStage Stage { get; init; }

    /// <summary>When it came to that stage.</summary>
    public DateTimeOffset StageAt { get; init; }

    /// <summary>Since when it had been failing when that was told first; null when nothing was told that a recovery would end.</summary>
    public DateTimeOffset? ToldSince { get; init; }

    /// <summary>The hour of <see cref="DeadLetters"/>.</summary>
    public DateTimeOffset Hour { get; init; }

    /// <summary>How many deliveries became dead letters in that hour.</summary>
    public long DeadLetters { get; init; }

    /// <summary>What operators have to be told and may not have been.</summary>
    public IReadOnlyList<Notice> Untold { get; init; } = [];

    /// <summary>The marks of what was written last: <see cref="Tries.Mark"/>.</summary>
    public IReadOnlyList<long> Marks { get; init; } = [];

    /// <summary>Whether there is nothing to remember.</summary>
    public bool IsNothing => Since is null && ToldSince is null && DeadLetters == 0 && Untold.Count == 0;

    /// <summary>Whether a success would change something.</summary>
    public bool IsAiling => Since is not null || ToldSince is not null;

    public static DateTimeOffset HourOf(DateTimeOffset at) => new(at.UtcTicks - (at.UtcTicks % TimeSpan.TicksPerHour), TimeSpan.Zero);

    /// <summary>After what was seen, and by now.</summary>
    public Health After(Tries tries, DestinationSettings settings, Standing standing, DateTimeOffset now)
    {
        if (tries.Mark != 0 && Marks.Contains(tries.Mark)) tries = Tries.None;
        var health = tries.Succeeded ? Worked(settings, standing, now) : this;
        if (tries.Failures > 0) health = health.Failed(tries, settings, standing);
        if (tries.DeadLetters > 0) health = health.Died(tries, settings);
        if (tries.Mark != 0) health = health with { Marks = [.. health.Marks.TakeLast(MostMarks - 1), tries.Mark] };
        return health.By(now, settings, standing);
    }

    /// <summary>When time alone brings it to its next stage; null when it does not.</summary>
    public DateTimeOffset? NextStageAt(DestinationSettings settings, Standing standing)
    {
        if (!Passes(standing) || !IsWaiting) return null;
        var since = Since!.Value;
        DateTimeOffset? next = Stage == HealthStage.Healthy ? since + TimeToTell : null;
        if (settings.DisableAfter is { } most)
        {
            var part = Stage switch { HealthStage.Nearly => 1, HealthStage.Most => 0.9, HealthStage.Half => 0.7, _ => 0.5 };
            var at = since + (part * most);
            if (next is null || at < next) next = at;
        }

        // Where nothing was tried for long, time says nothing of the destination.
        return next <= LastAt + Quiet(settings) ? next : null;
    }

    private Health Worked(DestinationSettings settings, Standing standing, DateTimeOffset now)
    {
        // What was under way when it was disabled resumes nothing: a person does.
        if (!IsAiling || (Stage == HealthStage.Disabled && !IsResumed(standing))) return this;
        var well = Well with { Hour = Hour, DeadLetters = DeadLetters, Untold = Untold, Marks = Marks };
        return ToldSince is { } since ? well.Tell(Notice.Recovered(this, settings, since, now)) : well;
    }

    private Health Failed(Tries tries, DestinationSettings settings, Standing standing)
    {
        // It begins anew where a person has resumed it since, and where nothing was tried for so long that this says nothing of the time between.
        var isDisabled = Stage == HealthStage.Disabled && !IsResumed(standing);
        var begins = Since is null || (!isDisabled && (standing.Since > Since || tries.FirstAt - LastAt > Quiet(settings)));
        var health = this with
        {
            Since = begins ? tries.FirstAt : Since, Failures = tries.Failures + (begins ? 0 : Failures), Stage = begins ? HealthStage.Healthy : Stage,
            LastAt = !begins && LastAt > tries.LastAt ? LastAt : tries.LastAt, LastError = tries.LastError, IsWaiting = tries.IsWaiting,
        };
        // Several processes may each have met the beginning; what was told goes by what was known then.
        if (health.Stage == HealthStage.Healthy && tries.FirstAt < health.Since) health = health with { Since = tries.FirstAt };
        // One that a person has paused says so again when it is resumed.
        return tries.Disables is { } reason && !isDisabled && standing.State == DestinationState.Active ? health.Disabled(settings, reason, tries.LastAt) : health;
    }

    private Health Died(Tries tries, DestinationSettings settings)
    {
        if (tries.Hour < Hour) return this;
        var before = tries.Hour == Hour ? DeadLetters : 0;
        var health = this with { Hour = tries.Hour, DeadLetters = before + tries.DeadLetters };
        var step = StepOf(health.DeadLetters);
        return step > StepOf(before) ? health.Tell(Notice.DeadLettersGrow(health, settings, step, tries.LastAt > tries.Hour ? tries.LastAt : tries.Hour)) : health;
    }

    private Health By(DateTimeOffset now, DestinationSettings settings, Standing standing)
    {
        var health = DeadLetters > 0 && HourOf(now) > Hour ? this with { DeadLetters = 0 } : this;
        if (!health.Passes(standing)) return health;
        var until = health.IsWaiting && now - health.LastAt <= Quiet(settings) && now > health.LastAt ? now : health.LastAt;
        var failing = until - health.Since!.Value;
        var stage = StageOf(failing, health.Failures, settings.DisableAfter);
        if (stage <= health.Stage) return health;
        if (stage == HealthStage.Disabled) return health.Disabled(settings, $"no attempt succeeded for {NoticeText.Length(settings.DisableAfter!.Value)}", now);
        health = health with { Stage = stage, StageAt = now, ToldSince = health.ToldSince ?? health.Since };
        return health.Tell(Notice.Failing(health, settings));
    }

    private Health Disabled(DestinationSettings settings, string reason, DateTimeOffset at)
    {
        var health = this with { Stage = HealthStage.Disabled, StageAt = at, ToldSince = ToldSince ?? Since };
        return health.Tell(Notice.Disabled(health, settings, reason));
    }

    private static HealthStage StageOf(TimeSpan failing, long failures, TimeSpan? disableAfter)
    {
        if (disableAfter is { } most)
        {
            if (failing >= most) return HealthStage.Disabled;
            foreach (var (stage, part) in Warnings)
            {
                if (failing >= part * most) return stage;
            }
        }

        return failures >= FailuresToTell || failing >= TimeToTell ? HealthStage.Failing : HealthStage.Healthy;
    }

    // Time counts while it is delivered to, from when it was resumed last.
    private bool Passes(Standing standing) => Since is { } since && Stage != HealthStage.Disabled && standing.State == DestinationState.Active && !(standing.Since > since);

    private bool IsResumed(Standing standing) => standing.State == DestinationState.Active && standing.Since >= StageAt;

    /// <summary>Longer than any delivery waits for its next attempt.</summary>
    private static TimeSpan Quiet(DestinationSettings settings)
    {
        var longest = settings.Retry.MaxDelay * (1 + settings.Retry.Jitter);
        return (longest > TimeSpan.FromDays(1) ? longest : TimeSpan.FromDays(1)) + TimeSpan.FromHours(1);
    }

    // 10, 100, 1000 and so on; 0 below.
    private static long StepOf(long deadLetters)
    {
        var step = 0L;
        for (var next = 10L; next <= deadLetters; next *= 10) step = next;
        return step;
    }

    private Health Tell(Notice notice) => this with { Untold = [.. Untold.Where(one => one.Key != notice.Key).TakeLast(MostUntold - 1), notice] };
}
