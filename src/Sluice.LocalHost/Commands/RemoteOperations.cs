using Sluice.Inspection;
using Sluice.Retries;

namespace Sluice.LocalHost.Commands;

/// <summary>The operator's doings over HTTP, at a running host.</summary>
internal sealed class RemoteOperations(OpsClient client) : IOperations
{
    public Task<Page<EventView>> EventsAsync(EventFilter filter, CancellationToken cancellationToken) =>
        client.AskAsync(HttpMethod.Get, "events" + OpsQuery.Write(filter), OpsJson.Default.PageEventView, cancellationToken)!;

    public Task<EventView?> EventAsync(EventId id, CancellationToken cancellationToken) => client.AskAsync(HttpMethod.Get, $"events/{id}", OpsJson.Default.EventView, cancellationToken);

    public async Task<byte[]?> BodyAsync(EventId id, CancellationToken cancellationToken)
    {
        using var response = await client.SendAsync(HttpMethod.Get, $"events/{id}/body", cancellationToken);
        return response is null ? null : await response.Content.ReadAsByteArrayAsync(cancellationToken);
    }

    public async Task<int?> ReplayAsync(EventId id, string? destination, CancellationToken cancellationToken) =>
        (await client.AskAsync(HttpMethod.Post, $"events/{id}/replay{(destination is null ? "" : $"?destination={Uri.EscapeDataString(destination)}")}", OpsJson.Default.ReplayView, cancellationToken))?.Replayed;

    public Task<Page<DeadLetterView>> DeadLettersAsync(DeadLetterFilter filter, CancellationToken cancellationToken) =>
        client.AskAsync(HttpMethod.Get, "dead-letters" + OpsQuery.Write(filter), OpsJson.Default.PageDeadLetterView, cancellationToken)!;

    public Task<JobStep> ReplayDeadAsync(DeadLetterFilter filter, CancellationToken cancellationToken) =>
        client.AskAsync(HttpMethod.Post, "dead-letters/replay" + OpsQuery.Write(filter), OpsJson.Default.JobStep, cancellationToken);

    public Task<JobStep> PurgeDeadAsync(DeadLetterFilter filter, CancellationToken cancellationToken) =>
        client.AskAsync(HttpMethod.Post, "dead-letters/purge" + OpsQuery.Write(filter), OpsJson.Default.JobStep, cancellationToken);

    public Task<Stats> StatsAsync(CancellationToken cancellationToken) => client.AskAsync(HttpMethod.Get, "stats", OpsJson.Default.Stats, cancellationToken)!;
}
