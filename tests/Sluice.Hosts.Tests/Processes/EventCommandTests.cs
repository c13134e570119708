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
