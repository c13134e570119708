using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Sluice.Quarantine;

namespace RetryFunction;

/// <summary>What operators do with refused requests, behind the app's function key.</summary>
public sealed class QuarantineFunction(QuarantineEndpoint endpoint)
{
    [Function("OpsRejections")]
    public Task<IResult> RejectionsAsync([HttpTrigger(AuthorizationLevel.Function, "get", Route = "ops/rejections")] HttpRequest request) => endpoint.RejectionsAsync(request.HttpContext);

    [Function("OpsQuarantine")]
    public Task<IResult> QuarantineAsync([HttpTrigger(AuthorizationLevel.Function, "get", Route = "ops/quarantine")] HttpRequest request) => endpoint.QuarantineAsync(request.HttpContext);

    [Function("OpsQuarantined")]
    public Task<IResult> RejectionAsync([HttpTrigger(AuthorizationLevel.Function, "get", Route = "ops/quarantine/{id}")] HttpRequest request, string id) => endpoint.RejectionAsync(request.HttpContext, id);

    [Function("OpsQuarantinedBody")]
    public Task<IResult> BodyAsync([HttpTrigger(AuthorizationLevel.Function, "get", Route = "ops/quarantine/{id}/body")] HttpRequest request, string id) => endpoint.BodyAsync(request.HttpContext, id);

    [Function("OpsQuarantinedVerify")]
    public Task<IResult> VerifyAsync([HttpTrigger(AuthorizationLevel.Function, "post", Route = "ops/quarantine/{id}/verify")] HttpRequest request, string id) => endpoint.VerifyAsync(request.HttpContext, id);

    [Function("OpsQuarantinedRelease")]
    public Task<IResult> ReleaseAsync([HttpTrigger(AuthorizationLevel.Function, "post", Route = "ops/quarantine/{id}/release")] HttpRequest request, string id) => endpoint.ReleaseAsync(request.HttpContext, id);

    [Function("OpsQuarantinedPurge")]
    public Task<IResult> PurgeAsync([HttpTrigger(AuthorizationLevel.Function, "post", Route = "ops/quarantine/{id}/purge")] HttpRequest request, string id) => endpoint.PurgeAsync(request.HttpContext, id);

    [Function("OpsQuarantineVerify")]
    public Task<IResult> VerifyAllAsync([HttpTrigger(AuthorizationLevel.Function, "post", Route = "ops/quarantine/verify")] HttpRequest request) => endpoint.VerifyAllAsync(request.HttpContext);

    [Function("OpsQuarantineRelease")]
    public Task<IResult> ReleaseAllAsync([HttpTrigger(AuthorizationLevel.Function, "post", Route = "ops/quarantine/release")] HttpRequest request) => endpoint.ReleaseAllAsync(request.HttpContext);

    [Function("OpsQuarantinePurge")]
    public Task<IResult> PurgeAllAsync([HttpTrigger(AuthorizationLevel.Function, "post", Route = "ops/quarantine/purge")] HttpRequest request) => endpoint.PurgeAllAsync(request.HttpContext);
}
