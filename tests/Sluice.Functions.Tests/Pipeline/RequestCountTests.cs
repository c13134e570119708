using Microsoft.Extensions.DependencyInjection;
using Sluice.Destinations;
using Sluice.Functions.Tests.Broker;
using Sluice.Functions.Tests.Fixtures;

namespace Sluice.Functions.Tests.Pipeline;

/// <summary>What one webhook with one destination costs: table requests, reads among them, and sends.</summary>
public sealed class RequestCountTests : IAsyncDisposable
{
    private readonly CloudSluice sluice = new();

    public ValueTask DisposeAsync() => sluice.DisposeAsync();

    [Theory]
    [InlineData(200)]
    [InlineData(40 * 1024)]
    [InlineData(1024 * 1024)]
    public async Task One_webhook_takes_at_most_8_table_requests_and_one_send(int bytes)
    {
        await sluice.PostAsync("evt_first");
        await sluice.HearAllAsync();
        // Nothing that could be made much smaller.
        var random = new Random(1);
        byte[] body = [.. CloudSluice.StripeBody("evt_1")[..^1], .. ",\"filler\":\""u8, .. Enumerable.Range(0, bytes - 100).Select(_ => (byte)random.Next('0', 'z')).Where(value => value != '\\'), .. "\"}"u8];
        // Alone for a while, so that what is written at most every few seconds is written for this one too.
        sluice.Time.Advance(TimeSpan.FromMinutes(1));
        // What was registered is read for all webhooks at once, at most every five seconds by each instance that has any.
        foreach (var app in new[] { sluice.Ingest, sluice.Process }) await app.GetRequiredService<SharedDestinations>().EnsureAsync(TestContext.Current.CancellationToken);
        var (requests, sends) = (sluice.Tables.Requests, sluice.Broker.CallsOf(BrokerOperation.Send));

        Assert.Equal(200, (await sluice.PostAsync(body)).Status);
        await sluice.HearAllAsync();
        sluice.Time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(Events.DeliveryStatus.Delivered, (await sluice.Store.FindAsync(CloudSluice.IdOf("evt_1"), TestContext.Current.CancellationToken))!.Deliveries[0].Status);
        // One of them is this test's own look.
        Assert.InRange(sluice.Tables.Requests - requests - 1, 6, 8);
        Assert.Equal(1, sluice.Broker.CallsOf(BrokerOperation.Send) - sends);
    }

    [Fact]
    public async Task A_round_of_the_timer_with_nothing_to_do_takes_as_many_table_requests_as_the_page_about_Azure_reckons_with()
    {
        await sluice.TickAsync();
        sluice.Time.Advance(TimeSpan.FromHours(1));
        await sluice.TickAsync();
        sluice.Time.Advance(TimeSpan.FromMinutes(1));
        var requests = sluice.Tables.Requests;
        await sluice.TickAsync();

        Assert.InRange(sluice.Tables.Requests - requests, 100, 125);
    }
}
