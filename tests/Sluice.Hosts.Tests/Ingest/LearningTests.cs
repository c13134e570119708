using System.Text.Json.Nodes;
using Sluice.Events;
using Sluice.Hosts.Tests.Fixtures;
using Sluice.Inspection;

namespace Sluice.Hosts.Tests.Ingest;

/// <summary>A source without a secret learns its sender's from the first handshake: once, for good, and before the handshake is answered.</summary>
public sealed class LearningTests
{
    private const string First = "0f1e2d3c4b5a69788796a5b4c3d2e1f00112233445566778899aabbccddeeff0";
    private const string Second = "5a1b7c8d9e0f11223344556677889900aabbccddeeff00112233445566778899";
    private const string Batch = """{"events":[{"action":"changed","resource":{"gid":"1","resource_type":"task"}}]}""";

    private static SluiceFile File => FileWith([]);

    [Fact]
    public async Task The_first_handshake_is_answered_with_its_secret_and_events_signed_with_it_are_accepted()
    {
        await using var sink = await Sink.StartAsync(200);
        await using var sluice = await RunningSluice.StartAsync(File.Destination("billing", sink.Url));
        await ShakesHandsAsync(sluice, First);

        await sluice.AcceptAsync(Signed(sluice, First));
        await sluice.UntilAsync(() => sink.Count == 1);
        Assert.Equal("task.changed", sink.Requests[0].Headers["Sluice-Type"]);
        Assert.Equal(401, (await sluice.PostAsync(Signed(sluice, Second))).Status);
        Assert.Equal(401, (await sluice.PostAsync(Signed(sluice, First).Carrying(Batch + " "))).Status);
    }

    [Fact]
    public async Task Before_the_handshake_every_event_is_refused_and_only_operators_are_told_that_it_is_waited_for()
    {
        await using var sluice = await RunningSluice.StartAsync(File);

        Assert.Equal((401, """{"error":"signature refused"}"""), await AnswerAsync(sluice, Signed(sluice, First)));
        Assert.Equal(401, (await sluice.PostAsync(Signed(sluice, First).Without("X-Hook-Signature"))).Status);
        Assert.Equal(new Stats(0, 0, 0, 0, 0, 0, 0, 0), await sluice.StatsAsync());
        Assert.Contains(sluice.Log.Lines, line => line.Message.StartsWith("asana: request refused: NoUsableSecret: the source waits for the handshake of its sender", StringComparison.Ordinal));
        await WaitsAsync(sluice);
        await ShakesHandsAsync(sluice, First);
        Assert.False(await IsWaitingAsync(sluice));
    }

    [Fact]
    public async Task Another_secret_is_refused_and_not_said_back()
    {
        await using var sluice = await RunningSluice.StartAsync(File);
        await ShakesHandsAsync(sluice, First);
        await IsRefusedAsync(sluice, Second);

        Assert.Contains(sluice.Log.Lines, line => line.Message == "asana: request refused: HandshakeRefused");
        await sluice.AcceptAsync(Signed(sluice, First));
    }

    [Fact]
    public async Task The_same_secret_again_is_answered_again()
    {
        await using var sluice = await RunningSluice.StartAsync(File);
        for (var i = 0; i < 3; i++) await ShakesHandsAsync(sluice, First);
    }

    [Fact]
    public async Task Of_32_handshakes_at_once_with_different_secrets_exactly_one_is_answered()
    {
        await using var sluice = await RunningSluice.StartAsync(File);
        var secrets = Enumerable.Range(0, 32).Select(i => $"{i:x2}{First}").ToList();
        var answers = await Task.WhenAll(secrets.Select(secret => sluice.PostAsync(Handshake(secret))));

        var (winner, _) = Assert.Single(secrets.Zip(answers), pair => pair.Second.Status == 200);
        Assert.All(secrets.Zip(answers), pair => Assert.Equal(pair.First == winner ? (200, winner) : (401, null), (pair.Second.Status, Echo(pair.Second))));
        await sluice.AcceptAsync(Signed(sluice, winner));
        foreach (var loser in secrets.Where(secret => secret != winner)) Assert.Equal(401, (await sluice.PostAsync(Signed(sluice, loser))).Status);
    }

