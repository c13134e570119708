using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Destinations;
using Sluice.Quarantine;

namespace Sluice.Inspection;

/// <summary>The bearer token that opens <c>/api/ops</c>.</summary>
public sealed class OpsToken(string value)
{
    private readonly byte[] bytes = Encoding.UTF8.GetBytes(value);

    public bool Opens(HttpRequest request) =>
        request.Headers.Authorization is [{ } header] && header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(header["Bearer ".Length..]), bytes);
}

public static class OpsRoutes
{
    /// <summary>Maps <c>/api/ops/...</c>.</summary>
    public static void MapOps(this IEndpointRouteBuilder routes)
    {
        var endpoint = routes.ServiceProvider.GetRequiredService<OpsEndpoint>();
        var token = routes.ServiceProvider.GetRequiredService<OpsToken>();
        Map("GET", "events", endpoint.EventsAsync);
        Map("GET", "events/{id}", context => endpoint.EventAsync(context, Id(context)));
        Map("GET", "events/{id}/body", context => endpoint.BodyAsync(context, Id(context)));
        Map("POST", "events/{id}/replay", context => endpoint.ReplayAsync(context, Id(context)));
        Map("GET", "dead-letters", endpoint.DeadLettersAsync);
        Map("POST", "dead-letters/replay", endpoint.ReplayDeadAsync);
        Map("POST", "dead-letters/purge", endpoint.PurgeDeadAsync);
        Map("GET", "stats", endpoint.StatsAsync);
        Map("GET", "sources", endpoint.SourcesAsync);
        routes.ServiceProvider.GetRequiredService<QuarantineEndpoint>().MapTo(Map);
        routes.ServiceProvider.GetRequiredService<DestinationEndpoint>().MapTo(Map);
        var gaps = routes.ServiceProvider.GetRequiredService<Reconciliation.ReconcileEndpoint>();
        Map("GET", "reconcile", gaps.SourcesAsync);
        Map("POST", "sources/{name}/reconcile", context => gaps.RunAsync(context, (string)context.Request.RouteValues["name"]!));

        void Map(string method, string path, Func<HttpContext, Task<IResult>> answer) => routes.MapMethods($"/api/ops/{path}", [method], (RequestDelegate)(async context =>
            await (token.Opens(context.Request) ? await answer(context) : Closed(context)).ExecuteAsync(context)));
    }

    private static string Id(HttpContext context) => (string)context.Request.RouteValues["id"]!;

    private static IResult Closed(HttpContext context)
    {
        context.Response.Headers.WWWAuthenticate = "Bearer";
        return Results.Json(new ErrorView("send the ops token as Authorization: Bearer ..."), OpsJson.Default.ErrorView, statusCode: StatusCodes.Status401Unauthorized);
    }
}
