using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Sluice.Hosts.Tests.Processes;

/// <summary>A destination on this machine that remembers every attempt it was sent.</summary>
internal sealed class LoopbackDestination : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ConcurrentQueue<Arrival> arrivals = new();

    private LoopbackDestination(WebApplication app, Func<HttpContext, Task> answer)
    {
        this.app = app;
        app.Run(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            var headers = context.Request.Headers;
            arrivals.Enqueue(new Arrival(headers["Sluice-Event"].ToString(), headers["Sluice-Delivery"].ToString(), int.Parse(headers["Sluice-Attempt"].ToString(), CultureInfo.InvariantCulture), body.ToArray()));
            await answer(context);
        });
    }

    public string Url => app.Urls.First();

    public IReadOnlyCollection<Arrival> Arrivals => arrivals;

    /// <summary>Answers 200 at once.</summary>
    public static Task<LoopbackDestination> StartAsync() => StartAsync(static _ => Task.CompletedTask);

    /// <summary>Answers every attempt with one status.</summary>
    public static Task<LoopbackDestination> StartAsync(int status) => StartAsync(context =>
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    });

    public static async Task<LoopbackDestination> StartAsync(Func<HttpContext, Task> answer)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0").UseShutdownTimeout(TimeSpan.Zero);
        var destination = new LoopbackDestination(builder.Build(), answer);
        await destination.app.StartAsync();
        return destination;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();
}

/// <summary>One attempt as it arrived.</summary>
internal sealed record Arrival(string Event, string Delivery, int Attempt, byte[] Body);
