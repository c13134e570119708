using System.IO.Compression;
using System.Text;
using Sluice.Contracts;
using Sluice.Events;

namespace Sluice.Core.Tests.Delivery;

/// <summary>Destinations that answer with harm (A34) or not at all.</summary>
public sealed class HostileAnswerTests : IDisposable
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(300);

    private readonly Poster poster = new();

    public void Dispose() => poster.Dispose();

    [Attack("A34")]
    [Theory]
    [InlineData("500 Error", "Content-Length: 1073741824", AttemptOutcome.Retry)]
    [InlineData("400 Bad Request", "Content-Length: 1073741824", AttemptOutcome.DeadLetter)]
    [InlineData("200 OK", "Content-Length: 1073741824", AttemptOutcome.Done)]
    [InlineData("302 Found", "Content-Length: 1073741824", AttemptOutcome.Retry)]
    [InlineData("500 Error", "Connection: close", AttemptOutcome.Retry)]
    public async Task A_gigabyte_is_cut_off(string status, string header, AttemptOutcome kind)
    {
        var ended = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var destination = new LoopbackDestination(async connection =>
        {
            try
            {
                await connection.SendAsync($"HTTP/1.1 {status}\r\n{header}\r\n\r\n");
                var block = new byte[64 * 1024];
                while (connection.Sent < 1L << 30) await connection.SendAsync(block);
            }
            finally
            {
                ended.TrySetResult(connection.Sent);
            }
        });
        var before = GC.GetTotalAllocatedBytes();
        Assert.Equal(kind, (await poster.PostAsync(destination.Url)).Kind);
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 64 << 20);
        // What the socket's buffers took in beyond the 64 KiB that were read.
        Assert.InRange(await ended.Task.InTimeAsync("the connection is cut"), 0, 32 << 20);
    }

    [Attack("A34")]
    [Fact]
    public async Task Endless_chunks_are_cut_off()
    {
        var ended = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var destination = new LoopbackDestination(async connection =>
        {
            try
            {
                await connection.SendAsync("HTTP/1.1 503 Busy\r\nTransfer-Encoding: chunked\r\n\r\n");
                while (connection.Sent < 1L << 30) await connection.SendAsync($"1000\r\n{new string('x', 4096)}\r\n");
            }
            finally
            {
                ended.TrySetResult(connection.Sent);
            }
        });
        Assert.Equal(503, (await poster.PostAsync(destination.Url)).StatusCode);
        Assert.InRange(await ended.Task.InTimeAsync("the connection is cut"), 0, 32 << 20);
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTT")]
    [InlineData("HTTP/1.1 200 OK\r\n")]
    [InlineData("HTTP/1.1 500 Error\r\nContent-Length: 10\r\n\r\nx")]
    public async Task One_that_hangs_meets_the_timeout(string sent)
    {
        await using var destination = new LoopbackDestination(async connection =>
        {
            await connection.SendAsync(sent);
            await connection.HangAsync();
        });
        var outcome = await poster.PostAsync(destination.Url, timeout: Short);
        Assert.Equal((AttemptOutcome.Retry, "no answer within 0.3 s"), (outcome.Kind, outcome.Reason));
    }

    [Fact]
    public async Task One_that_drips_meets_the_timeout()
    {
        await using var destination = new LoopbackDestination(async connection =>
        {
            await connection.SendAsync("HTTP/1.1 500 Error\r\nContent-Length: 100000\r\n\r\n");
            using var drops = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
            while (await drops.WaitForNextTickAsync(TestContext.Current.CancellationToken)) await connection.SendAsync("x");
        });
        Assert.Equal("no answer within 0.3 s", (await poster.PostAsync(destination.Url, timeout: Short)).Reason);
    }

    [Fact]
    public async Task A_success_whose_body_never_ends_is_a_success()
    {
        await using var destination = new LoopbackDestination(async connection =>
        {
            await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nx");
            await connection.HangAsync();
        });
        Assert.Equal(AttemptOutcome.Done, (await poster.PostAsync(destination.Url, timeout: TimeSpan.FromSeconds(5))).Kind);
    }

    [Fact]
    public async Task Nobody_there_is_tried_again()
    {
        var outcome = await poster.PostAsync(LoopbackDestination.Nobody());
        Assert.Equal((AttemptOutcome.Retry, null), (outcome.Kind, outcome.StatusCode));
        Assert.Contains("Connection refused", outcome.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_does_not_resolve_is_tried_again() =>
        Assert.Equal(AttemptOutcome.Retry, (await poster.PostAsync(new Uri("http://nobody.invalid/"))).Kind);

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 20")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Len")]
    public async Task A_reset_before_the_whole_head_is_tried_again(string sent)
    {
        await using var destination = new LoopbackDestination(async connection =>
        {
            await connection.SendAsync(sent);
            connection.Reset();
        });
        var outcome = await poster.PostAsync(destination.Url);
        Assert.Equal((AttemptOutcome.Retry, null), (outcome.Kind, outcome.StatusCode));
        Assert.NotEmpty(outcome.Reason!);
    }

    [Fact]
    public async Task A_body_that_ends_too_early_changes_nothing_about_the_status()
    {
        await using var destination = new LoopbackDestination(async connection =>
        {
            await connection.SendAsync("HTTP/1.1 400 Bad Request\r\nContent-Length: 100\r\nConnection: close\r\n\r\nx");
            connection.Reset();
        });
        var outcome = await poster.PostAsync(destination.Url);
        Assert.Equal((AttemptOutcome.DeadLetter, 400), (outcome.Kind, outcome.StatusCode));
    }

    [Theory]
    [InlineData("SSH-2.0-OpenSSH_9.9\r\n")]
    [InlineData("HTTP/1.1 abc OK\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nno colon\r\n\r\n")]
    [InlineData("HTTP/1.1 500 Error\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n")]
    [InlineData("\0\0\0\0\r\n\r\n")]
    public async Task An_answer_that_is_no_http_is_tried_again(string sent)
    {
        await using var destination = new LoopbackDestination(async connection =>
        {
            await connection.SendAsync(sent);
            connection.Reset();
        });
        Assert.Equal(AttemptOutcome.Retry, (await poster.PostAsync(destination.Url)).Kind);
    }

    [Attack("A34")]
    [Fact]
    public async Task A_hundred_thousand_headers_are_cut_off()
    {
        await using var destination = new LoopbackDestination(connection => connection.SendAsync(
            "HTTP/1.1 200 OK\r\n" + string.Concat(Enumerable.Range(0, 100_000).Select(i => $"X-{i}: {i}\r\n")) + "\r\n"));
        Assert.Equal(AttemptOutcome.Retry, (await poster.PostAsync(destination.Url)).Kind);
    }

    [Attack("A34")]
    [Fact]
    public async Task A_compressed_answer_is_never_unpacked()
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true)) gzip.Write(Encoding.UTF8.GetBytes(new string('z', 1_000_000)));
        await using var destination = new LoopbackDestination(async connection =>
        {
            await connection.SendAsync($"HTTP/1.1 400 Bad\r\nContent-Encoding: gzip\r\nContent-Length: {packed.Length}\r\n\r\n");
            await connection.SendAsync(packed.ToArray());
        });
        Assert.DoesNotContain("zzz", (await poster.PostAsync(destination.Url)).Reason, StringComparison.Ordinal);
        Assert.DoesNotContain("Accept-Encoding", Assert.Single(destination.Requests).Head, StringComparison.OrdinalIgnoreCase);
    }

    [Attack("A34")]
    [Theory]
    [InlineData(0)]
    [InlineData(190)]
    public async Task A_destination_that_repeats_what_it_got_shows_nobody_its_credentials(int before)
    {
        await using var destination = LoopbackDestination.Answering("401 Unauthorized", $"{new string('x', before)} no such token: Bearer token-of-the-receiver");
        var outcome = await poster.PostAsync(destination.Url, settings: settings => settings with { Headers = [new("Authorization", "Bearer token-of-the-receiver")] });
        Assert.DoesNotContain("token-of", outcome.Reason, StringComparison.Ordinal);
        Assert.StartsWith($"answered 401: {new string('x', before)}", outcome.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cookies_that_a_destination_sets_are_forgotten()
    {
        await using var destination = LoopbackDestination.Answering("200 OK", headers: "Set-Cookie: a=b\r\n");
        await poster.PostAsync(destination.Url);
        await poster.PostAsync(destination.Url);
        Assert.All(destination.Requests, request => Assert.DoesNotContain("Cookie", request.Head, StringComparison.OrdinalIgnoreCase));
    }
}
