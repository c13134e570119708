using Microsoft.Extensions.Logging;
using Sluice.Contracts;
using Sluice.Hosts.Tests.Fixtures;
using Sluice.Inspection;

namespace Sluice.Hosts.Tests.Ingest;

/// <summary>Senders that hang up, dawdle or talk nonsense: nothing of theirs is kept, and everybody else is served.</summary>
public sealed class BrokenConnectionTests
{
    private static readonly Stats Nothing = new(0, 0, 0, 0, 0, 0, 0, 0);

    [Fact]
    public async Task A_sender_that_ends_before_its_announced_length_leaves_nothing()
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        var webhook = sluice.Stripe();
        using (var connection = await RawConnection.OpenAsync(sluice))
        {
            await connection.SendAsync(webhook.Head(length: webhook.Body.Length + 1));
            await connection.SendAsync(webhook.Body);
            connection.EndSending();
            Assert.Contains((await connection.ReadAsync())?.Status, new int?[] { null, 400 });
        }

        Assert.Equal(Nothing, await sluice.StatsAsync());
        await sluice.AcceptAsync(webhook);
        AssertNoFault(sluice);
    }

    [Fact]
    public async Task Senders_that_reset_in_the_middle_leave_nothing()
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        var webhook = sluice.Stripe();
        for (var i = 0; i < 50; i++)
        {
            using var connection = await RawConnection.OpenAsync(sluice);
            await connection.SendAsync(webhook.Head(length: 100_000));
            if (i % 2 == 0) await connection.SendAsync(webhook.Body);
            connection.Reset();
        }

        await sluice.AcceptAsync(webhook);
        Assert.Equal(1, (await sluice.StatsAsync()).Events);
        AssertNoFault(sluice);
    }

    [Fact]
    public async Task A_body_in_drops_is_one_webhook()
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        var webhook = sluice.Stripe();
        using var connection = await RawConnection.OpenAsync(sluice);
        await connection.SendAsync(webhook.Head());
        foreach (var value in webhook.Body.ToArray()) await connection.SendAsync(new[] { value });

        Assert.Equal(200, (await connection.ReadAsync())!.Status);
        Assert.Equal("duplicate", (await sluice.PostAsync(webhook)).Json.GetProperty("status").GetString());
    }

    [Fact]
    public async Task A_body_that_stops_coming_is_cut_off_and_holds_up_nobody()
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        var slow = new List<RawConnection>();
        for (var i = 0; i < 50; i++)
        {
            slow.Add(await RawConnection.OpenAsync(sluice));
            await slow[i].SendAsync(sluice.Stripe().Head(length: 1000) + "{");
        }

        await sluice.AcceptAsync();
        // On the server's own, real clock: it gives a sender five seconds to reach 240 bytes a second.
        foreach (var connection in slow)
        {
            Assert.Contains((await connection.ReadAsync())?.Status, new int?[] { null, 400, 408 });
            connection.Dispose();
        }

        Assert.Equal(1, (await sluice.StatsAsync()).Events);
        AssertNoFault(sluice);
    }

    [Attack("A19")]
    [Theory]
    [InlineData("\r\n\r\n\r\n\r\n")]
    [InlineData("GET\r\n\r\n")]
    [InlineData("POST /api/webhooks/stripe HTTP/9.9\r\n\r\n")]
    [InlineData("POST /api/webhooks/stripe HTTP/1.1\r\n\r\n")]
    [InlineData("POST /api/webhooks/stripe HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n")]
    [InlineData("POST /api/webhooks/stripe HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n")]
    [InlineData("POST /api/webhooks/stripe HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx")]
    [InlineData("POST /api/webhooks/stripe HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nXYZ\r\nx\r\n0\r\n\r\n")]
    [InlineData("POST /api/webhooks/stripe HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1;a\nb\r\nx\r\n0\r\n\r\n")]
    [InlineData("POST /api/webhooks/stripe HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n")]
    [InlineData("POST /api/webhooks/stripe HTTP/1.1\r\nHost: a\r\nA: b\r\n folded\r\n\r\n")]
    [InlineData("POST /api/webhooks/stripe HTTP/1.1\r\nHost: a\r\nA\0: b\r\n\r\n")]
    [InlineData("POST /api/webhooks/stripe HTTP/1.1\r\nHost: a\r\nA: b\0\r\n\r\n")]
    [InlineData("\u0016\u0003\u0001\u0002\0\u0001\0\u0001\u00fc\u0003\u0003")]
    public async Task Nonsense_is_refused_and_the_host_lives(string nonsense)
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        using (var connection = await RawConnection.OpenAsync(sluice))
        {
            await connection.SendAsync(nonsense);
            connection.EndSending();
            Assert.True(await connection.ReadAsync() is null or { Status: >= 400 and < 500 or 505 });
        }

        Assert.Equal(Nothing, await sluice.StatsAsync());
        await sluice.AcceptAsync();
        AssertNoFault(sluice);
    }

    [Fact]
    public async Task A_length_and_chunks_at_once_smuggle_nothing()
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        var hidden = sluice.Stripe("evt_hidden");
        using (var connection = await RawConnection.OpenAsync(sluice))
        {
            await connection.SendAsync("POST /api/webhooks/stripe HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + hidden.Head());
            await connection.SendAsync(hidden.Body);
            var answer = await connection.ReadAsync();
            Assert.True(answer is { Status: 400 or 401 });
            // Whoever sends both is not listened to any longer.
            connection.EndSending();
            while (await connection.ReadAsync() is not null)
            {
            }
        }

        Assert.Equal(Nothing, await sluice.StatsAsync());
    }

    private static void AssertNoFault(RunningSluice sluice) => Assert.DoesNotContain(sluice.Log.Lines, line => line.Level >= LogLevel.Error);
}
