using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Configuration;
using Sluice.Processing;
using Sluice.Storage;

namespace Sluice.Inspection;

/// <summary><c>/api/health</c>: the process lives. <c>/api/health/ready</c>: it can keep events and every source is usable; looked at every 5 seconds at most.</summary>
public sealed class HealthEndpoint(LiveConfiguration configuration, IEventStore store, ITaskQueue queue, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Cached = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim gate = new(1, 1);
    private IReadOnlyList<string> faults = [];
    private long? lookedAt;

    public async Task ReadyAsync(HttpContext context)
    {
        // Of a source that waits for its sender's handshake nothing is said: whoever asks first could be the one to make it.
        var found = await FaultsAsync(context.RequestAborted);
        var view = found.Count == 0 ? new HealthView("ready") : new HealthView("not ready", found);
        if (found.Count > 0) context.Response.Headers.RetryAfter = "5";
        await Results.Json(view, OpsJson.Default.HealthView, statusCode: found.Count == 0 ? 200 : 503).ExecuteAsync(context);
    }

    public static Task LiveAsync(HttpContext context) => Results.Json(new HealthView("ok"), OpsJson.Default.HealthView).ExecuteAsync(context);

    public void Dispose() => gate.Dispose();

    private async ValueTask<IReadOnlyList<string>> FaultsAsync(CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken);
        try
        {
            if (lookedAt is { } then && time.GetElapsedTime(then) < Cached) return faults;
            var found = new List<string>();
            await LookAsync(found, "store", store.PingAsync, cancellationToken);
            await LookAsync(found, "queue", queue.PingAsync, cancellationToken);
            found.AddRange(configuration.Current.Sources.Where(source => !source.IsUsable(time.GetUtcNow())).Select(source => $"source {source.Name} accepts nothing: {(source.Fault is null ? "none of its secrets is valid now" : "its configuration has a fault, which the log names")}"));
            (faults, lookedAt) = (found, time.GetTimestamp());
            return found;
        }
        finally
        {
            gate.Release();
        }
    }

    private static async ValueTask LookAsync(List<string> found, string what, Func<CancellationToken, ValueTask> ping, CancellationToken cancellationToken)
    {
        try
        {
            await ping(cancellationToken);
        }
        catch (Exception e) when (e is StoreUnavailableException or QueueUnavailableException)
        {
            found.Add($"{what}: {e.Message}");
        }
    }
}

public static class HealthRoutes
{
    /// <summary>Maps <c>/api/health</c> and <c>/api/health/ready</c>.</summary>
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        var endpoint = routes.ServiceProvider.GetRequiredService<HealthEndpoint>();
        routes.MapGet("/api/health", (RequestDelegate)HealthEndpoint.LiveAsync);
        routes.MapGet("/api/health/ready", (RequestDelegate)endpoint.ReadyAsync);
    }
}
