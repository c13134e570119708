using Sluice.LocalHost.Conformance;

namespace Sluice.Hosts.Tests.Conformance;

/// <summary>Receivers with one fault each: it is found, and no other.</summary>
public sealed class BadReceiverTests
{
    [Fact]
    public async Task A_receiver_that_does_everything_right_is_good()
    {
        var report = await JudgeAsync(new Receiver());
        Assert.True(report.IsGood, string.Join('\n', report.Faults));
        Assert.All(report.Scenarios, scenario => Assert.Equal("good", scenario.Verdict));
        Assert.All(report.Scenarios, scenario => Assert.Equal(scenario.Events, scenario.Kept));
        Assert.Equal(["schedule"], report.Notes.Select(note => note.Split(':')[0]));
    }

    [Fact]
    public Task Whoever_accepts_anything_is_caught() => FindsAsync(new AcceptsAnything(), FaultKind.AcceptsForgeries, "forgery");

    [Fact]
    public async Task Of_whoever_accepts_anything_the_signed_time_and_the_old_secrets_are_not_judged()
    {
        var report = await JudgeAsync(new AcceptsAnything());
        Assert.StartsWith("5 of 5 forgeries were taken, such as an event ", Assert.Single(report.Faults).What, StringComparison.Ordinal);
        Assert.Equal(["forgery"], report.Scenarios.Where(scenario => scenario.Verdict == "bad").Select(scenario => scenario.Name));
        Assert.Equal(["time", "rotation"], report.Scenarios.Where(scenario => scenario.Verdict == "not judged").Select(scenario => scenario.Name));
        Assert.Contains("time: not judged, since it takes forgeries", report.Notes);
    }

    [Fact]
    public async Task Whoever_sends_an_event_somewhere_else_is_told_that_nobody_goes_there()
    {
        await using var receiver = await new Redirects().StartAsync();
        var report = await Played.PlayAsync(Played.Sender(Target, receiver.Url));
        var fault = Assert.Single(report.Faults);
        Assert.Equal((FaultKind.Redirects, "a genuine event was answered 302; Stripe takes 2xx for success"), (fault.Kind, fault.What));
        Assert.Contains("take a redirect for a failure", fault.Fix, StringComparison.Ordinal);
        Assert.Equal(1, report.Scenarios.Sum(scenario => scenario.Sent));
    }

    [Fact]
    public Task Whoever_checks_what_a_parser_made_of_the_body_is_caught() => FindsAsync(new ChecksParsedBody(), FaultKind.ChecksParsedBody, "genuine", "exact-bytes");

    [Fact]
    public Task Whoever_keeps_a_repeat_as_another_event_is_caught() => FindsAsync(new DedupesNothing(), FaultKind.KeepsTwice, "duplicates", "order", "schedule");

    [Fact]
    public Task Whoever_answers_before_keeping_is_caught() => FindsAsync(new AnswersBeforeKeeping(), FaultKind.AnswersBeforeKeeping, "answer");

    [Fact]
    public Task Whoever_answers_500_to_a_repeat_is_caught() => FindsAsync(new FailsOnDuplicates(), FaultKind.RefusesDuplicates, "duplicates", "order", "schedule");

    [Fact]
    public Task Whoever_ignores_the_signed_time_is_caught() => FindsAsync(new IgnoresTime(), FaultKind.IgnoresTime, "time");

    [Fact]
    public Task Whoever_keeps_before_verifying_is_caught() => FindsAsync(new KeepsBeforeVerifying(), FaultKind.KeepsForgeries, "time", "forgery", "rotation");

    [Fact]
    public async Task Whoever_keeps_nothing_is_caught_in_every_scenario_that_has_an_event_to_keep()
    {
        var report = await JudgeAsync(new KeepsNothing());
        Assert.Equal([FaultKind.Loses, FaultKind.AnswersBeforeKeeping], report.Faults.Select(fault => fault.Kind).Order());
        Assert.Equal(report.Scenarios.Where(scenario => scenario.Events > 0).Select(scenario => scenario.Name), report.Faults.Single(fault => fault.Kind == FaultKind.Loses).Scenarios);
    }

    [Fact]
    public async Task Whoever_has_another_secret_is_asked_one_thing_only()
    {
        await using var receiver = await new Receiver().StartAsync();
        var target = Played.Target("stripe", "whsec_of_somebody_else");
        var report = await Played.PlayAsync(Played.Sender(target, receiver.Url, Played.Observer(receiver.KeptUrl)));
        Assert.Equal(FaultKind.RefusesGenuine, Assert.Single(report.Faults).Kind);
        Assert.Equal(2, report.Scenarios.Sum(scenario => scenario.Sent));
        Assert.Equal("genuine: what refuses a genuine event is sent nothing else", Assert.Single(report.Notes));
        Assert.All(report.Scenarios.Skip(1), scenario => Assert.Equal("left out", scenario.Verdict));
    }

    [Fact]
    public async Task Without_somebody_who_says_what_is_kept_the_report_says_what_is_not_known()
    {
        await using var receiver = await new DedupesNothing().StartAsync();
        var report = await Played.PlayAsync(Played.Sender(Target, receiver.Url, next: [Receiver.NextSecret]));
        Assert.True(report.IsGood);
        Assert.Contains(report.Notes, note => note.StartsWith("not checked", StringComparison.Ordinal) && note.Contains("kept once", StringComparison.Ordinal));
        Assert.All(report.Scenarios, scenario => Assert.Null(scenario.Kept));
        Assert.Equal("left out", report.Scenarios[^1].Verdict);
    }

    [Fact]
    public async Task A_secret_that_is_still_taken_after_its_end_and_one_that_is_not_taken_yet_are_found()
    {
        await using var receiver = await new Receiver().StartAsync();
        var report = await Played.PlayAsync(Played.Sender(Target, receiver.Url, next: ["whsec_nobody_told_it"], retired: [Receiver.NextSecret]), "rotation");
        Assert.Equal([FaultKind.RefusesNextSecret, FaultKind.AcceptsRetiredSecret], report.Faults.Select(fault => fault.Kind));
    }

    private static LocalHost.Commands.SendTarget Target => Played.Target("stripe", Receiver.Secret);

    private static async Task FindsAsync(Receiver receiver, FaultKind kind, params string[] scenarios)
    {
        var report = await JudgeAsync(receiver);
        var fault = Assert.Single(report.Faults);
        Assert.Equal(kind, fault.Kind);
        Assert.Subset(fault.Scenarios.ToHashSet(), scenarios.ToHashSet());
        Assert.NotEmpty(fault.What);
        Assert.NotEmpty(fault.Fix);
        Assert.False(report.IsGood);
    }

    private static async Task<ConformanceReport> JudgeAsync(Receiver receiver)
    {
        await using var running = await receiver.StartAsync();
        return await Played.PlayAsync(Played.Sender(Target, running.Url, Played.Observer(running.KeptUrl), next: [Receiver.NextSecret], retired: ["whsec_of_yesterday"], patience: TimeSpan.FromMilliseconds(receiver is KeepsNothing ? 200 : 10_000)));
    }
}
