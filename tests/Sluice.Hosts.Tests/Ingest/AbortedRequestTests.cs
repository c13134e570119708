using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Hosts.Tests.Fixtures;
using Sluice.Ingestion;
using Sluice.Inspection;

namespace Sluice.Hosts.Tests.Ingest;

/// <summary>
/// A request that is aborted from outside, which is more than a sender that hangs up: a host that ends an invocation leaves the sender
/// waiting. So it is asked of the endpoint itself.
/// </summary>
public sealed class AbortedRequestTests
{
    [Fact]
    public async Task A_request_aborted_before_its_body_is_whole_is_never_answered_with_success()
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        using var aborted = new CancellationTokenSource();
        var context = Request(sluice.Stripe(), aborted, atByte: 10);
        await sluice.Services.GetRequiredService<IngestEndpoint>().HandleAsync(context, "stripe");

        Assert.Equal(0, (await sluice.StatsAsync()).Events);
        Assert.False(context.Response.StatusCode is >= 200 and < 300, $"answered {context.Response.StatusCode} and kept nothing");
    }

    [Fact]
    public async Task A_request_aborted_after_its_body_is_whole_is_kept_all_the_same()
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        using var aborted = new CancellationTokenSource();
        var webhook = sluice.Stripe();
        var context = Request(webhook, aborted, atByte: webhook.Body.Length);
        await sluice.Services.GetRequiredService<IngestEndpoint>().HandleAsync(context, "stripe");

        Assert.True(aborted.IsCancellationRequested);
        Assert.Equal(new Stats(1, 0, 0, 0, 0, 0, 0, 0), await sluice.StatsAsync());
        Assert.Equal(200, context.Response.StatusCode);
    }

    private static DefaultHttpContext Request(Webhook webhook, CancellationTokenSource aborted, int atByte)
    {
        var context = new DefaultHttpContext { RequestAborted = aborted.Token };
        context.Request.Method = "POST";
        context.Request.RouteValues["source"] = "stripe";
        context.Request.ContentLength = webhook.Body.Length;
        context.Request.Body = new AbortingStream(webhook.Body, aborted, atByte);
        foreach (var (name, value) in webhook.Headers) context.Request.Headers[name] = value;
        return context;
    }

    /// <summary>A body during whose reading the request is aborted.</summary>
    private sealed class AbortingStream(ReadOnlyMemory<byte> body, CancellationTokenSource aborted, int atByte) : MemoryStream(body.ToArray(), writable: false)
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var read = await base.ReadAsync(buffer[..Math.Min(buffer.Length, Math.Max(1, atByte - (int)Position))], CancellationToken.None);
            if (Position >= atByte) await aborted.CancelAsync();
            return read;
        }
    }
}
