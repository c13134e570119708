using Sluice.Contracts;
using Sluice.Hosts.Tests.Fixtures;
using Sluice.Inspection;

namespace Sluice.Hosts.Tests.Ingest;

/// <summary>Headers: how many, how large, how often, and which of them are kept.</summary>
public sealed class HeaderTests
{
    [Theory]
    [InlineData(101, 10)]
    [InlineData(10_000, 1)]
    [InlineData(1, 33 * 1024)]
    [InlineData(90, 1000)]
    public async Task Too_many_or_too_large_headers_are_the_senders_fault(int count, int length)
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        var webhook = Enumerable.Range(0, count).Aggregate(new List<KeyValuePair<string, string>>(), (headers, i) => [.. headers, new($"X-{i}", new string('x', length))]);
        using (var connection = await RawConnection.OpenAsync(sluice))
        {
            var answer = await connection.AskAsync((sluice.Stripe() with { Headers = webhook }).Head());
            Assert.Equal(431, answer.Status);
        }

        Assert.Equal(0, (await sluice.StatsAsync()).Events);
        await sluice.AcceptAsync();
    }

    [Fact]
    public async Task A_request_line_of_nine_kilobytes_is_the_senders_fault()
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        using var connection = await RawConnection.OpenAsync(sluice);

        Assert.Equal(414, (await connection.AskAsync(sluice.Stripe().To("/api/webhooks/stripe?" + new string('x', 9 * 1024)).Head())).Status);
    }

    [Fact]
    public async Task Kept_headers_are_the_senders_in_order_without_credentials()
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        var webhook = sluice.Stripe().Plus("X-First", "1").Plus("X-Empty", "").Plus("Authorization", "Basic x").Plus("Cookie", "x=y").Plus("X-Api-Key", "k");
        var kept = (await sluice.EventAsync(await sluice.AcceptAsync(webhook))).Headers;

        Assert.Equal(("1", ""), (kept.First("X-First"), kept.First("X-Empty")));
        Assert.Equal(webhook["Stripe-Signature"], kept.First("Stripe-Signature"));
        Assert.DoesNotContain(kept, header => header.Key is "Authorization" or "Cookie" or "X-Api-Key" or "Content-Length");
    }

    [Theory]
    [InlineData("Referer")]
    [InlineData("X-Original-URL")]
    [InlineData("x-original-url")]
    [InlineData("X-Original-URI")]
    [InlineData("X-Rewrite-URL")]
    [InlineData("X-Forwarded-Uri")]
    [InlineData("X-WAWS-Unencoded-URL")]
    public async Task A_header_in_which_a_proxy_repeats_the_url_is_not_kept(string name)
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        var id = await sluice.AcceptAsync(sluice.Stripe().Plus(name, "/api/webhooks/none/CANARY0123456789").Plus("X-Other", "kept"));
        var kept = (await sluice.EventAsync(id)).Headers;

        Assert.Equal("kept", kept.First("X-Other"));
        Assert.DoesNotContain("CANARY", kept.Encode(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_header_with_a_line_end_of_unicode_comes_back_whole()
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        using (var connection = await RawConnection.OpenAsync(sluice))
        {
            // NEL and LS in UTF-8: to HTTP they are characters like any other.
            var webhook = sluice.Stripe().Plus("X-Odd", "a\u00c2\u0085Sluice-Forged: b\u00e2\u0080\u00a8c");
            await connection.SendAsync(webhook.Head());
            await connection.SendAsync(webhook.Body);
            Assert.Equal(200, (await connection.ReadAsync())!.Status);
        }

        var kept = Assert.Single((await sluice.Store.ListAsync(new EventFilter(), TestContext.Current.CancellationToken)).Items).Headers;
        Assert.Equal("a\u0085Sluice-Forged: b\u2028c", kept.First("X-Odd"));
        Assert.Null(kept.First("Sluice-Forged"));
    }

    [Attack("A13")]
    [Theory]
    [InlineData("Stripe-Signature")]
    [InlineData("stripe-signature")]
    public async Task A_signature_header_that_stands_twice_is_refused(string name)
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        var webhook = sluice.Stripe();
        using var connection = await RawConnection.OpenAsync(sluice);
        await connection.SendAsync(webhook.Plus(name, webhook["Stripe-Signature"]).Head());
        await connection.SendAsync(webhook.Body);

        Assert.Equal(401, (await connection.ReadAsync())!.Status);
        Assert.Equal(0, (await sluice.StatsAsync()).Events);
    }
}
