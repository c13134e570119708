using Sluice.Delivery;
using Sluice.Events;
using Sluice.Hosts.Tests.Fixtures;

namespace Sluice.Hosts.Tests.Pipeline;

/// <summary>A handler that blocks the thread it runs on, as much code does.</summary>
public sealed class BlockingHandlerTests
{
    private const int Blocked = 48;

    [Fact]
    public async Task Handlers_that_block_their_threads_do_not_hold_up_the_answer()
    {
        using var gate = new ManualResetEventSlim();
        var blocking = new OwnHandler("blocking", (_, _, cancellationToken) =>
        {
            gate.Wait(cancellationToken);
            return new(Outcome.Done);
        });
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe.Destination("billing", "blocking"), blocking);
        try
        {
            // Each blocks one more thread; a pool that grows one by one needs three quarters of a minute for these.
            var ids = await AcceptAllAsync(sluice).WaitAsync(TimeSpan.FromSeconds(15), TestContext.Current.CancellationToken);
            gate.Set();
            foreach (var id in ids) await sluice.UntilAsync(id, DeliveryStatus.Delivered, 1);
        }
        finally
        {
            gate.Set();
        }
    }

    private static async Task<List<EventId>> AcceptAllAsync(RunningSluice sluice)
    {
        var ids = new List<EventId>();
        for (var i = 0; i < Blocked; i++) ids.Add(await sluice.AcceptAsync($"evt_{i}"));
        return ids;
    }
}
