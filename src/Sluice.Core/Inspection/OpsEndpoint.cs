using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Sluice.Configuration;
using Sluice.Destinations;
using Sluice.Ingestion;

namespace Sluice.Inspection;

/// <summary>What operators and commands ask a running host, under <c>/api/ops</c>. The host lets only those in who may: a token here, a function key on Azure.</summary>
public sealed class OpsEndpoint(IOperations operations, LiveConfiguration configuration, SharedDestinations shared, Learning learning, TimeProvider time, ILogger<OpsEndpoint> logger)
{
    public Task<IResult> EventsAsync(HttpContext context) => AnswerAsync(context, async () =>
        OpsQuery.Events(context.Request.Query, out var error) is { } filter
            ? Results.Json(await operations.EventsAsync(filter, context.RequestAborted), OpsJson.Default.PageEventView)
            : Error(400, error!));

    public Task<IResult> EventAsync(HttpContext context, string id) => AnswerAsync(context, async () =>
        EventId.TryParse(id, out var parsed) && await operations.EventAsync(parsed, context.RequestAborted) is { } view ? Results.Json(view, OpsJson.Default.EventView) : NoEvent());

    /// <summary>The bytes as they are, never to be run by a browser.</summary>
    public Task<IResult> BodyAsync(HttpContext context, string id) => AnswerAsync(context, async () =>
    {
        context.Response.Headers.XContentTypeOptions = "nosniff";
        return EventId.TryParse(id, out var parsed) && await operations.BodyAsync(parsed, context.RequestAborted) is { } body ? Results.Bytes(body, "application/octet-stream") : NoEvent();
    });

    public Task<IResult> ReplayAsync(HttpContext context, string id) => AnswerAsync(context, async () =>
        EventId.TryParse(id, out var parsed) && await operations.ReplayAsync(parsed, context.Request.Query["destination"], context.RequestAborted) is { } replayed
            ? Results.Json(new ReplayView(replayed), OpsJson.Default.ReplayView)
            : NoEvent());

    public Task<IResult> DeadLettersAsync(HttpContext context) => AnswerAsync(context, async () =>
        OpsQuery.DeadLetters(context.Request.Query, out var error) is { } filter
            ? Results.Json(await operations.DeadLettersAsync(filter, context.RequestAborted), OpsJson.Default.PageDeadLetterView)
            : Error(400, error!));

    public Task<IResult> ReplayDeadAsync(HttpContext context) => AnswerAsync(context, async () =>
        OpsQuery.DeadLetters(context.Request.Query, out var error) is { } filter
            ? Results.Json(await operations.ReplayDeadAsync(filter, context.RequestAborted), OpsJson.Default.JobStep)
            : Error(400, error!));

    public Task<IResult> PurgeDeadAsync(HttpContext context) => AnswerAsync(context, async () =>
        OpsQuery.DeadLetters(context.Request.Query, out var error) is { } filter
            ? Results.Json(await operations.PurgeDeadAsync(filter, context.RequestAborted), OpsJson.Default.JobStep)
            : Error(400, error!));

    public Task<IResult> StatsAsync(HttpContext context) => AnswerAsync(context, async () =>
        Results.Json(await operations.StatsAsync(context.RequestAborted), OpsJson.Default.Stats));

    public Task<IResult> SourcesAsync(HttpContext context) => AnswerAsync(context, async () =>
    {
        await shared.EnsureAsync(context.RequestAborted);
        var views = new List<SourceView>();
        foreach (var source in configuration.Current.Sources)
        {
            var isWaiting = source.Learns && await learning.VerifierAsync(source) is null;
            views.Add(new(
                source.Name, source.Provider.Name, source.ChecksSignatures ? source.IsUsable(time.GetUtcNow()) : null, source.Settings.Paused, source.Verifier?.Keys ?? 0,
                [.. source.Destinations.Select(destination => destination.Name)], isWaiting ? true : null));
        }

        return Results.Json(views, OpsJson.Default.IReadOnlyListSourceView);
    });

    private Task<IResult> AnswerAsync(HttpContext context, Func<Task<IResult>> answer) => OpsAnswer.OfAsync(context, logger, answer);

    private static IResult NoEvent() => Error(404, "no such event, or it was let go");

    private static IResult Error(int status, string error) => OpsAnswer.Error(status, error);
}
