using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Delivery;
using Sluice.Destinations;
using Sluice.Events;
using Sluice.Hosts.Tests.Fixtures;

namespace Sluice.Hosts.Tests.Notices;

/// <summary>Operators are told once of what a destination does, and of its recovery.</summary>
public sealed class NoticeTests
{
    private static readonly DateTimeOffset Start = RunningSluice.Start;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    // One attempt every six hours, for ever.
    private static JsonObject Patient => new() { ["Breaker"] = new JsonObject { ["Failures"] = 0 }, ["Retry"] = new JsonObject { ["MaxAttempts"] = 1000, ["BaseDelay"] = "06:00:00", ["Factor"] = 1, ["MaxDelay"] = "06:00:00" } };

    private static JsonObject NeverLeftAlone => new() { ["Breaker"] = new JsonObject { ["Failures"] = 0 } };

    [Fact]
    public async Task A_destination_that_fails_is_told_warned_of_three_times_disabled_and_once_resumed_told_to_work()
    {
        await using var billing = await Sink.StartAsync(new Reply(500, Text: "token=secret"));
        await using var told = await Operator.StartAsync();
        var file = SluiceFile.Stripe.Destination("billing", new Uri(billing.Url + "?key=secret"), Patient).Destination("told", told.Sink.Url, Operator.Settings);
        await using var sluice = await RunningSluice.StartAsync(file);
        var id = await sluice.AcceptAsync();
        await sluice.UntilAsync(id, DeliveryStatus.Retrying, 1);
        await sluice.WrittenAsync(failures: 1);
        sluice.Time.AdvanceTo(Start.AddMinutes(10));
        await sluice.UntilAsync(async () =>
        {
            await sluice.LookAsync();
            return told.Sink.Count == 1;
        });
        await sluice.QuietAsync(failures: 1);
        for (var attempt = 1; attempt < 20; attempt++)
        {
            await sluice.ToNextAttemptAsync(id, attempt);
            await sluice.UntilAsync(id, DeliveryStatus.Retrying, attempt + 1);
            var expected = 1 + (attempt >= 10 ? 1 : 0) + (attempt >= 14 ? 1 : 0) + (attempt >= 18 ? 1 : 0);
            await sluice.UntilAsync(() => told.Sink.Count == expected);
            await sluice.WrittenAsync(failures: attempt + 1);
        }

        // It is disabled by the attempt of that moment, or by the moment itself; then the attempt waits.
        await sluice.ToNextAttemptAsync(id, 20);
        await sluice.UntilAsync(() => told.Sink.Count == 5);
        await sluice.UntilAsync(async () => (await sluice.DeliveryAsync(id)).Attempts.Count == 21 || (await sluice.Store.ParkedAsync("billing", 10, Cancellation)).Count == 1);
        await sluice.QuietAsync((await sluice.DeliveryAsync(id)).Attempts.Count);

        Assert.Equal(["destination.failing", "destination.warning", "destination.warning", "destination.warning", "destination.disabled"], told.TypesOf("billing"));
        Assert.Equal([Start.AddMinutes(10), Start.AddHours(60), Start.AddHours(84), Start.AddHours(108), Start.AddHours(120)], told.Told.Select(notice => notice.GetProperty("at").GetDateTimeOffset()));
        Assert.All(told.Told.Take(4), notice => Assert.Equal(Start.AddDays(5), notice.GetProperty("data").GetProperty("disableAt").GetDateTimeOffset()));
        Assert.DoesNotContain("secret", Encoding.UTF8.GetString([.. told.Sink.Requests.SelectMany(request => request.Body)]), StringComparison.Ordinal);
        var registrations = sluice.Services.GetRequiredService<Registrations>();
        Assert.Equal(DestinationState.Disabled, StandingOf(sluice).State);
        Assert.Equal("no attempt succeeded for 5 days", StandingOf(sluice).Reason);

        billing.Answers(200);
        await registrations.ResumeAsync("billing", Cancellation);
        await sluice.AcceptAsync("evt_2");
        await sluice.UntilAsync(() => told.Sink.Count == 6);
        Assert.Equal("destination.recovered", told.TypesOf("billing")[^1]);
        await sluice.UntilAsync(async () => (await sluice.KeptHealthAsync()).Count == 0);
    }

