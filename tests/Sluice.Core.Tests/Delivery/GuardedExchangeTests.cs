using System.Net;
using Sluice.Configuration;
using Sluice.Delivery;
using Sluice.Destinations;

namespace Sluice.Core.Tests.Delivery;

/// <summary>A test or a challenge is always answered, whatever the receiver does.</summary>
public sealed class GuardedExchangeTests
{
    [Fact]
    public async Task A_connection_that_takes_too_long_to_open_is_told()
    {
        using var clients = new HttpClients(static async (_, cancelled) =>
        {
            await Task.Delay(Timeout.Infinite, cancelled);
            return [IPAddress.Loopback];
        }, patience: TimeSpan.FromMilliseconds(50));
        var destination = new DestinationSettings { Name = "crm", Handler = "http", Url = new("https://crm.example/"), IsRegistered = true, Strict = true };
        var answer = await new GuardedExchange(clients, TimeProvider.System).SendAsync(Poster.Webhook, OwnEvents.Delivery(Poster.Webhook, destination), TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        Assert.Equal((null, true), (answer.Status, answer.Error is { Length: > 0 }));
    }
}
