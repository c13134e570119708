using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Sluice.Configuration;
using Sluice.Delivery;
using Sluice.Events;
using Sluice.Notices;

namespace Sluice.Destinations;

/// <summary>Events that Sluice makes up to ask a destination something. They are kept nowhere.</summary>
public sealed class OwnEvents(TimeProvider time, Random random)
{
    public WebhookEvent Create(string type, JsonObject body)
    {
        var key = string.Create(CultureInfo.InvariantCulture, $"{type}:{random.NextInt64():x16}");
        return new()
        {
            Id = EventId.Of(Notice.Source, key), Source = Notice.Source, Type = type, IdempotencyKey = key, ReceivedAt = time.GetUtcNow(),
            Headers = new([new("Content-Type", "application/json")]), Body = Encoding.UTF8.GetBytes(body.ToJsonString()),
        };
    }

    /// <summary>Its one attempt.</summary>
    public static DeliveryContext Delivery(WebhookEvent webhook, DestinationSettings destination) => new() { Delivery = new(webhook.Id, destination.Name), Attempt = 1, Destination = destination };
}