    [Fact]
    public async Task A_restart_keeps_it()
    {
        await using var sluice = await RunningSluice.StartAsync(File);
        await ShakesHandsAsync(sluice, First);
        await sluice.RestartAsync(File);

        await IsRefusedAsync(sluice, Second);
        await sluice.RestartAsync(File);
        await sluice.AcceptAsync(Signed(sluice, First));
        await ShakesHandsAsync(sluice, First);
    }

    [Fact]
    public async Task A_change_of_the_configuration_keeps_it()
    {
        await using var sluice = await RunningSluice.StartAsync(File);
        await ShakesHandsAsync(sluice, First);
        sluice.Write(FileWith(new() { ["MaxBodyBytes"] = 4096 }).ToString());
        await sluice.PassAsync(RunningSluice.WatchPeriod);
        await sluice.UntilAsync(() => sluice.Log.Lines.Any(line => line.Message == "The changed configuration is in force"));

        await IsRefusedAsync(sluice, Second);
        await sluice.AcceptAsync(Signed(sluice, First));
    }

    [Fact]
    public async Task A_handshake_that_cannot_be_kept_is_503_and_teaches_nothing()
    {
        await using var sluice = await RunningSluice.StartAsync(File);
        using (new LockedBook(sluice))
        {
            var answer = await sluice.PostAsync(Handshake(First));
            Assert.Equal((503, null), (answer.Status, Echo(answer)));
            Assert.Equal(TimeSpan.FromSeconds(5), answer.Headers.RetryAfter?.Delta);
        }

        await ShakesHandsAsync(sluice, Second);
        await IsRefusedAsync(sluice, First);
    }

    [Fact]
    public async Task A_source_with_a_secret_never_learns_another()
    {
        await using var sluice = await RunningSluice.StartAsync(FileWith(new() { ["Secrets"] = new JsonArray("the operator's") }));
        await ShakesHandsAsync(sluice, First);

        Assert.Equal(401, (await sluice.PostAsync(Signed(sluice, First))).Status);
        await sluice.AcceptAsync(Signed(sluice, "the operator's"));
        await sluice.RestartAsync(File);
        await WaitsAsync(sluice);
    }

    [Fact]
    public async Task A_secret_in_the_configuration_takes_the_place_of_the_learned_one()
    {
        await using var sluice = await RunningSluice.StartAsync(File);
        await ShakesHandsAsync(sluice, First);
        await sluice.RestartAsync(FileWith(new() { ["Secrets"] = new JsonArray(Second) }));

        Assert.Equal(401, (await sluice.PostAsync(Signed(sluice, First))).Status);
        await sluice.AcceptAsync(Signed(sluice, Second));
    }

    [Fact]
    public async Task Under_another_name_a_source_learns_anew()
    {
        await using var sluice = await RunningSluice.StartAsync(File);
        await ShakesHandsAsync(sluice, First);
        await sluice.RestartAsync(new SluiceFile().Source("asana_2", "asana", new() { ["Secrets"] = new JsonArray() }));

        Assert.Equal((200, Second), await sluice.PostAsync(Handshake(Second).To("/api/webhooks/asana_2")) is var answer ? (answer.Status, Echo(answer)) : default);
    }

    [Fact]
    public async Task From_an_address_that_is_not_allowed_nothing_is_learned()
    {
        await using var sluice = await RunningSluice.StartAsync(FileWith(new() { ["AllowedIps"] = new JsonArray("203.0.113.0/24") }));

        await IsRefusedAsync(sluice, First);
        await WaitsAsync(sluice);
    }

    [Fact]
    public async Task A_paused_source_learns_nothing()
    {
        await using var sluice = await RunningSluice.StartAsync(FileWith(new() { ["Paused"] = true }));

        Assert.Equal(503, (await sluice.PostAsync(Handshake(First))).Status);
        await WaitsAsync(sluice);
    }

    public static TheoryData<string> NoSecrets => new("<script>alert(1)</script>", "a b", new string('a', 257), "é",
        // The example of Asana's own documentation: everybody has it.
        "b537207f20cbfa02357cf448134da559e8bd39d61597dcd5631b8012eae53e81");

