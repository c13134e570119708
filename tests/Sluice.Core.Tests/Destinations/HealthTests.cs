using Sluice.Configuration;
using Sluice.Destinations;
using Sluice.Notices;

namespace Sluice.Core.Tests.Destinations;

/// <summary>What attempts and time make of a destination's health, and what operators are told of it.</summary>
public sealed class HealthTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly DestinationSettings Settings = new() { Name = "billing", Handler = "http", Owner = "ops@example.com", DisableAfter = TimeSpan.FromDays(5) };

    [Fact]
    public void One_that_works_is_nothing_to_remember()
    {
        Assert.True(Health.Well.IsNothing);
        Assert.Same(Health.Well, Health.Well.After(Tries.None.Worked(), Settings, Standing.Active, Start));
    }

    [Fact]
    public void One_hiccup_tells_nobody()
    {
        var health = Fail(Health.Well, Start);
        Assert.Equal((Start, 1, HealthStage.Healthy), (health.Since, (int)health.Failures, health.Stage));
        Assert.True(Work(health, Start.AddSeconds(5)).IsNothing);
    }

    [Theory]
    [InlineData(4, 9, false)]
    [InlineData(5, 1, true)]
    [InlineData(2, 10, true)]
    public void It_is_failing_from_5_failures_or_10_minutes_on(int failures, int minutes, bool isTold)
    {
        var health = Health.Well;
        for (var i = 0; i < failures; i++) health = Fail(health, Start.AddMinutes((double)minutes * i / (failures - 1)));
        Assert.Equal(isTold ? [Notice.FailingType] : [], health.Untold.Select(notice => notice.Type));
    }

    [Theory]
    [InlineData(59, null, null)]
    [InlineData(60, "50", Notice.WarningType)]
    [InlineData(84, "70", Notice.WarningType)]
    [InlineData(107, "70", Notice.WarningType)]
    [InlineData(108, "90", Notice.WarningType)]
    [InlineData(119, "90", Notice.WarningType)]
    [InlineData(120, "disabled", Notice.DisabledType)]
    public void Time_brings_it_to_50_70_90_percent_and_to_its_end(int hours, string? key, string? type)
    {
        // Tried as late as can be: a retry a day.
        var health = Told(FailingSince(Start, until: hours - 1));
        var later = health.After(Tries.None, Settings, Standing.Active, Start.AddHours(hours));
        if (key is null || health.Stage == later.Stage)
        {
            Assert.Empty(later.Untold);
            return;
        }

        var notice = Assert.Single(later.Untold);
        Assert.Equal(($"billing/2026-03-01T12:00:00.0000000/{key}", type), (notice.Key, notice.Type));
    }

    [Fact]
    public void The_next_look_is_at_the_moment_of_the_next_stage()
    {
        var health = Fail(Health.Well, Start);
        Assert.Equal(Start.AddMinutes(10), health.NextStageAt(Settings, Standing.Active));
        health = Told(health.After(Tries.None, Settings, Standing.Active, Start.AddMinutes(10)));
        Assert.Equal(HealthStage.Failing, health.Stage);
        // Nothing was tried since: half of the time is further away than that says anything of.
        Assert.Null(health.NextStageAt(Settings, Standing.Active));
        var seen = new List<DateTimeOffset>();
        for (var hours = 20; hours < 120; hours += 20)
        {
            health = Fail(health, Start.AddHours(hours));
            if (health.NextStageAt(Settings, Standing.Active) is { } next) seen.Add(next);
        }

        Assert.Equal([Start.AddHours(60), Start.AddHours(84), Start.AddHours(108)], seen.Distinct());
    }

    [Fact]
    public void What_is_told_says_when_it_will_be_disabled_and_who_owns_it()
    {
        var notice = Assert.Single(FailingSince(Start, until: 60).Untold, notice => notice.Type == Notice.WarningType);
        Assert.Equal("Destination billing has been failing since 2026-03-01 12:00 UTC: 7 attempts failed, the last with: answered 503. It will be disabled at 2026-03-06 12:00 UTC unless one succeeds.", notice.Text);
        Assert.Equal(new NoticeData { Destination = "billing", Owner = "ops@example.com", Since = Start, Failures = 7, LastError = "answered 503", DisableAt = Start.AddDays(5) }, notice.Data);
    }

    [Fact]
    public void One_that_is_refused_once_and_then_gets_nothing_is_not_made_worse_by_time()
    {
        var health = Health.Well.After(Tries.None.Failed(Start, "answered 400", isWaiting: false, isDead: true, null), Settings, Standing.Active, Start);
        Assert.Null(health.NextStageAt(Settings, Standing.Active));
        Assert.Equal(HealthStage.Healthy, health.After(Tries.None, Settings, Standing.Active, Start.AddDays(30)).Stage);
        // And one more a month later begins anew.
        Assert.Equal(Start.AddDays(30), Fail(health, Start.AddDays(30)).Since);
    }

    [Fact]
    public void Time_in_which_nothing_was_tried_disables_nothing()
    {
        var health = Told(FailingSince(Start, until: 10));
        Assert.Equal(HealthStage.Failing, health.After(Tries.None, Settings, Standing.Active, Start.AddDays(30)).Stage);
        var anew = Fail(health, Start.AddDays(30));
        Assert.Equal((Start.AddDays(30), HealthStage.Healthy), (anew.Since, anew.Stage));
        Assert.Equal(Notice.RecoveredType, Assert.Single(Work(anew, Start.AddDays(31)).Untold).Type);
    }

    [Theory]
    [InlineData(DestinationState.Paused)]
    [InlineData(DestinationState.Disabled)]
    public void One_that_gets_nothing_is_not_made_worse_by_time(DestinationState state)
    {
        var health = Told(FailingSince(Start, until: 50));
        Assert.Same(health, health.After(Tries.None, Settings, new Standing(state, "a person", Start.AddHours(51)), Start.AddHours(60)));
    }

    [Fact]
    public void One_that_a_person_resumed_begins_anew_and_tells_its_recovery_once()
    {
        var health = Told(FailingSince(Start, until: 120));
        Assert.Equal(HealthStage.Disabled, health.Stage);
        // What was under way when it was disabled changes nothing.
        Assert.Same(health, Work(health, Start.AddHours(121)));
        var resumed = new Standing(DestinationState.Active, null, Start.AddHours(130));
        var anew = health.After(Failure(Start.AddHours(131)), Settings, resumed, Start.AddHours(131));
        Assert.Equal((Start.AddHours(131), HealthStage.Healthy, 1), (anew.Since, anew.Stage, (int)anew.Failures));
        foreach (var before in new[] { health, anew })
        {
            var well = before.After(Tries.None.Worked(), Settings, resumed, Start.AddHours(132));
            Assert.Equal("billing/2026-03-01T12:00:00.0000000/recovered", Assert.Single(well.Untold).Key);
            Assert.True(Told(well).IsNothing);
        }
    }

    [Fact]
    public void A_recovery_is_told_only_after_something_was()
    {
        Assert.Empty(Work(Fail(Fail(Health.Well, Start), Start.AddMinutes(1)), Start.AddMinutes(2)).Untold);
        var notice = Assert.Single(Work(Told(FailingSince(Start, until: 30)), Start.AddHours(31)).Untold);
        Assert.Equal("Destination billing works again. It had been failing for 1 day 7 hours, since 2026-03-01 12:00 UTC.", notice.Text);
    }

    [Fact]
    public void One_that_says_it_is_gone_is_disabled_at_once()
    {
        var health = Health.Well.After(Tries.None.Failed(Start, "answered 410", isWaiting: false, isDead: true, "answered 410"), Settings with { DisableAfter = null }, Standing.Active, Start);
        var notice = Assert.Single(health.Untold);
        Assert.Equal((Notice.DisabledType, "answered 410", HealthStage.Disabled), (notice.Type, notice.Data.Reason, health.Stage));
        Assert.Equal("Destination billing is disabled since 2026-03-01 12:00 UTC: answered 410. Its events are kept; once it is mended, run: sluice destination resume billing", notice.Text);
    }

    [Fact]
    public void One_that_is_never_to_be_disabled_is_told_as_failing_and_no_more()
    {
        var settings = Settings with { DisableAfter = null };
        var health = Health.Well;
        for (var day = 0; day < 100; day++) health = health.After(Failure(Start.AddDays(day)), settings, Standing.Active, Start.AddDays(day));
        Assert.Equal([Notice.FailingType], health.Untold.Select(notice => notice.Type));
        Assert.Null(health.Untold[0].Data.DisableAt);
    }

    [Fact]
    public void Dead_letters_are_told_at_10_100_and_1000_of_an_hour()
    {
        var health = Health.Well;
        var told = new List<string>();
        for (var i = 1; i <= 1200; i++)
        {
            var at = Start.AddSeconds(i);
            health = health.After(Tries.None.Failed(at, "answered 400", isWaiting: false, isDead: true, null), Settings, Standing.Active, at);
            told.AddRange(health.Untold.Where(notice => notice.Type == Notice.DeadLettersType).Select(notice => $"{notice.Data.DeadLetters} {notice.Key}"));
            health = Told(health.After(Tries.None.Worked(), Settings, Standing.Active, at));
        }

        Assert.Equal([.. new[] { 10, 100, 1000 }.Select(step => $"{step} billing/2026-03-01T12:00:00.0000000/dead/{step}")], told);
        Assert.True(health.After(Tries.None, Settings, Standing.Active, Start.AddHours(1)).IsNothing);
    }

    [Fact]
    public void A_new_hour_counts_its_dead_letters_anew()
    {
        var health = Health.Well;
        for (var i = 0; i < 18; i++)
        {
            var at = Start.AddMinutes(51 + i);
            health = health.After(Tries.None.Failed(at, "answered 400", isWaiting: false, isDead: true, null), Settings, Standing.Active, at);
            health = Told(health.After(Tries.None.Worked(), Settings, Standing.Active, at));
        }

        Assert.Equal((Start.AddHours(1), 9L), (health.Hour, health.DeadLetters));
    }

    [Fact]
    public void What_two_processes_saw_adds_up_whoever_writes_first()
    {
        var first = Failure(Start).Failed(Start.AddSeconds(9), "answered 503", true, false, null);
        var second = Failure(Start.AddSeconds(3)).Failed(Start.AddSeconds(5), "answered 500", true, false, null);
        foreach (var health in new[] { Both(first, second), Both(second, first) })
            Assert.Equal((Start, 4, Start.AddSeconds(9)), (health.Since, (int)health.Failures, health.LastAt));
    }

    [Fact]
    public void What_was_written_already_is_not_counted_again()
    {
        var marked = Failure(Start) with { Mark = 7 };
        var health = Health.Well.After(marked, Settings, Standing.Active, Start);
        Assert.Equal(1, health.After(marked, Settings, Standing.Active, Start).Failures);
        // However many others have written since, within reason.
        for (var mark = 8; mark < 20; mark++) health = health.After(Failure(Start) with { Mark = mark }, Settings, Standing.Active, Start);
        Assert.Equal(13, health.After(marked, Settings, Standing.Active, Start).Failures);
    }

    [Fact]
    public void A_kept_health_is_read_as_it_was_written()
    {
        var health = FailingSince(Start, until: 60).After(Failure(Start.AddHours(61)) with { Mark = 7 }, Settings, Standing.Active, Start.AddHours(61));
        var read = HealthDocument.Read(HealthDocument.Write("billing", health, null));
        Assert.Equal(health with { Untold = [], Marks = [] }, read with { Untold = [], Marks = [] });
        Assert.Equal(health.Untold, read.Untold);
        Assert.Equal(health.Marks, read.Marks);
        Assert.Same(Health.Well, HealthDocument.Read(new("health", "billing", "{\"since\":[]}")));
    }

    [Fact]
    public void What_was_under_way_when_a_person_paused_it_disables_nothing()
    {
        var paused = new Standing(DestinationState.Paused, "they are moving", Start);
        var health = Health.Well.After(Tries.None.Failed(Start, "answered 410", isWaiting: false, isDead: true, "answered 410"), Settings, paused, Start);
        Assert.Empty(health.Untold);

        // Once it is resumed it may say so again.
        var resumed = new Standing(DestinationState.Active, null, Start.AddHours(1));
        health = health.After(Tries.None.Failed(Start.AddHours(2), "answered 410", isWaiting: false, isDead: true, "answered 410"), Settings, resumed, Start.AddHours(2));
        Assert.Equal(Notice.DisabledType, Assert.Single(health.Untold).Type);
    }

    private static Health Both(Tries one, Tries other) =>
        Health.Well.After(one, Settings, Standing.Active, Start.AddSeconds(10)).After(other, Settings, Standing.Active, Start.AddSeconds(11));

    private static Tries Failure(DateTimeOffset at) => Tries.None.Failed(at, "answered 503", isWaiting: true, isDead: false, null);

    private static Health Fail(Health health, DateTimeOffset at) => health.After(Failure(at), Settings, Standing.Active, at);

    private static Health Work(Health health, DateTimeOffset at) => health.After(Tries.None.Worked(), Settings, Standing.Active, at);

    private static Health Told(Health health) => health with { Untold = [] };

    // Fails every ten hours, and last at the given one.
    private static Health FailingSince(DateTimeOffset since, int until)
    {
        var health = Health.Well;
        for (var hours = 0; hours < until; hours += 10) health = Fail(health, since.AddHours(hours));
        return Fail(health, since.AddHours(until));
    }
}
