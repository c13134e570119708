using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Sluice.Inspection;
using Sluice.Retries;

namespace Sluice.Quarantine;

/// <summary>Refused requests under <c>/api/ops</c>. The host lets only those in who may.</summary>
public sealed class QuarantineEndpoint(IQuarantineOperations operations, ILogger<QuarantineEndpoint> logger)
{
    /// <summary>Maps every path with the host's own way of letting people in.</summary>
    public void MapTo(Action<string, string, Func<HttpContext, Task<IResult>>> map)
    {
        map("GET", "rejections", RejectionsAsync);
        map("GET", "quarantine", QuarantineAsync);
        map("GET", "quarantine/{id}", context => RejectionAsync(context, Id(context)));
        map("GET", "quarantine/{id}/body", context => BodyAsync(context, Id(context)));
        map("POST", "quarantine/{id}/verify", context => VerifyAsync(context, Id(context)));
        map("POST", "quarantine/{id}/release", context => ReleaseAsync(context, Id(context)));
        map("POST", "quarantine/{id}/purge", context => PurgeAsync(context, Id(context)));
        map("POST", "quarantine/verify", VerifyAllAsync);
        map("POST", "quarantine/release", ReleaseAllAsync);
        map("POST", "quarantine/purge", PurgeAllAsync);
    }

    /// <summary>The refused requests that were told, with the reason; those that are kept are among them.</summary>
    public Task<IResult> RejectionsAsync(HttpContext context) => FilteredAsync(context, QuarantineJson.Default.PageRejectionView, operations.ListAsync);

    /// <summary>Those whose bytes are kept.</summary>
    public Task<IResult> QuarantineAsync(HttpContext context) => FilteredAsync(context, QuarantineJson.Default.PageRejectionView, (filter, token) => operations.ListAsync(filter with { OnlyKept = true }, token));

    public Task<IResult> RejectionAsync(HttpContext context, string id) => OneAsync(context, id, async (parsed, token) =>
        await operations.FindAsync(parsed, token) is { } view ? Results.Json(view, QuarantineJson.Default.RejectionView) : null);

    /// <summary>The bytes as they are, never to be run by a browser.</summary>
    public Task<IResult> BodyAsync(HttpContext context, string id) => OneAsync(context, id, async (parsed, token) =>
    {
        context.Response.Headers.XContentTypeOptions = "nosniff";
        return await operations.BodyAsync(parsed, token) is { } body ? Results.Bytes(body, "application/octet-stream") : null;
    });

    public Task<IResult> VerifyAsync(HttpContext context, string id) => CheckedAsync(context, id, operations.VerifyAsync);

    public Task<IResult> ReleaseAsync(HttpContext context, string id) => CheckedAsync(context, id, operations.ReleaseAsync);

    public Task<IResult> PurgeAsync(HttpContext context, string id) => OneAsync(context, id, async (parsed, token) =>
        await operations.PurgeAsync(parsed, token) ? Results.Json(new JobStep(1, null), QuarantineJson.Default.JobStep) : null);

    public Task<IResult> VerifyAllAsync(HttpContext context) => FilteredAsync(context, QuarantineJson.Default.CheckedStep, operations.VerifyAllAsync);

    public Task<IResult> ReleaseAllAsync(HttpContext context) => FilteredAsync(context, QuarantineJson.Default.CheckedStep, operations.ReleaseAllAsync);

    public Task<IResult> PurgeAllAsync(HttpContext context) => FilteredAsync(context, QuarantineJson.Default.JobStep, operations.PurgeAllAsync);

    private Task<IResult> FilteredAsync<T>(HttpContext context, JsonTypeInfo<T> type, Func<RejectionFilter, CancellationToken, Task<T>> work) => OpsAnswer.OfAsync(context, logger, async () =>
        QuarantineQuery.Read(context.Request.Query, out var error) is { } filter ? Results.Json(await work(filter, context.RequestAborted), type) : OpsAnswer.Error(400, error!));

    private Task<IResult> CheckedAsync(HttpContext context, string id, Func<RejectionId, CancellationToken, Task<CheckedView?>> work) => OneAsync(context, id, async (parsed, token) =>
        await work(parsed, token) is { } view ? Results.Json(view, QuarantineJson.Default.CheckedView) : null);

    private Task<IResult> OneAsync(HttpContext context, string id, Func<RejectionId, CancellationToken, Task<IResult?>> work) => OpsAnswer.OfAsync(context, logger, async () =>
        (RejectionId.TryParse(id, out var parsed) ? await work(parsed, context.RequestAborted) : null) ?? OpsAnswer.Error(404, "no such refused request, or it is not kept"));

    private static string Id(HttpContext context) => (string)context.Request.RouteValues["id"]!;
}
