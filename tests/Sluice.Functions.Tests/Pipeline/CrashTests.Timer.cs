using Sluice.Delivery;
using Sluice.Events;

namespace Sluice.Functions.Tests.Pipeline;

public sealed partial class CrashTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_timer_that_dies_anywhere_in_its_round_loses_no_bell(bool after) => Everywhere(after, async sluice =>
    {
        sluice.Handler.Outcomes.Enqueue(Outcome.Retry("500 Internal Server Error"));
        await sluice.PostAsync("evt_1");
        await sluice.HearAllAsync();
        sluice.Time.Advance(TimeSpan.FromMinutes(10));
    }, sluice => sluice.TickAsync(), sluice =>
    {
        Pass(sluice, TimeSpan.FromMinutes(6));
        IsDelivered(sluice);
        Assert.Equal(2, sluice.Handler.Calls.Count);
    }, LongRetry);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_timer_that_dies_anywhere_while_it_cleans_the_dead_letter_queue_does_it_in_a_later_round(bool after) => Everywhere(after, async sluice =>
    {
        await DyingAsync(sluice);
        await PurgeAllAsync(sluice)();
    }, sluice => sluice.TickAsync(), sluice =>
    {
        Pass(sluice, TimeSpan.FromMinutes(4));
        Assert.Equal(DeliveryStatus.Skipped, Delivery(sluice).Status);
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_timer_that_dies_anywhere_while_it_lets_go_leaves_nothing_behind(bool after) => Everywhere(after, async sluice =>
    {
        await sluice.PostAsync("evt_1");
        await sluice.HearAllAsync();
        sluice.Time.Advance(TimeSpan.FromDays(31));
    }, sluice => sluice.TickAsync(), _ => { });
}
