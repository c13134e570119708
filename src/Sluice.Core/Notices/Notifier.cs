using Microsoft.Extensions.Logging;
using Sluice.Configuration;
using Sluice.Delivery;
using Sluice.Destinations;
using Sluice.Events;
using Sluice.Ingestion;
using Sluice.Inspection;
using Sluice.Storage;

namespace Sluice.Notices;

/// <summary>Tells operators: writes a line into the log, and books the notice as an event for the destinations that want notices, never for the one that it is about.</summary>
public sealed partial class Notifier(LiveConfiguration configuration, Ingestor ingestor, TimeProvider time, ILogger<Notifier> logger)
{
    private static readonly HeaderList Headers = new([new("Content-Type", "application/json")]);

    /// <summary>May be called again for the same notice: its event is booked once.</summary>
    /// <exception cref="StoreUnavailableException">It could not be kept, or nobody knows whether it was.</exception>
    public async ValueTask TellAsync(Notice notice, CancellationToken cancellationToken)
    {
        var webhook = new WebhookEvent
        {
            Id = EventId.Of(Notice.Source, notice.Key), Source = Notice.Source, Type = notice.Type, IdempotencyKey = notice.Key, Headers = Headers,
            ReceivedAt = DateTimeOffset.FromUnixTimeMilliseconds(notice.At.ToUnixTimeMilliseconds()), Body = NoticeJson.Write(notice),
        };
        var destinations = configuration.Current.Destinations.Where(destination => Tells(destination, notice) && destination.Takes(webhook)).ToList();
        if (destinations.Count > 0 && (await ingestor.KeepAsync(webhook, destinations, time.GetUtcNow(), isAskedFor: false, cancellationToken)).Result != IngestResult.Accepted) return;
        Telemetry.Notices.Add(1, new KeyValuePair<string, object?>("destination", notice.Data.Destination), new KeyValuePair<string, object?>("type", notice.Type));
        Log.Told(logger, notice.Text);
    }

    private static bool Tells(Destination destination, Notice notice) =>
        destination.Takes(Notice.Source) && destination.Name != notice.Data.Destination && destination.Standing.State != DestinationState.Removed;

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{Text}")]
        public static partial void Told(ILogger logger, string text);
    }
}