    [Fact]
    public async Task Of_8_attempts_that_fail_at_once_and_go_on_failing_there_is_one_notice_of_each_kind()
    {
        await using var billing = await Sink.StartAsync(500);
        await using var told = await Operator.StartAsync();
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe.Destination("billing", billing.Url, NeverLeftAlone).Destination("told", told.Sink.Url, Operator.Settings));
        var ids = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => sluice.AcceptAsync($"evt_{i}")));
        foreach (var id in ids) await sluice.UntilAsync(id, DeliveryStatus.Retrying, 1);
        await sluice.QuietAsync(failures: 8);
        sluice.Time.Advance(TimeSpan.FromSeconds(5));
        foreach (var id in ids) await sluice.UntilAsync(id, DeliveryStatus.Retrying, 2);
        await sluice.QuietAsync(failures: 16);
        Assert.Equal(1, told.Sink.Count);
        billing.Answers(200);
        sluice.Time.Advance(TimeSpan.FromSeconds(20));
        foreach (var id in ids) await sluice.UntilAsync(id, DeliveryStatus.Delivered, 3);
        await sluice.UntilAsync(() => told.Sink.Count == 2);
        Assert.Equal(["destination.failing", "destination.recovered"], told.TypesOf("billing"));
        Assert.Equal(10, (await sluice.StatsAsync()).Events);
    }

    [Fact]
    public async Task Time_alone_brings_the_notice_when_its_moment_comes()
    {
        await using var billing = await Sink.StartAsync(500);
        await using var told = await Operator.StartAsync();
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe.Destination("billing", billing.Url, Patient).Destination("told", told.Sink.Url, Operator.Settings));
        await sluice.UntilAsync(await sluice.AcceptAsync(), DeliveryStatus.Retrying, 1);
        await sluice.WrittenAsync(failures: 1);
        await sluice.PassAsync(TimeSpan.FromSeconds(30));
        for (var minute = 1; minute < 10; minute++) await sluice.PassAsync(TimeSpan.FromMinutes(1));
        await sluice.UntilAsync(() => told.Sink.Count == 1);
        var notice = told.Told[0];
        Assert.Equal("destination.failing", notice.GetProperty("type").GetString());
        Assert.InRange(notice.GetProperty("at").GetDateTimeOffset(), Start.AddMinutes(10), Start.AddMinutes(10).AddSeconds(1));
    }

    [Fact]
    public async Task Ten_dead_letters_within_an_hour_are_told()
    {
        await using var billing = await Sink.StartAsync([.. Enumerable.Range(0, 30).Select(i => new Reply(i % 3 == 2 ? 200 : 400))]);
        await using var told = await Operator.StartAsync();
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe.Destination("billing", billing.Url).Destination("told", told.Sink.Url, Operator.Settings));
        for (var i = 0; i < 18; i++) await sluice.UntilAsync(await sluice.AcceptAsync($"evt_{i}"), i % 3 == 2 ? DeliveryStatus.Delivered : DeliveryStatus.DeadLettered, 1);
        await sluice.UntilAsync(() => told.Sink.Count == 1);
        var notice = Assert.Single(told.Told);
        Assert.Equal(("dead_letters.growing", 10, "answered 400"), (notice.GetProperty("type").GetString(), notice.GetProperty("data").GetProperty("deadLetters").GetInt32(), notice.GetProperty("data").GetProperty("lastError").GetString()));
        Assert.Equal("Destination billing: 10 deliveries became dead letters since 2026-03-01 12:00 UTC. To look at them, run: sluice dead list --destination billing", notice.GetProperty("text").GetString());
    }

    [Fact]
    public async Task One_that_says_it_is_gone_is_disabled_and_told()
    {
        await using var told = await Operator.StartAsync();
        var gone = new OwnHandler("gone", (_, _, _) => new(Outcome.DeadLetter("answered 410") with { Disables = true, StatusCode = 410 }));
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe.Destination("billing", "gone").Destination("told", told.Sink.Url, Operator.Settings), gone);
        await sluice.AcceptAsync();
        await sluice.UntilAsync(() => told.Sink.Count == 1);
        var notice = Assert.Single(told.Told);
        Assert.Equal(("destination.disabled", "answered 410"), (notice.GetProperty("type").GetString(), notice.GetProperty("data").GetProperty("reason").GetString()));
        Assert.Equal(DestinationState.Disabled, StandingOf(sluice).State);
    }

    [Fact]
    public async Task One_that_is_paused_while_it_says_it_is_gone_stays_paused_and_nobody_is_told_otherwise()
    {
        await using var told = await Operator.StartAsync();
        var registrations = default(Registrations);
        var gone = new OwnHandler("gone", async (_, _, cancellationToken) =>
        {
            await registrations!.PauseAsync("billing", "they are moving", cancellationToken);
            return Outcome.DeadLetter("answered 410") with { Disables = true, StatusCode = 410 };
        });
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe.Destination("billing", "gone").Destination("told", told.Sink.Url, Operator.Settings), gone);
        registrations = sluice.Services.GetRequiredService<Registrations>();
        await sluice.UntilAsync(await sluice.AcceptAsync(), DeliveryStatus.DeadLettered, 1);
        sluice.Time.Advance(TimeSpan.FromMinutes(1));
        await sluice.LookAsync();

        Assert.Equal((DestinationState.Paused, "they are moving"), (StandingOf(sluice).State, StandingOf(sluice).Reason));
        Assert.Equal(0, told.Sink.Count);
        Assert.Equal(1, (await sluice.StatsAsync()).Events);
    }

    [Fact]
    public async Task An_operators_destination_that_fails_itself_makes_no_notices_of_itself()
    {
        await using var billing = await Sink.StartAsync(500);
        await using var told = await Operator.StartAsync(400);
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe.Destination("billing", billing.Url, NeverLeftAlone).Destination("told", told.Sink.Url, Operator.Settings));
        for (var i = 0; i < 12; i++) await sluice.DieAsync(await sluice.AcceptAsync($"evt_{i}"), failures: 3 * i);
        await sluice.UntilAsync(() => told.Sink.Count == 2);
        for (var hours = 0; hours < 30; hours++)
        {
            sluice.Time.Advance(TimeSpan.FromHours(1));
            await sluice.LookAsync();
        }

        Assert.Equal(["destination.failing", "dead_letters.growing"], told.TypesOf("billing"));
        Assert.Empty(told.TypesOf("told"));
        Assert.Equal(14, (await sluice.StatsAsync()).Events);
    }

    [Fact]
    public async Task A_destination_that_takes_notices_gets_none_about_itself()
    {
        await using var one = await Operator.StartAsync(500);
        await using var other = await Operator.StartAsync();
        var settings = Operator.Settings;
        settings["Sources"] = new JsonArray("stripe", "sluice");
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe.Destination("one", one.Sink.Url, settings).Destination("other", other.Sink.Url, Operator.Settings).Destination("all", other.Sink.Url));
        for (var i = 0; i < 2; i++) await sluice.DieAsync(await sluice.AcceptAsync($"evt_{i}"), failures: 3 * i, "one");
        await sluice.UntilAsync(() => other.Sink.Requests.Any(request => request.Headers["Sluice-Source"] == "sluice"));
        Assert.DoesNotContain(one.Sink.Requests, request => request.Headers["Sluice-Source"] == "sluice");
        // Without Sources it takes what senders send.
        var notice = await sluice.EventAsync(EventId.TryParse(other.Sink.Requests.First(request => request.Headers["Sluice-Source"] == "sluice").Headers["Sluice-Event"], out var id) ? id : default);
        Assert.Equal("other", Assert.Single(notice.Deliveries).Destination);
    }

    [Fact]
    public async Task A_receiver_like_Slack_gets_a_text_and_nothing_else()
    {
        await using var billing = await Sink.StartAsync(500);
        await using var slack = await Sink.StartAsync();
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe.Destination("billing", billing.Url)
            .Destination("slack", slack.Url, new() { ["Sources"] = new JsonArray("sluice"), ["Format"] = "Slack" }));
        for (var i = 0; i < 2; i++) await sluice.DieAsync(await sluice.AcceptAsync($"evt_{i}"), failures: 3 * i);
        await sluice.UntilAsync(() => slack.Count == 1);
        var request = Assert.Single(slack.Requests);
        Assert.Equal("application/json; charset=utf-8", request.Headers["Content-Type"]);
        var property = Assert.Single(JsonDocument.Parse(request.Body).RootElement.EnumerateObject());
        Assert.Equal("text", property.Name);
        Assert.StartsWith("Destination billing has been failing since 2026-03-01 12:00 UTC: 5 attempts failed, the last with: answered 500. It will be disabled at", property.Value.GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_notice_can_be_listed_shown_and_replayed_like_any_event()
    {
        await using var billing = await Sink.StartAsync(500);
        await using var told = await Operator.StartAsync();
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe.Destination("billing", billing.Url).Destination("told", told.Sink.Url, Operator.Settings));
        for (var i = 0; i < 2; i++) await sluice.DieAsync(await sluice.AcceptAsync($"evt_{i}"), failures: 3 * i);
        await sluice.UntilAsync(() => told.Sink.Count == 1);
        var listed = Assert.Single((await sluice.OpsJsonAsync("events?source=sluice")).GetProperty("items").EnumerateArray());
        var id = listed.GetProperty("id").GetString();
        Assert.Equal("destination.failing", (await sluice.OpsJsonAsync($"events/{id}")).GetProperty("type").GetString());
        await sluice.UntilAsync(async () => (await sluice.OpsJsonAsync($"events/{id}/replay", HttpMethod.Post)).GetProperty("replayed").GetInt32() == 1);
        await sluice.UntilAsync(() => told.Sink.Count == 2);
        Assert.Single(told.Told);
    }

    [Fact]
    public async Task Health_outlives_a_restart()
    {
        await using var billing = await Sink.StartAsync(500);
        await using var told = await Operator.StartAsync();
        var file = SluiceFile.Stripe.Destination("billing", billing.Url).Destination("told", told.Sink.Url, Operator.Settings);
        await using var sluice = await RunningSluice.StartAsync(file);
        for (var i = 0; i < 2; i++) await sluice.DieAsync(await sluice.AcceptAsync($"evt_{i}"), failures: 3 * i);
        await sluice.UntilAsync(() => told.Sink.Count == 1);
        await sluice.RestartAsync(file);
        billing.Answers(200);
        await sluice.AcceptAsync("evt_2");
        await sluice.UntilAsync(() => told.Sink.Count == 2);
        Assert.Equal(["destination.failing", "destination.recovered"], told.TypesOf("billing"));
    }

    private static Standing StandingOf(RunningSluice sluice) => sluice.Services.GetRequiredService<Configuration.LiveConfiguration>().Current.Destinations.Single(destination => destination.Name == "billing").Standing;
}
