using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Sluice.Hosts.Tests.Processes;

/// <summary>A stranger's receiver: reads everything that comes, and answers everything alike.</summary>
internal sealed class Stranger : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ConcurrentQueue<string> requests = new();
    private readonly TaskCompletionSource arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Stranger(Func<HttpContext, string, Task> answer)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0").UseShutdownTimeout(TimeSpan.Zero);
        app = builder.Build();
        app.Run(async context =>
        {
            using var stream = new MemoryStream();
            await context.Request.Body.CopyToAsync(stream);
            var whole = $"{context.Request.Method} {context.Request.Path}{context.Request.QueryString}\n{string.Join('\n', context.Request.Headers.Select(header => $"{header.Key}: {header.Value}"))}\n\n{Encoding.UTF8.GetString(stream.ToArray())}";
            requests.Enqueue(whole);
            arrived.TrySetResult();
            await answer(context, whole);
        });
    }

    public string Url => $"{app.Urls.Single()}/hooks";

    /// <summary>Each from its first line to the end of its body.</summary>
    public IReadOnlyCollection<string> Requests => requests;

    /// <summary>Until there is one.</summary>
    public Task Arrived => arrived.Task;

    public static Task<Stranger> StartAsync(string body = "ok", int status = 200, string? contentType = null, params (string Name, string Value)[] headers) => StartAsync(async (context, _) =>
    {
        context.Response.StatusCode = status;
        if (contentType is not null) context.Response.ContentType = contentType;
        foreach (var (name, value) in headers) context.Response.Headers[name] = value;
        if (body.Length > 0) await context.Response.WriteAsync(body);
    });

    /// <summary>Takes everything and never answers.</summary>
    public static Task<Stranger> StartSilentAsync() => StartAsync(static (context, _) => Task.Delay(Timeout.Infinite, context.RequestAborted));

    public static async Task<Stranger> StartAsync(Func<HttpContext, string, Task> answer)
    {
        var stranger = new Stranger(answer);
        await stranger.app.StartAsync(TestContext.Current.CancellationToken);
        return stranger;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
