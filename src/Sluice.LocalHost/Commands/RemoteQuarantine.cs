using System.Text.Json.Serialization.Metadata;
using Sluice.Inspection;
using Sluice.Quarantine;
using Sluice.Retries;

namespace Sluice.LocalHost.Commands;

/// <summary>The operator's doings with refused requests over HTTP, at a running host.</summary>
internal sealed class RemoteQuarantine(OpsClient client) : IQuarantineOperations
{
    public Task<Page<RejectionView>> ListAsync(RejectionFilter filter, CancellationToken cancellationToken) =>
        client.AskAsync(HttpMethod.Get, (filter.OnlyKept ? "quarantine" : "rejections") + QuarantineQuery.Write(filter), QuarantineJson.Default.PageRejectionView, cancellationToken)!;

    public Task<RejectionView?> FindAsync(RejectionId id, CancellationToken cancellationToken) => client.AskAsync(HttpMethod.Get, $"quarantine/{id}", QuarantineJson.Default.RejectionView, cancellationToken);

    public async Task<byte[]?> BodyAsync(RejectionId id, CancellationToken cancellationToken)
    {
        using var response = await client.SendAsync(HttpMethod.Get, $"quarantine/{id}/body", cancellationToken);
        return response is null ? null : await response.Content.ReadAsByteArrayAsync(cancellationToken);
    }

    public Task<CheckedView?> VerifyAsync(RejectionId id, CancellationToken cancellationToken) => PostAsync($"{id}/verify", QuarantineJson.Default.CheckedView, cancellationToken);

    public Task<CheckedView?> ReleaseAsync(RejectionId id, CancellationToken cancellationToken) => PostAsync($"{id}/release", QuarantineJson.Default.CheckedView, cancellationToken);

    public async Task<bool> PurgeAsync(RejectionId id, CancellationToken cancellationToken) => (await PostAsync($"{id}/purge", QuarantineJson.Default.JobStep, cancellationToken)).Done > 0;

    public Task<CheckedStep> VerifyAllAsync(RejectionFilter filter, CancellationToken cancellationToken) => PostAsync("verify" + QuarantineQuery.Write(filter), QuarantineJson.Default.CheckedStep, cancellationToken)!;

    public Task<CheckedStep> ReleaseAllAsync(RejectionFilter filter, CancellationToken cancellationToken) => PostAsync("release" + QuarantineQuery.Write(filter), QuarantineJson.Default.CheckedStep, cancellationToken)!;

    public Task<JobStep> PurgeAllAsync(RejectionFilter filter, CancellationToken cancellationToken) => PostAsync("purge" + QuarantineQuery.Write(filter), QuarantineJson.Default.JobStep, cancellationToken);

    private Task<T?> PostAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellationToken) => client.AskAsync(HttpMethod.Post, $"quarantine/{path}", type, cancellationToken);
}
