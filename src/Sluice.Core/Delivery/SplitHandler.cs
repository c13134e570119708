using Microsoft.Extensions.DependencyInjection;
using Sluice.Configuration;
using Sluice.Events;
using Sluice.Ingestion;
using Sluice.Providers;
using Sluice.Storage;

namespace Sluice.Delivery;

/// <summary>
/// Takes the events of a batch apart. A batch was kept as one, so that its sender has its answer; its one delivery is to here. Each item
/// becomes an event of its own with its own deliveries, and one that was there already stays a duplicate: taking it apart twice is harmless.
/// When somebody asked for the batch again, what is dead of it is replayed.
/// </summary>
public sealed class SplitHandler(IServiceProvider services, TimeProvider time) : IHandler
{
    /// <summary>The name of the destination that batches go to; no other may have it.</summary>
    public const string DestinationName = "split_batches";

    /// <summary>How many items are on their way to the store at once: a large batch has to be through before its time is over.</summary>
    private const int AtOnce = 16;

    public string Name => "split";

    public async ValueTask<Outcome> HandleAsync(WebhookEvent webhook, DeliveryContext context, CancellationToken cancellationToken)
    {
        // Asked for when it is needed: the ingestor itself knows its handlers.
        var ingestor = services.GetRequiredService<Ingestor>();
        if (!services.GetRequiredService<LiveConfiguration>().Current.TryGetSource(webhook.Source, out var source)) return Outcome.DeadLetter($"source '{webhook.Source}' is not configured any more; add it and replay, or purge");
        if (source.Provider.Split(webhook) is not { } items) return Outcome.DeadLetter($"its body is no batch of this sender, or one of more than {BatchItem.Most} events");
        try
        {
            var now = time.GetUtcNow();
            // Where somebody wants them in order they are kept as they stand in the batch.
            var isOrdered = source.Destinations.Any(destination => destination.Settings.Order is not null);
            foreach (var some in items.Select(item => EventOf.Item(webhook, item)).Chunk(isOrdered ? 1 : AtOnce))
            {
                // It would be found to be its own duplicate, and be gone.
                if (some.Any(item => item.Id == webhook.Id)) return Outcome.DeadLetter("an item of it is the batch itself");
                await Task.WhenAll(some.Select(item => ingestor.KeepAsync(item, now, isAskedFor: context.IsReplay, cancellationToken).AsTask()));
            }

            return Outcome.Done;
        }
        catch (StoreUnavailableException e)
        {
            return Outcome.Retry(e.Message);
        }
    }
}
