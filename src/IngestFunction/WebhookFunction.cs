using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Sluice.Ingestion;

namespace IngestFunction;

/// <summary>The URL that senders post to. Open to everyone: the signature is the key.</summary>
public sealed class WebhookFunction(IngestEndpoint endpoint)
{
    [Function("Webhook")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", "post", "put", "patch", "delete", "options", Route = "webhooks/{source}")] HttpRequest request, string source)
    {
        await endpoint.HandleAsync(request.HttpContext, source);
        return Results.Empty;
    }

    /// <summary>For senders that cannot sign: the secret is a part of the URL.</summary>
    [Function("WebhookWithSecret")]
    public async Task<IResult> RunWithSecretAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", "post", "put", "patch", "delete", "options", Route = "webhooks/{source}/{secret}")] HttpRequest request, string source, string secret)
    {
        await endpoint.HandleAsync(request.HttpContext, source, secret);
        return Results.Empty;
    }
}
