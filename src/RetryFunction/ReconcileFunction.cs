using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Sluice.Reconciliation;

namespace RetryFunction;

/// <summary>What operators ask about gaps, behind the app's function key.</summary>
public sealed class ReconcileFunction(ReconcileEndpoint endpoint)
{
    [Function("OpsReconcileSources")]
    public Task<IResult> SourcesAsync([HttpTrigger(AuthorizationLevel.Function, "get", Route = "ops/reconcile")] HttpRequest request) => endpoint.SourcesAsync(request.HttpContext);

    [Function("OpsReconcile")]
    public Task<IResult> RunAsync([HttpTrigger(AuthorizationLevel.Function, "post", Route = "ops/sources/{name}/reconcile")] HttpRequest request, string name) => endpoint.RunAsync(request.HttpContext, name);
}
