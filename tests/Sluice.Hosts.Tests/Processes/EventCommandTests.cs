using System.Text.Json.Nodes;

namespace Sluice.Hosts.Tests.Processes;

/// <summary><c>sluice events</c> and <c>sluice show</c>: the same answers from a running host, from another machine's view, and from the file alone.</summary>
public sealed class EventCommandTests
{
    [Fact]
    public async Task Events_and_show_say_the_same_over_the_host_by_address_and_without_a_host()
    {
        await using var destination = await LoopbackDestination.StartAsync();
        using var folder = new WorkFolder(WorkFolder.Http("loopback", destination.Url));
        var id = EventId.Of("stripe", "evt_2").ToString();
        string[] answers;
        await using (var sluice = await RunningSluice.StartAsync(folder))
        {
            using var sender = new StripeSender(sluice.Url);
            for (var i = 0; i < 3; i++) Assert.True((await sender.SendAsync($"evt_{i}", $"invoice.{i}")).IsAcknowledged);
            await Eventually.DrainedAsync(sluice, TimeSpan.FromSeconds(10));
            answers = await AnswersAsync(folder, id);
            Assert.Equal(answers, await AnswersAsync(folder, id, "--remote", sluice.Url, "--token", sluice.Token));

            var refused = await folder.RunAsync("events", "--remote", sluice.Url, "--token", "wrong");
            Assert.Equal(1, refused.ExitCode);
            Assert.Contains("refuses the ops token", Assert.Single(refused.ErrorLines), StringComparison.Ordinal);
            Assert.Equal(0, await sluice.TerminateAsync());
        }

        Assert.Equal(answers, await AnswersAsync(folder, id));
        AssertEvents(JsonNode.Parse(answers[0])!.AsArray());
        AssertShown(JsonNode.Parse(answers[2])!, id);
    }

    [Fact]
    public async Task A_list_goes_on_from_its_cursor()
    {
        using var folder = new WorkFolder(""" "log": { "Handler": "log" } """);
        await using var sluice = await RunningSluice.StartAsync(folder);
        using var sender = new StripeSender(sluice.Url);
        for (var i = 0; i < 5; i++) Assert.True((await sender.SendAsync($"evt_{i}")).IsAcknowledged);
        var first = (await folder.RunAsync("events", "--limit", "3")).Success;
        var cursor = first[(first.IndexOf("--before ", StringComparison.Ordinal) + 9)..].Trim();
        Assert.Equal(2, JsonNode.Parse((await folder.RunAsync("events", "--before", cursor, "--json")).Success)!.AsArray().Count);
    }

