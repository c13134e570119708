using Sluice.Configuration;

namespace Sluice.Reconciliation;

/// <summary>What an operator can do about gaps. Two ways to it: straight to the book and the sender, or over HTTP to a running host.</summary>
public interface IReconciliation
{
    /// <summary>The names of the sources that can be compared with their sender's log.</summary>
    Task<IReadOnlyList<string>> SourcesAsync(CancellationToken cancellationToken);

    /// <summary>Compares one source; null when there is no such source.</summary>
    Task<ReconcileReport?> RunAsync(string source, DateTimeOffset? since, bool isDryRun, CancellationToken cancellationToken);
}

/// <summary>The operator's doings, straight to the book and the sender.</summary>
public sealed class DirectReconciliation(LiveConfiguration configuration, Reconciler reconciler) : IReconciliation
{
    /// <summary>2 minutes: what asks over HTTP is not kept waiting for longer. Asked again, it goes on.</summary>
    public static readonly TimeSpan AtMost = TimeSpan.FromMinutes(2);

    public Task<IReadOnlyList<string>> SourcesAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<string>>([.. configuration.Current.Sources.Where(source => source.Settings.Reconcile is not null).Select(source => source.Name)]);

    public async Task<ReconcileReport?> RunAsync(string source, DateTimeOffset? since, bool isDryRun, CancellationToken cancellationToken) =>
        configuration.Current.TryGetSource(source, out var known)
            ? await reconciler.RunAsync(known, new ReconcileRequest(since, AtMost) { IsDryRun = isDryRun, IsAsked = true }, cancellationToken)
            : null;
}
