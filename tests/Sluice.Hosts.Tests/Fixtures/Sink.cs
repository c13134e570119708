using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Sluice.Hosts.Tests.Fixtures;

/// <summary>A destination on the wire: answers what it is told to, the last answer for ever, and records what it got.</summary>
internal sealed class Sink : IAsyncDisposable
{
    private readonly ConcurrentQueue<Received> requests = new();
    private readonly CancellationTokenSource closing = new();
    private readonly WebApplication app;
    private ConcurrentQueue<Reply> replies;

    private Sink(WebApplication app, IEnumerable<Reply> replies) => (this.app, this.replies) = (app, new(replies));

    public Uri Url { get; private set; } = null!;

    public IReadOnlyList<Received> Requests => [.. requests];

    public int Count => requests.Count;

    public static async Task<Sink> StartAsync(params Reply[] replies)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var sink = new Sink(builder.Build(), replies.DefaultIfEmpty(200));
        sink.app.Run(sink.AnswerAsync);
        await sink.app.StartAsync(TestContext.Current.CancellationToken);
        sink.Url = new Uri(sink.app.Urls.Single() + "/hook");
        return sink;
    }

    /// <summary>What it answers from now on.</summary>
    public void Answers(params Reply[] next) => replies = new(next);

    public async ValueTask DisposeAsync()
    {
        await closing.CancelAsync();
        await app.DisposeAsync();
        closing.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        var queue = replies;
        if (!queue.TryPeek(out var reply)) reply = 200;
        if (queue.Count > 1) queue.TryDequeue(out reply);
        requests.Enqueue(new(context.Request.Method, context.Request.Path, context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase), body.ToArray()));
        if (reply!.Hangs) await HangAsync(context);
        context.Response.StatusCode = reply.Status;
        if (reply.RetryAfter is not null) context.Response.Headers.RetryAfter = reply.RetryAfter;
        if (reply.Location is not null) context.Response.Headers.Location = reply.Location;
        await context.Response.WriteAsync(reply.Text, closing.Token);
    }

    private async Task HangAsync(HttpContext context)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, closing.Token);
        await Task.Delay(Timeout.Infinite, both.Token).ContinueWith(static _ => { }, TaskScheduler.Default);
    }
}

/// <summary>One answer of a <see cref="Sink"/>.</summary>
internal sealed record Reply(int Status, string? RetryAfter = null, string? Location = null, string Text = "")
{
    /// <summary>Never answers.</summary>
    public static Reply Never { get; } = new(200) { Hangs = true };

    public bool Hangs { get; private init; }

    public static implicit operator Reply(int status) => new(status);
}

/// <summary>One request that a <see cref="Sink"/> got.</summary>
internal sealed record Received(string Method, string Path, IReadOnlyDictionary<string, string> Headers, byte[] Body);
