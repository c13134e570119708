using System.Globalization;
using Sluice.Reconciliation;

namespace Sluice.LocalHost.Commands;

/// <summary>The operator's doings about gaps over HTTP, at a running host.</summary>
internal sealed class RemoteReconciliation(OpsClient client) : IReconciliation
{
    /// <summary>How long the host may take: a run and the way there.</summary>
    public static readonly TimeSpan Patience = DirectReconciliation.AtMost + TimeSpan.FromMinutes(1);

    public async Task<IReadOnlyList<string>> SourcesAsync(CancellationToken cancellationToken) => await client.AskAsync(HttpMethod.Get, "reconcile", ReconcileJson.Default.IReadOnlyListString, cancellationToken) ?? [];

    public Task<ReconcileReport?> RunAsync(string source, DateTimeOffset? since, bool isDryRun, CancellationToken cancellationToken) => client.AskAsync(
        HttpMethod.Post,
        $"sources/{Uri.EscapeDataString(source)}/reconcile?dryRun={(isDryRun ? "true" : "false")}{(since is { } moment ? $"&since={Uri.EscapeDataString(moment.ToString("O", CultureInfo.InvariantCulture))}" : "")}",
        ReconcileJson.Default.ReconcileReport, cancellationToken);
}
