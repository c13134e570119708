using Sluice.Events;
using Sluice.Functions.Tests.Fixtures;

namespace Sluice.Functions.Tests.Pipeline;

public sealed partial class CrashTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_replay_that_dies_anywhere_and_is_asked_for_again_is_one_new_attempt(bool after) => Everywhere(after, DyingAsync, sluice => ReplayAllAsync(sluice)(), sluice =>
    {
        Run(sluice, ReplayAllAsync(sluice));
        Pass(sluice, TimeSpan.FromMinutes(5));
        IsReplayedOnce(sluice);
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_replay_that_dies_anywhere_has_replayed_or_has_left_the_dead_letter_where_it_was(bool after) => Everywhere(after, DyingAsync, sluice => ReplayAllAsync(sluice)(), sluice =>
    {
        Pass(sluice, TimeSpan.FromMinutes(5));
        if (Delivery(sluice).Status == DeliveryStatus.DeadLettered)
        {
            Assert.Single(DeadMessages(sluice));
            Run(sluice, ReplayAllAsync(sluice));
            Pass(sluice, TimeSpan.FromMinutes(5));
        }

        IsReplayedOnce(sluice);
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_resubmitted_dead_letter_whose_processor_dies_anywhere_is_one_replay(bool after) => Everywhere(after, async sluice =>
    {
        await DyingAsync(sluice);
        sluice.Broker.Resubmit(CloudSluice.Queue, Assert.Single(DeadMessages(sluice)).SequenceNumber);
    }, Hearing, sluice =>
    {
        Pass(sluice, TimeSpan.FromMinutes(5));
        IsDelivered(sluice, startsWith: AttemptOutcome.DeadLetter);
        Assert.True(sluice.Handler.Calls.Count >= 2);
        Assert.Equal(sluice.Handler.Calls.Count, sluice.Handler.Calls.DistinctBy(call => call.Context.Attempt).Count());
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_purge_that_dies_anywhere_and_is_asked_for_again_ends_the_delivery_as_skipped(bool after) => Everywhere(after, DyingAsync, sluice => PurgeAllAsync(sluice)(), sluice =>
    {
        Run(sluice, PurgeAllAsync(sluice));
        Pass(sluice, TimeSpan.FromMinutes(5));
        Assert.Equal(DeliveryStatus.Skipped, Delivery(sluice).Status);
        Assert.Single(sluice.Handler.Calls);
    });
}
