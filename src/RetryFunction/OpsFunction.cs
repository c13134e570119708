using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Sluice.Inspection;

namespace RetryFunction;

/// <summary>What operators ask, behind the app's function key.</summary>
public sealed class OpsFunction(OpsEndpoint endpoint)
{
    [Function("OpsEvents")]
    public Task<IResult> EventsAsync([HttpTrigger(AuthorizationLevel.Function, "get", Route = "ops/events")] HttpRequest request) => endpoint.EventsAsync(request.HttpContext);

    [Function("OpsEvent")]
    public Task<IResult> EventAsync([HttpTrigger(AuthorizationLevel.Function, "get", Route = "ops/events/{id}")] HttpRequest request, string id) => endpoint.EventAsync(request.HttpContext, id);

    [Function("OpsEventBody")]
    public Task<IResult> BodyAsync([HttpTrigger(AuthorizationLevel.Function, "get", Route = "ops/events/{id}/body")] HttpRequest request, string id) => endpoint.BodyAsync(request.HttpContext, id);

    [Function("OpsEventReplay")]
    public Task<IResult> ReplayAsync([HttpTrigger(AuthorizationLevel.Function, "post", Route = "ops/events/{id}/replay")] HttpRequest request, string id) => endpoint.ReplayAsync(request.HttpContext, id);

    [Function("OpsDeadLetters")]
    public Task<IResult> DeadLettersAsync([HttpTrigger(AuthorizationLevel.Function, "get", Route = "ops/dead-letters")] HttpRequest request) => endpoint.DeadLettersAsync(request.HttpContext);

    [Function("OpsDeadLettersReplay")]
    public Task<IResult> ReplayDeadAsync([HttpTrigger(AuthorizationLevel.Function, "post", Route = "ops/dead-letters/replay")] HttpRequest request) => endpoint.ReplayDeadAsync(request.HttpContext);

    [Function("OpsDeadLettersPurge")]
    public Task<IResult> PurgeDeadAsync([HttpTrigger(AuthorizationLevel.Function, "post", Route = "ops/dead-letters/purge")] HttpRequest request) => endpoint.PurgeDeadAsync(request.HttpContext);

    [Function("OpsStats")]
    public Task<IResult> StatsAsync([HttpTrigger(AuthorizationLevel.Function, "get", Route = "ops/stats")] HttpRequest request) => endpoint.StatsAsync(request.HttpContext);

    [Function("OpsSources")]
    public Task<IResult> SourcesAsync([HttpTrigger(AuthorizationLevel.Function, "get", Route = "ops/sources")] HttpRequest request) => endpoint.SourcesAsync(request.HttpContext);
}
