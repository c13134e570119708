using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Sluice.Destinations;

namespace RetryFunction;

/// <summary>What operators do with destinations, behind the app's function key.</summary>
public sealed class DestinationFunction(DestinationEndpoint endpoint)
{
    [Function("OpsDestinations")]
    public Task<IResult> ListAsync([HttpTrigger(AuthorizationLevel.Function, "get", Route = "ops/destinations")] HttpRequest request) => endpoint.ListAsync(request.HttpContext);

    [Function("OpsDestination")]
    public Task<IResult> FindAsync([HttpTrigger(AuthorizationLevel.Function, "get", Route = "ops/destinations/{name}")] HttpRequest request, string name) => endpoint.FindAsync(request.HttpContext, name);

    [Function("OpsDestinationRegister")]
    public Task<IResult> RegisterAsync([HttpTrigger(AuthorizationLevel.Function, "put", Route = "ops/destinations/{name}")] HttpRequest request, string name) => endpoint.RegisterAsync(request.HttpContext, name);

    [Function("OpsDestinationRemove")]
    public Task<IResult> RemoveAsync([HttpTrigger(AuthorizationLevel.Function, "delete", Route = "ops/destinations/{name}")] HttpRequest request, string name) => endpoint.RemoveAsync(request.HttpContext, name);

    [Function("OpsDestinationPause")]
    public Task<IResult> PauseAsync([HttpTrigger(AuthorizationLevel.Function, "post", Route = "ops/destinations/{name}/pause")] HttpRequest request, string name) => endpoint.PauseAsync(request.HttpContext, name);

    [Function("OpsDestinationResume")]
    public Task<IResult> ResumeAsync([HttpTrigger(AuthorizationLevel.Function, "post", Route = "ops/destinations/{name}/resume")] HttpRequest request, string name) => endpoint.ResumeAsync(request.HttpContext, name);

    [Function("OpsDestinationTest")]
    public Task<IResult> TestAsync([HttpTrigger(AuthorizationLevel.Function, "post", Route = "ops/destinations/{name}/test")] HttpRequest request, string name) => endpoint.TestAsync(request.HttpContext, name);
}
