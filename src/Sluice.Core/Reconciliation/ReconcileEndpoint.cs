using System.Globalization;
using Microsoft.AspNetCore.Http;
using Sluice.Inspection;

namespace Sluice.Reconciliation;

/// <summary>What operators and commands ask a running host about gaps, under <c>/api/ops</c>.</summary>
public sealed class ReconcileEndpoint(IReconciliation reconciliation)
{
    /// <summary>The sources that can be compared.</summary>
    public async Task<IResult> SourcesAsync(HttpContext context) => Results.Json(await reconciliation.SourcesAsync(context.RequestAborted), ReconcileJson.Default.IReadOnlyListString);

    /// <summary>Compares one source; <c>since</c> is a moment, <c>dryRun=true</c> only looks.</summary>
    public async Task<IResult> RunAsync(HttpContext context, string name)
    {
        DateTimeOffset? since = null;
        if (context.Request.Query["since"] is [{ Length: > 0 } text, ..])
        {
            if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment)) return Error(400, "since is no moment; write it as 2026-11-22T12:00:00Z");
            since = moment;
        }

        var isDryRun = false;
        if (context.Request.Query["dryRun"] is [{ Length: > 0 } flag, ..] && !bool.TryParse(flag, out isDryRun)) return Error(400, "dryRun is true or false");
        return await reconciliation.RunAsync(name, since, isDryRun, context.RequestAborted) is { } report
            ? Results.Json(report, ReconcileJson.Default.ReconcileReport)
            : Error(404, "no such source");
    }

    private static IResult Error(int status, string error) => Results.Json(new ErrorView(error), OpsJson.Default.ErrorView, statusCode: status);
}
