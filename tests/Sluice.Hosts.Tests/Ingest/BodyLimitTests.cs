using Sluice.Hosts.Tests.Fixtures;
using Sluice.Inspection;

namespace Sluice.Hosts.Tests.Ingest;

/// <summary>A body has a limit, and one that is over it costs no memory and keeps nothing.</summary>
public sealed class BodyLimitTests
{
    private const int MiB = 1024 * 1024;

    private static readonly Stats Nothing = new(0, 0, 0, 0, 0, 0, 0, 0);

    [Fact]
    public async Task Ten_megabytes_are_too_much_without_a_setting()
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        var answer = await sluice.PostAsync(Sender.Stripe.Sign(new byte[10 * MiB], sluice.Now));

        Assert.Equal((413, """{"error":"body larger than 1048576 bytes"}"""), (answer.Status, answer.Text));
        Assert.Equal(Nothing, await sluice.StatsAsync());
    }

    [Theory]
    [InlineData(0, 200)]
    [InlineData(1, 413)]
    public async Task The_limit_itself_is_allowed_and_one_byte_more_is_not(int more, int status)
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);

        Assert.Equal(status, (await sluice.PostAsync(Sender.Stripe.Sign(new byte[MiB + more], sluice.Now))).Status);
        Assert.Equal(status, (await sluice.SendAsync(Chunked(Sender.Stripe.Sign(new byte[MiB + more], sluice.Now)))).Status);
    }

    [Theory]
    [InlineData(0, 200)]
    [InlineData(1, 413)]
    public async Task A_source_may_have_a_limit_of_its_own(int more, int status)
    {
        await using var sluice = await RunningSluice.StartAsync(new SluiceFile().Source(settings: new() { ["MaxBodyBytes"] = 100 }));

        Assert.Equal(status, (await sluice.PostAsync(Sender.Stripe.Sign(new byte[100 + more], sluice.Now))).Status);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_largest_limit_is_16_MiB_and_works(bool chunked)
    {
        await using var sluice = await RunningSluice.StartAsync(new SluiceFile().Source(settings: new() { ["MaxBodyBytes"] = 16 * MiB }));
        var (fits, exceeds) = (Sender.Stripe.Sign(new byte[16 * MiB], sluice.Now), Sender.Stripe.Sign(new byte[16 * MiB + 1], sluice.Now));

        Assert.Equal(200, (await sluice.SendAsync(chunked ? Chunked(fits) : fits.ToRequest())).Status);
        Assert.Equal(413, (await sluice.SendAsync(chunked ? Chunked(exceeds) : exceeds.ToRequest())).Status);
    }

    [Theory]
    [InlineData(MiB + 1L)]
    [InlineData(17L * MiB)]
    [InlineData(10_000_000_000L)]
    [InlineData(long.MaxValue)]
    public async Task An_announced_length_over_the_limit_is_refused_before_a_byte_is_sent(long length)
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        using var connection = await RawConnection.OpenAsync(sluice);

        Assert.Equal(413, (await connection.AskAsync(sluice.Stripe().Head(length: length))).Status);
    }

    [Fact]
    public async Task Chunks_are_put_together_to_the_exact_bytes()
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        var webhook = sluice.Stripe();
        using var connection = await RawConnection.OpenAsync(sluice);
        await connection.SendAsync(webhook.Head().Replace($"Content-Length: {webhook.Body.Length}", "Transfer-Encoding: chunked", StringComparison.Ordinal));
        foreach (var value in webhook.Body.ToArray())
        {
            await connection.SendAsync("1\r\n");
            await connection.SendAsync(new[] { value });
            await connection.SendAsync("\r\n");
        }

        Assert.Equal(200, (await connection.AskAsync("0\r\n\r\n")).Status);
        Assert.Equal("duplicate", (await sluice.PostAsync(webhook)).Json.GetProperty("status").GetString());
        Assert.DoesNotContain("with other bytes", sluice.Log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Chunks_without_end_are_refused_at_the_limit()
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        using var connection = await RawConnection.OpenAsync(sluice);
        await connection.SendAsync("POST /api/webhooks/stripe HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
        var chunk = "10000\r\n" + new string('x', 0x10000) + "\r\n";
        var answer = connection.ReadAsync();
        // The sender would go on for ever; it is the host that ends it.
        for (var i = 0; i < 17 && !answer.IsCompleted; i++) await connection.SendAsync(chunk);

        Assert.Equal(413, (await answer)!.Status);
        Assert.Equal(Nothing, await sluice.StatsAsync());
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("deflate, gzip")]
    [InlineData("anything")]
    public async Task A_compressed_body_is_refused_unread(string encoding)
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);

        Assert.Equal(415, (await sluice.PostAsync(sluice.Stripe().Plus("Content-Encoding", encoding))).Status);
        Assert.Equal(Nothing, await sluice.StatsAsync());
        await sluice.AcceptAsync(sluice.Stripe().Plus("Content-Encoding", "identity"));
    }

    private static HttpRequestMessage Chunked(Webhook webhook)
    {
        var request = webhook.ToRequest();
        request.Headers.TransferEncodingChunked = true;
        return request;
    }
}
