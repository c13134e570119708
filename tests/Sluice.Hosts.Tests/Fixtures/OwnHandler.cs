using Sluice.Delivery;
using Sluice.Events;

namespace Sluice.Hosts.Tests.Fixtures;

/// <summary>A user's handler, as one of src/Handlers would be.</summary>
internal sealed class OwnHandler(string name, Func<WebhookEvent, DeliveryContext, CancellationToken, ValueTask<Outcome>> handle) : IHandler
{
    public string Name => name;

    public ValueTask<Outcome> HandleAsync(WebhookEvent webhook, DeliveryContext context, CancellationToken cancellationToken) => handle(webhook, context, cancellationToken);
}
