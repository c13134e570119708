using Sluice.Hosts.Tests.Fixtures;

namespace Sluice.Hosts.Tests.Ops;

/// <summary>Ops is never open: without the exact token nothing is told and nothing done.</summary>
public sealed class AccessTests
{
    public static TheoryData<string, string> Everything => new()
    {
        { "GET", "events" },
        { "GET", "events?limit=0" },
        { "GET", "events/00000000000000000000000000000000" },
        { "GET", "events/00000000000000000000000000000000/body" },
        { "POST", "events/00000000000000000000000000000000/replay" },
        { "GET", "dead-letters" },
        { "POST", "dead-letters/replay" },
        { "POST", "dead-letters/purge" },
        { "GET", "destinations" },
        { "GET", "destinations/billing" },
        { "PUT", "destinations/billing" },
        { "DELETE", "destinations/billing?pending=skip" },
        { "POST", "destinations/billing/pause" },
        { "POST", "destinations/billing/resume" },
        { "POST", "destinations/billing/test" },
        { "GET", "sources" },
        { "GET", "stats" },
        { "GET", "rejections" },
        { "GET", "quarantine" },
        { "GET", "quarantine/00000000000000000000000000000000" },
        { "GET", "quarantine/00000000000000000000000000000000/body" },
        { "POST", "quarantine/00000000000000000000000000000000/verify" },
        { "POST", "quarantine/00000000000000000000000000000000/release" },
        { "POST", "quarantine/00000000000000000000000000000000/purge" },
        { "POST", "quarantine/verify" },
        { "POST", "quarantine/release" },
        { "POST", "quarantine/purge" },
        { "GET", "reconcile" },
        { "POST", "sources/stripe/reconcile" },
    };

    [Theory]
    [MemberData(nameof(Everything))]
    public async Task Without_a_token_everything_is_401(string method, string path)
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        var answer = await sluice.SendAsync(new(new HttpMethod(method), $"/api/ops/{path}"));

        Assert.Equal((401, "Bearer"), (answer.Status, answer.Headers.WwwAuthenticate.ToString()));
        Assert.Equal("""{"error":"send the ops token as Authorization: Bearer ..."}""", answer.Text.Replace("\n", "", StringComparison.Ordinal).Replace("  \"error\": ", "\"error\":", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Bearer ")]
    [InlineData("Bearer")]
    [InlineData("Bearer wrong")]
    [InlineData("Bearer OPS-TOKEN-OF-THE-TEST")]
    [InlineData("Bearer ops-token-of-the-tes")]
    [InlineData("Bearer ops-token-of-the-test2")]
    [InlineData("Bearer  ops-token-of-the-test")]
    [InlineData("Basic b3BzLXRva2VuLW9mLXRoZS10ZXN0")]
    [InlineData("ops-token-of-the-test")]
    public async Task A_wrong_token_is_401(string authorization)
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);

        Assert.Equal(401, (await AskAsync(sluice, authorization)).Status);
    }

    [Fact]
    public async Task The_token_in_the_query_opens_nothing()
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);

        Assert.Equal(401, (await sluice.GetAsync($"/api/ops/stats?token={RunningSluice.OpsToken}&access_token={RunningSluice.OpsToken}")).Status);
    }

    [Fact]
    public async Task Two_tokens_are_none()
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        using var connection = await RawConnection.OpenAsync(sluice);
        var header = $"Authorization: Bearer {RunningSluice.OpsToken}\r\n";

        Assert.Equal(401, (await connection.AskAsync($"GET /api/ops/stats HTTP/1.1\r\nHost: a\r\n{header}{header}\r\n")).Status);
    }

    [Fact]
    public async Task The_right_token_opens_whatever_the_case_of_the_word_bearer()
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);

        Assert.Equal(200, (await AskAsync(sluice, $"bearer {RunningSluice.OpsToken}")).Status);
    }

    [Fact]
    public async Task Without_a_configured_token_one_is_made_and_nothing_is_open()
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe.With("Ops", new System.Text.Json.Nodes.JsonObject()));

        Assert.Equal(401, (await sluice.GetAsync("/api/ops/stats")).Status);
        Assert.Equal(401, (await AskAsync(sluice, "Bearer ")).Status);
        Assert.Equal(401, (await AskAsync(sluice, $"Bearer {RunningSluice.OpsToken}")).Status);
    }

    private static async Task<Answered> AskAsync(RunningSluice sluice, string authorization)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/api/ops/stats");
        request.Headers.TryAddWithoutValidation("Authorization", authorization);
        return await sluice.SendAsync(request);
    }
}
