using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Sluice.Configuration;
using Sluice.Storage;

namespace Sluice.Inspection;

/// <summary>The bearer token that opens <c>/api/ops</c>.</summary>
public sealed class OpsToken(string value)
{
    private readonly byte[] bytes = Encoding.UTF8.GetBytes(value);

    public bool Opens(HttpRequest request) =>
        request.Headers.Authorization is [{ } header] && header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(header["Bearer ".Length..]), bytes);
}

/// <summary>What operators and commands ask a running host, under <c>/api/ops</c>.</summary>
public sealed partial class OpsEndpoint(IOperations operations, LiveConfiguration configuration, OpsToken token, ILogger<OpsEndpoint> logger)
{
    public Task<IResult> EventsAsync(HttpContext context) => OpenAsync(context, async () =>
        OpsQuery.Events(context.Request.Query, out var error) is { } filter
            ? Results.Json(await operations.EventsAsync(filter, context.RequestAborted), OpsJson.Default.PageEventView)
            : Error(400, error!));

    public Task<IResult> EventAsync(HttpContext context) => OpenAsync(context, async () =>
        Id(context) is { } id && await operations.EventAsync(id, context.RequestAborted) is { } view ? Results.Json(view, OpsJson.Default.EventView) : NoEvent());

    /// <summary>The bytes as they are, never to be run by a browser.</summary>
    public Task<IResult> BodyAsync(HttpContext context) => OpenAsync(context, async () =>
    {
        context.Response.Headers.XContentTypeOptions = "nosniff";
        return Id(context) is { } id && await operations.BodyAsync(id, context.RequestAborted) is { } body ? Results.Bytes(body, "application/octet-stream") : NoEvent();
    });

    public Task<IResult> ReplayAsync(HttpContext context) => OpenAsync(context, async () =>
        Id(context) is { } id && await operations.ReplayAsync(id, context.Request.Query["destination"], context.RequestAborted) is { } replayed
            ? Results.Json(new ReplayView(replayed), OpsJson.Default.ReplayView)
            : NoEvent());

    public Task<IResult> DeadLettersAsync(HttpContext context) => OpenAsync(context, async () =>
        OpsQuery.DeadLetters(context.Request.Query, out var error) is { } filter
            ? Results.Json(await operations.DeadLettersAsync(filter, context.RequestAborted), OpsJson.Default.PageDeadLetterView)
            : Error(400, error!));

    public Task<IResult> ReplayDeadAsync(HttpContext context) => OpenAsync(context, async () =>
        OpsQuery.DeadLetters(context.Request.Query, out var error) is { } filter
            ? Results.Json(await operations.ReplayDeadAsync(filter, context.RequestAborted), OpsJson.Default.JobStep)
            : Error(400, error!));

    public Task<IResult> PurgeDeadAsync(HttpContext context) => OpenAsync(context, async () =>
        OpsQuery.DeadLetters(context.Request.Query, out var error) is { } filter
            ? Results.Json(await operations.PurgeDeadAsync(filter, context.RequestAborted), OpsJson.Default.JobStep)
            : Error(400, error!));

    public Task<IResult> StatsAsync(HttpContext context) => OpenAsync(context, async () =>
        Results.Json(await operations.StatsAsync(context.RequestAborted), OpsJson.Default.Stats));

    public Task<IResult> SourcesAsync(HttpContext context) => OpenAsync(context, () => Task.FromResult(Results.Json(
        [.. configuration.Current.Sources.Select(source => new SourceView(
            source.Name, source.Provider.Name, source.Verifier is not null, source.Settings.Paused, source.Keys.Count, [.. source.Destinations.Select(destination => destination.Name)]))],
        OpsJson.Default.IReadOnlyListSourceView)));

    public Task<IResult> DestinationsAsync(HttpContext context) => OpenAsync(context, () => Task.FromResult(Results.Json(
        [.. configuration.Current.Destinations.Select(destination => new DestinationView(
            destination.Name, destination.Handler.Name, destination.Settings.Url?.GetLeftPart(UriPartial.Path), destination.Settings.Sources, destination.Settings.Types))],
        OpsJson.Default.IReadOnlyListDestinationView)));

    private async Task<IResult> OpenAsync(HttpContext context, Func<Task<IResult>> answer)
    {
        if (!token.Opens(context.Request))
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
            return Error(401, "send the ops token as Authorization: Bearer ...");
        }

        try
        {
            return await answer();
        }
        catch (CursorException e)
        {
            return Error(400, e.Message);
        }
        catch (StoreUnavailableException e)
        {
            Log.Unavailable(logger, e.Message);
            context.Response.Headers.RetryAfter = "5";
            return Error(503, "the store cannot be reached now; try again");
        }
    }

    private static EventId? Id(HttpContext context) => EventId.TryParse(context.Request.RouteValues["id"] as string, out var id) ? id : null;

    private static IResult NoEvent() => Error(404, "no such event, or it was let go");

    private static IResult Error(int status, string error) => Results.Json(new ErrorView(error), OpsJson.Default.ErrorView, statusCode: status);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "An ops request was answered 503: {Reason}")]
        public static partial void Unavailable(ILogger logger, string reason);
    }
}

public static class OpsRoutes
{
    /// <summary>Maps <c>/api/ops/...</c>.</summary>
    public static void MapOps(this IEndpointRouteBuilder routes)
    {
        var endpoint = routes.ServiceProvider.GetRequiredService<OpsEndpoint>();
        Map(routes, "GET", "events", endpoint.EventsAsync);
        Map(routes, "GET", "events/{id}", endpoint.EventAsync);
        Map(routes, "GET", "events/{id}/body", endpoint.BodyAsync);
        Map(routes, "POST", "events/{id}/replay", endpoint.ReplayAsync);
        Map(routes, "GET", "dead-letters", endpoint.DeadLettersAsync);
        Map(routes, "POST", "dead-letters/replay", endpoint.ReplayDeadAsync);
        Map(routes, "POST", "dead-letters/purge", endpoint.PurgeDeadAsync);
        Map(routes, "GET", "stats", endpoint.StatsAsync);
        Map(routes, "GET", "sources", endpoint.SourcesAsync);
        Map(routes, "GET", "destinations", endpoint.DestinationsAsync);
    }

    private static void Map(IEndpointRouteBuilder routes, string method, string path, Func<HttpContext, Task<IResult>> answer) =>
        routes.MapMethods($"/api/ops/{path}", [method], (RequestDelegate)(async context => await (await answer(context)).ExecuteAsync(context)));
}
