using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Sluice.Inspection;

namespace IngestFunction;

/// <summary>Whether the app lives, and whether it can keep events. The platform asks with HEAD too.</summary>
public sealed class HealthFunction(HealthEndpoint endpoint)
{
    [Function("Health")]
    public static async Task<IResult> LiveAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "health")] HttpRequest request)
    {
        await HealthEndpoint.LiveAsync(request.HttpContext);
        return Results.Empty;
    }

    [Function("HealthReady")]
    public async Task<IResult> ReadyAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "health/ready")] HttpRequest request)
    {
        await endpoint.ReadyAsync(request.HttpContext);
        return Results.Empty;
    }
}
