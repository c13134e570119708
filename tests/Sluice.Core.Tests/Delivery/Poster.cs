using System.Net;
using System.Text;
using Sluice.Configuration;
using Sluice.Delivery;
using Sluice.Events;

namespace Sluice.Core.Tests.Delivery;

/// <summary>The http handler as the hosts make it, and the deliveries given to it.</summary>
public sealed class Poster(Func<string, CancellationToken, Task<IPAddress[]>>? resolve = null, Func<IPAddress, bool>? isOwn = null) : IDisposable
{
    public static readonly DateTimeOffset Now = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    private readonly HttpClients clients = new(resolve, isOwn);

    public static WebhookEvent Webhook { get; } = new()
    {
        Id = EventId.Of("shop", "1"),
        Source = "shop",
        Type = "orders/create",
        IdempotencyKey = "1",
        ReceivedAt = Now,
        Headers = new HeaderList([new("Content-Type", "application/json")]),
        Body = "{}"u8.ToArray(),
    };

    public static WebhookEvent With(params (string Name, string Value)[] headers) =>
        Webhook with { Headers = new HeaderList([.. headers.Select(header => KeyValuePair.Create(header.Name, header.Value))]) };

    public void Dispose() => clients.Dispose();

    public async Task<Outcome> PostAsync(Uri url, WebhookEvent? webhook = null, IReadOnlyList<string>? allowed = null, int attempt = 1, IReadOnlyList<string>? proof = null, TimeSpan? timeout = null, bool strict = false, Func<DestinationSettings, DestinationSettings>? settings = null)
    {
        webhook ??= Webhook;
        var destination = new DestinationSettings { Name = "billing", Handler = "http", Url = url, Timeout = timeout ?? TimeSpan.FromSeconds(20), Strict = strict };
        destination = settings?.Invoke(destination) ?? destination;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(destination.Timeout);
        var context = new DeliveryContext { Delivery = new(webhook.Id, "billing"), Attempt = attempt, Destination = destination, SenderHeaders = allowed ?? [], ProofHeaders = proof ?? [] };
        return await new HttpHandler(clients, new StoppedClock()).HandleAsync(webhook, context, limit.Token);
    }

    /// <summary>The lines of the one request that arrives.</summary>
    public async Task<string[]> SentAsync(WebhookEvent webhook, IReadOnlyList<string>? allowed = null, int attempt = 1)
    {
        var (head, body) = await SentAsync(webhook, static settings => settings, allowed, attempt);
        Assert.Equal(webhook.Body.ToArray(), body);
        return head.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>The one request that arrives at a destination with these settings.</summary>
    public async Task<(string Head, byte[] Body)> SentAsync(WebhookEvent webhook, Func<DestinationSettings, DestinationSettings> settings, IReadOnlyList<string>? allowed = null, int attempt = 1, IReadOnlyList<string>? proof = null)
    {
        await using var destination = LoopbackDestination.Answering("200 OK");
        Assert.Equal(AttemptOutcome.Done, (await PostAsync(destination.Url, webhook, allowed, attempt, proof, settings: settings)).Kind);
        return Assert.Single(destination.Requests);
    }

    private sealed class StoppedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Now;
    }
}
