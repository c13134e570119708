using System.Security.Cryptography;
using System.Text;
using Sluice.Configuration;
using Sluice.Events;

namespace Sluice.Delivery;

/// <summary>Several events that go to one destination at once.</summary>
/// <param name="Deliveries">At least one, in the order of keeping.</param>
public sealed record DeliveryBatch(DestinationSettings Destination, IReadOnlyList<BatchedDelivery> Deliveries)
{
    /// <summary>
    /// The same over all attempts of the same deliveries, whatever their order: <c>batch-</c> and 32 hex digits of the SHA-256 over the events'
    /// sorted ids and the destination's name. An event that comes back with others is in another batch: each is known again by its own id.
    /// </summary>
    public string Id { get; } = "batch-" + Hash(Destination.Name, Deliveries);

    private static string Hash(string destination, IReadOnlyList<BatchedDelivery> deliveries)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> id = stackalloc byte[16];
        foreach (var (webhook, _) in deliveries.OrderBy(delivery => delivery.Event.Id))
        {
            webhook.Id.CopyTo(id);
            hash.AppendData(id);
        }

        hash.AppendData(Encoding.UTF8.GetBytes(destination));
        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 16));
    }
}

/// <summary>One of them. Each counts its own attempts.</summary>
public sealed record BatchedDelivery(WebhookEvent Event, DeliveryContext Context);