    [Fact]
    public async Task At_a_terminal_of_eighty_columns_ids_and_dates_are_whole()
    {
        Terminal.SkipWhereMissing();
        using var folder = new WorkFolder(""" "log": { "Handler": "log" } """);
        await using var sluice = await RunningSluice.StartAsync(folder);
        using var sender = new StripeSender(sluice.Url);
        for (var i = 0; i < 2; i++) Assert.True((await sender.SendAsync($"evt_{i}", "customer.subscription.updated")).IsAcknowledged);
        await Eventually.DrainedAsync(sluice, TimeSpan.FromSeconds(10));

        var lines = await Terminal.LinesAsync(folder, 80, "events");
        Assert.Equal([EventId.Of("stripe", "evt_1").ToString(), "  log Delivered", EventId.Of("stripe", "evt_0").ToString(), "  log Delivered"], new[] { lines[0], lines[2], lines[3], lines[5] });
        Assert.All(new[] { lines[1], lines[4] }, line => Assert.Matches(@"^  \d{4}-\d\d-\d\d \d\d:\d\d:\d\d  stripe  customer\.subscription\.updated  Delivered$", line));
        Assert.Equal(6, lines.Length);
        Assert.StartsWith("╭", (await Terminal.LinesAsync(folder, 140, "events"))[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_makes_no_sense_is_one_line_over_a_host_too()
    {
        using var folder = new WorkFolder(""" "log": { "Handler": "log" } """);
        await using var sluice = await RunningSluice.StartAsync(folder);
        await FailsAsync("--status dead is none; write one of Kept, Pending, ", "events", "--status", "dead");
        await FailsAsync("before is no cursor; take it from the next of an earlier page", "events", "--before", "nonsense");
        await FailsAsync("--limit is 'abc'; write a number; see sluice events --help", "events", "--limit", "abc");
        await FailsAsync("--type says nothing of refused requests", "events", "--rejected", "--type", "a.*");
        await FailsAsync("--status says nothing of refused requests", "events", "--rejected", "--status", "Delivered");
        await FailsAsync("--token belongs to --remote", "events", "--token", "t");
        await FailsAsync("no source is called nosuch; there is stripe", "events", "--source", "nosuch");
        await FailsAsync("no source is called nosuch; there is stripe", "events", "--source", "nosuch", "--remote", sluice.Url, "--token", sluice.Token);
        await FailsAsync("no source is called nosuch; there is stripe", "replay", "--source", "nosuch", "--yes");
        Assert.Equal("No events.", (await folder.RunAsync("events", "--source", "stripe")).Success.Trim());

        async Task FailsAsync(string error, params string[] command)
        {
            var ended = await folder.RunAsync(command);
            Assert.Equal((1, ""), (ended.ExitCode, ended.Answer));
            Assert.StartsWith($"sluice: {error}", Assert.Single(ended.ErrorLines), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_source_that_is_configured_no_more_is_known_by_its_events()
    {
        using var folder = new WorkFolder(""" "log": { "Handler": "log" } """);
        await using (var sluice = await RunningSluice.StartAsync(folder))
        {
            using var sender = new StripeSender(sluice.Url);
            Assert.True((await sender.SendAsync("evt_1")).IsAcknowledged);
            Assert.Equal(0, await sluice.TerminateAsync());
        }

        File.WriteAllText(folder.Config, """{ "Sluice": { "Sources": { "code": { "Provider": "github", "Secrets": ["x"] } } } }""");
        Assert.Equal("No events.", (await folder.RunAsync("events", "--source", "stripe", "--type", "none.*")).Success.Trim());
        Assert.Contains("no source is called nosuch; there is code", Assert.Single((await folder.RunAsync("events", "--source", "nosuch")).ErrorLines), StringComparison.Ordinal);
    }

    private static async Task<string[]> AnswersAsync(WorkFolder folder, string id, params string[] more) =>
    [
        (await folder.RunAsync(["events", "--json", .. more])).Success, (await folder.RunAsync(["events", .. more])).Success,
        (await folder.RunAsync(["show", id, "--json", .. more])).Success, (await folder.RunAsync(["show", id, .. more])).Success,
    ];

    private static void AssertEvents(JsonArray events)
    {
        Assert.Equal(["invoice.2", "invoice.1", "invoice.0"], events.Select(item => item!["type"]!.GetValue<string>()));
        Assert.All(events, item =>
        {
            Assert.Equal(("stripe", "Delivered"), (item!["source"]!.GetValue<string>(), item["status"]!.GetValue<string>()));
            Assert.True(item["receivedAt"]!.GetValue<DateTimeOffset>() > DateTimeOffset.UtcNow.AddMinutes(-5));
            Assert.Equal("loopback", item["deliveries"]![0]!["destination"]!.GetValue<string>());
        });
    }

    private static void AssertShown(JsonNode shown, string id)
    {
        Assert.Equal(id, shown["id"]!.GetValue<string>());
        var attempt = shown["deliveries"]![0]!["attempts"]![0]!;
        Assert.Equal((1, "Done", 200), (attempt["number"]!.GetValue<int>(), attempt["outcome"]!.GetValue<string>(), attempt["statusCode"]!.GetValue<int>()));
        Assert.True(attempt["durationMs"]!.GetValue<double>() > 0);
        Assert.Equal("evt_2", shown["idempotencyKey"]!.GetValue<string>());
    }
}
