using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Configuration;
using Sluice.Ingestion;
using Sluice.Processing;
using Sluice.Storage;

namespace Sluice.Inspection;

/// <summary><c>/api/health</c>: the process lives. <c>/api/health/ready</c>: it can keep events and every source is usable; looked at every 5 seconds at most.</summary>
public sealed class HealthEndpoint(LiveConfiguration configuration, IEventStore store, ITaskQueue queue, Learning learning, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Cached = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim gate = new(1, 1);
    private IReadOnlyList<string> faults = [];
    private IReadOnlyList<string> waiting = [];
    private long? lookedAt;

    public async Task ReadyAsync(HttpContext context)
    {
        var (found, waits) = await LookAsync(context.RequestAborted);
        var view = new HealthView(found.Count == 0 ? "ready" : "not ready", found.Count == 0 ? null : found, waits.Count == 0 ? null : waits);
        if (found.Count > 0) context.Response.Headers.RetryAfter = "5";
        await Results.Json(view, OpsJson.Default.HealthView, statusCode: found.Count == 0 ? 200 : 503).ExecuteAsync(context);
    }

    public static Task LiveAsync(HttpContext context) => Results.Json(new HealthView("ok"), OpsJson.Default.HealthView).ExecuteAsync(context);

    public void Dispose() => gate.Dispose();

    private async ValueTask<(IReadOnlyList<string> Faults, IReadOnlyList<string> Waiting)> LookAsync(CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken);
        try
        {
            if (lookedAt is { } then && time.GetElapsedTime(then) < Cached) return (faults, waiting);
            var (found, waits) = (new List<string>(), new List<string>());
            await LookAsync(found, "store", async token =>
            {
                await store.PingAsync(token);
                await FindWaitingAsync(waits);
            }, cancellationToken);
            await LookAsync(found, "queue", queue.PingAsync, cancellationToken);
            found.AddRange(configuration.Current.Sources.Where(source => !source.IsUsable(time.GetUtcNow())).Select(source => $"source {source.Name} accepts nothing: {(source.Fault is null ? "none of its secrets is valid now" : "its configuration has a fault, which the log names")}"));
            (faults, waiting, lookedAt) = (found, waits, time.GetTimestamp());
            return (found, waits);
        }
        finally
        {
            gate.Release();
        }
    }

    // No fault: it is as it should be until somebody sets up the webhook at the sender.
    private async ValueTask FindWaitingAsync(List<string> waits)
    {
        foreach (var source in configuration.Current.Sources)
        {
            if (source.Learns && await learning.VerifierAsync(source) is null) waits.Add($"source {source.Name} waits for the handshake of its sender and learns its secret from it");
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