    [Theory, MemberData(nameof(NoSecrets))]
    public async Task What_is_no_secret_is_neither_learned_nor_said_back(string secret)
    {
        await using var sluice = await RunningSluice.StartAsync(File);
        using var raw = await RawConnection.OpenAsync(sluice);
        var answer = await raw.AskAsync($"POST /api/webhooks/asana HTTP/1.1\r\nHost: a\r\nX-Hook-Secret: {secret}\r\nContent-Length: 0\r\n\r\n");

        Assert.InRange(answer.Status, 400, 401);
        Assert.False(answer.Has("X-Hook-Secret"));
        await WaitsAsync(sluice);
    }

    [Fact]
    public async Task Two_secrets_at_once_and_other_methods_are_no_handshake()
    {
        await using var sluice = await RunningSluice.StartAsync(File);

        Assert.Equal(401, (await sluice.PostAsync(Handshake(First).Plus("X-Hook-Secret", Second))).Status);
        Assert.Equal(405, (await sluice.SendAsync(Handshake(First).ToRequest(HttpMethod.Put))).Status);
        await WaitsAsync(sluice);
    }

    [Fact]
    public async Task The_secret_stands_in_no_log_and_on_no_page()
    {
        await using var sink = await Sink.StartAsync(500);
        await using var sluice = await RunningSluice.StartAsync(File.Destination("billing", sink.Url));
        await ShakesHandsAsync(sluice, First);
        await IsRefusedAsync(sluice, Second);
        var id = await sluice.AcceptAsync(Signed(sluice, First));
        await sluice.UntilAsync(() => sink.Count == 1);

        foreach (var path in new[] { "events", $"events/{id}", $"events/{id}/body", "dead-letters", "sources", "destinations", "stats" })
            Assert.DoesNotContain(First, (await sluice.OpsAsync(path)).Text, StringComparison.Ordinal);
        Assert.DoesNotContain(First, (await sluice.GetAsync("/api/health/ready")).Text, StringComparison.Ordinal);
        Assert.DoesNotContain(First, string.Join(' ', sink.Requests[0].Headers), StringComparison.Ordinal);
        Assert.DoesNotContain(First, sluice.Log.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(Second, sluice.Log.Text, StringComparison.Ordinal);
        Assert.Contains(sluice.Log.Lines, line => line.Message == "asana: the handshake is answered; the secret that it brought is kept, and the source learns no other");
    }

    private static SluiceFile FileWith(JsonObject settings)
    {
        settings.TryAdd("Secrets", new JsonArray());
        return new SluiceFile().Source("asana", "asana", settings);
    }

    private static Webhook Handshake(string secret) => new("/api/webhooks/asana", [new("Content-Type", "application/json"), new("X-Hook-Secret", secret)], "{}"u8.ToArray());

    private static Webhook Signed(RunningSluice sluice, string secret) => new Sender("asana", secret).Sign(Batch, sluice.Now);

    private static string? Echo(Answered answer) => answer.Headers.TryGetValues("X-Hook-Secret", out var values) ? string.Join(',', values) : null;

    private static async Task<(int Status, string Text)> AnswerAsync(RunningSluice sluice, Webhook webhook) => await sluice.PostAsync(webhook) is var answer ? (answer.Status, answer.Text) : default;

    private static async Task ShakesHandsAsync(RunningSluice sluice, string secret)
    {
        var answer = await sluice.PostAsync(Handshake(secret));
        Assert.Equal((200, "", secret), (answer.Status, answer.Text, Echo(answer)));
    }

    private static async Task IsRefusedAsync(RunningSluice sluice, string secret)
    {
        var answer = await sluice.PostAsync(Handshake(secret));
        Assert.Equal((401, """{"error":"signature refused"}""", null), (answer.Status, answer.Text, Echo(answer)));
    }

    private static async Task WaitsAsync(RunningSluice sluice)
    {
        var ready = await sluice.GetAsync("/api/health/ready");
        Assert.Equal((200, "ready"), (ready.Status, ready.Json.GetProperty("status").GetString()));
        // Strangers are not told: they could be the first to make the handshake.
        Assert.DoesNotContain("asana", ready.Text, StringComparison.Ordinal);
        Assert.True(await IsWaitingAsync(sluice));
    }

    private static async Task<bool> IsWaitingAsync(RunningSluice sluice) =>
        (await sluice.OpsJsonAsync("sources")).EnumerateArray().Single(source => source.GetProperty("name").GetString() == "asana").TryGetProperty("waiting", out var waiting) && waiting.GetBoolean();
}
