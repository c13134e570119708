using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Sluice.Hosts.Tests.Fixtures;
using Sluice.LocalHost.Sqlite;

namespace Sluice.Hosts.Tests.Refusals;

/// <summary>What is written down of refused requests, who may read it, and what never is.</summary>
public sealed class QuarantineTests
{
    private const string NearlyRight = "a secret of the tesT";

    [Fact]
    public async Task A_refused_request_has_one_finding_in_the_log_and_through_ops()
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        await sluice.RefusedAsync(sluice.Stripe().Carrying("{}"));
        await sluice.RefusedAsync(sluice.Stripe().Without("Stripe-Signature"));
        var told = await sluice.QuarantineAsync("rejections?limit=1");

        Assert.Equal(["MissingSignature", "Mismatch"], told.OrderByDescending(item => item.Text("id")).Select(item => item.Text("result")).OrderBy(text => text == "Mismatch"));
        Assert.All(told, item => Assert.Contains(sluice.Log.Lines, line => line.Message == $"stripe: request refused: {item.Text("finding")}"));
        Assert.All(told, item => Assert.Equal((false, "127.0.0.1"), (item.GetProperty("kept").GetBoolean(), item.Text("remoteAddress"))));
        Assert.Equal(["id", "source", "receivedAt", "result", "finding", "remoteAddress", "bodyBytes", "kept"], told[0].EnumerateObject().Select(property => property.Name));
    }

    [Fact]
    public async Task Without_quarantine_no_byte_of_a_refused_request_is_kept()
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        await sluice.RefusedAsync(sluice.Stripe().Carrying("""{"what":"nobody shall read"}""").Plus("X-Own", "nor this header").To("/api/webhooks/stripe?nor=this-query"));
        var id = Assert.Single(await sluice.QuarantineAsync("rejections?limit=500")).Text("id");

        Assert.Equal(404, (await sluice.OpsAsync($"quarantine/{id}/body")).Status);
        Assert.Equal(404, (await sluice.OpsAsync($"quarantine/{id}/release", HttpMethod.Post)).Status);
        Assert.Empty(await sluice.QuarantineAsync());
        Assert.Empty(await StoredAsync(sluice, "nobody shall read", "nor this header", "nor=this-query"));
    }

    [Fact]
    public async Task The_bytes_of_a_kept_one_are_for_operators_only_and_for_no_browser()
    {
        await using var sluice = await RunningSluice.StartAsync(RefusedSender.Wrong());
        var bytes = new byte[256];
        for (var i = 0; i < bytes.Length; i++) bytes[i] = (byte)i;
        await sluice.RefusedAsync((sluice.Stripe() with { Body = bytes }).Plus("X-Own", "one").To("/api/webhooks/stripe?a=b"));
        var id = Assert.Single(await sluice.QuarantineAsync()).Text("id");

        var body = await sluice.OpsAsync($"quarantine/{id}/body");
        Assert.Equal((200, "application/octet-stream", "nosniff"), (body.Status, body.Content.ContentType!.MediaType, body.Headers.GetValues("X-Content-Type-Options").Single()));
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/ops/quarantine/{id}/body") { Headers = { Authorization = new("Bearer", RunningSluice.OpsToken) } };
        using var answer = await sluice.Http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(bytes, await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        var shown = await sluice.OpsJsonAsync($"quarantine/{id}");
        Assert.Equal("/api/webhooks/stripe", shown.Text("target"));
        Assert.Contains(shown.GetProperty("headers").EnumerateArray(), header => header.Text("name") == "X-Own" && header.Text("value") == "one");
    }

    [Fact]
    public async Task Nothing_that_is_stored_of_refused_requests_contains_a_secret_or_one_that_is_nearly_right()
    {
        var file = RefusedSender.Right()
            .Source("open", "none", new() { ["Secrets"] = new JsonArray("a-secret-in-the-path") })
            .Source("token", "token", new() { ["Secrets"] = new JsonArray("a shared token of sixteen") })
            .Source("gitlab", "gitlab");
        await using var sluice = await RunningSluice.StartAsync(file);
        var credentials = sluice.Stripe("evt_refused").Carrying("{}").Plus("Authorization", $"Bearer {NearlyRight}").Plus("Cookie", $"session={NearlyRight}").Plus("X-Api-Key", NearlyRight).Plus("X-Hook-Secret", NearlyRight);
        await sluice.RefusedAsync(credentials);
        await sluice.RefusedAsync(sluice.Stripe().To("/api/webhooks/open/a-secret-in-the-patH"));
        await sluice.RefusedAsync(sluice.Stripe().To("/api/webhooks/token").Plus("Authorization", "Bearer a shared token of sixteeN"));
        await sluice.RefusedAsync(sluice.Stripe().To("/api/webhooks/gitlab").Plus("X-Gitlab-Token", NearlyRight));

        Assert.Equal((1, 4), ((await sluice.QuarantineAsync()).Count, (await sluice.QuarantineAsync("rejections?limit=500")).Count));
        // That it looks where something is.
        Assert.NotEmpty(await StoredAsync(sluice, "Stripe-Signature"));
        Assert.Empty(await StoredAsync(sluice, "a secret of the tes", "a-secret-in-the-pat", "a shared token of sixtee"));
        Assert.DoesNotContain("a-secret-in-the-pat", sluice.Log.Text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("a shared token of sixtee", sluice.Log.Text, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_request_of_another_sender_leaves_its_secret_nowhere()
    {
        const string Token = "the token of a hook elsewhere";
        await using var sluice = await RunningSluice.StartAsync(RefusedSender.Wrong());
        await sluice.RefusedAsync(sluice.Stripe().Without("Stripe-Signature").Plus("X-Gitlab-Token", Token).Plus("X-Gitlab-Event", "Push Hook"));
        await sluice.RefusedAsync(sluice.Stripe().Carrying($$"""{"value":[{"clientState":"{{Token}}"}]}"""));
        Assert.Empty(await sluice.QuarantineAsync());
        await sluice.RefusedAsync(sluice.Stripe().Plus("x-functions-key", Token).To("/api/webhooks/stripe?token=the-token-of-a-URL"));

        Assert.Single(await sluice.QuarantineAsync());
        Assert.NotEmpty(await StoredAsync(sluice, "Stripe-Signature"));
        Assert.Empty(await StoredAsync(sluice, Token, "the-token-of-a-URL"));
    }

    [Fact]
    public async Task Whatever_a_stranger_sends_the_answer_is_no_fault_of_ours()
    {
        await using var sluice = await RunningSluice.StartAsync(RefusedSender.Wrong());
        string[] headers =
        [
            $"X-Long: {new string('x', 30_000)}", "X-Odd: \xff\xfe\x80\xc3(", "X-Twice: 1\r\nX-Twice: 2\r\nStripe-Signature: t=1\r\nStripe-Signature: t=2", "X-Empty:", "X-Colons: a:b::c",
            string.Join("\r\n", Enumerable.Range(0, 95).Select(i => $"X-{i.ToString(CultureInfo.InvariantCulture)}: {i}")), "Stripe-Signature: t=99999999999999999999999,v1=" + new string('g', 64), $"X-Forwarded-For: {new string('9', 5000)}",
        ];
        foreach (var header in headers)
        {
            using var connection = await RawConnection.OpenAsync(sluice);
            var answer = await connection.AskAsync($"POST /api/webhooks/stripe?%00%ff&%zz HTTP/1.1\r\nHost: a\r\n{header}\r\nContent-Length: 2\r\n\r\n{{}}");
            Assert.InRange(answer.Status, 400, 499);
        }

        foreach (var kept in await sluice.QuarantineAsync())
        {
            Assert.Equal(200, (await sluice.OpsAsync($"quarantine/{kept.Text("id")}")).Status);
            Assert.Equal("DoesNotHold", (await sluice.OpsJsonAsync($"quarantine/{kept.Text("id")}/release", HttpMethod.Post)).Text("result"));
        }

        Assert.True((await sluice.QuarantineAsync()).Count >= 5);
    }

    [Theory]
    [InlineData("quarantine?limit=0")]
    [InlineData("quarantine?limit=501")]
    [InlineData("rejections?limit=x")]
    [InlineData("rejections?before=nowhere")]
    [InlineData("quarantine?before=00")]
    public async Task A_filter_that_makes_no_sense_is_400(string path)
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);

        Assert.Equal(400, (await sluice.OpsAsync(path)).Status);
    }

    [Fact]
    public async Task What_is_older_than_its_source_says_is_let_go()
    {
        await using var sluice = await RunningSluice.StartAsync(RefusedSender.Wrong(new JsonObject { ["MaxAge"] = "02:00:00" }));
        await sluice.RefusedAsync(sluice.Stripe());
        sluice.Time.Advance(TimeSpan.FromMinutes(100));
        await sluice.RefusedAsync(sluice.Stripe());
        sluice.Time.Advance(TimeSpan.FromMinutes(40));

        await sluice.UntilAsync(async () =>
        {
            sluice.Time.Advance(TimeSpan.FromSeconds(1));
            return (await sluice.QuarantineAsync()).Count == 1;
        });
    }

    [Fact]
    public async Task What_was_kept_is_there_after_a_restart()
    {
        await using var sluice = await RunningSluice.StartAsync(RefusedSender.Wrong());
        await sluice.RefusedAsync(sluice.Stripe());
        await sluice.RestartAsync(RefusedSender.Right());

        Assert.Equal("Released", Assert.Single(await sluice.JobAsync("release")).Text("result"));
    }

    // Which of the texts stand in the book's files, in any case.
    private static async Task<List<string>> StoredAsync(RunningSluice sluice, params string[] texts)
    {
        var stored = new StringBuilder();
        foreach (var file in Directory.GetFiles(sluice.Data).Where(file => Path.GetFileName(file).StartsWith(Database.FileName, StringComparison.Ordinal)))
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            var bytes = new byte[stream.Length];
            await stream.ReadExactlyAsync(bytes, TestContext.Current.CancellationToken);
            stored.Append(Encoding.Latin1.GetString(bytes));
        }

        return [.. texts.Where(text => stored.ToString().Contains(text, StringComparison.OrdinalIgnoreCase))];
    }
}
