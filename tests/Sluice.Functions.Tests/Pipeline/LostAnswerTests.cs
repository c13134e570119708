using Sluice.Delivery;
using Sluice.Events;
using Sluice.Functions.Tests.Fixtures;
using Sluice.Inspection;

namespace Sluice.Functions.Tests.Pipeline;

/// <summary>The answer to one write after the other gets lost, with an SDK that repeats by itself and meets our own 409 or 412, and with one that does not.</summary>
public sealed class LostAnswerTests : PipelineTest
{
    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void A_delivery_is_booked_once_and_made_once_whichever_answer_gets_lost(int sdkRetries) => Everywhere(sdkRetries, _ => { }, sluice =>
    {
        IsDeliveredOnce(sluice);
        Counts(sluice, new Stats(1, 1, 0, 0, 1, 0, 0, 0));
    });

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void A_retry_is_counted_once_whichever_answer_gets_lost(int sdkRetries) => Everywhere(sdkRetries, sluice => sluice.Handler.Outcomes.Enqueue(Outcome.Retry("500 Internal Server Error")), sluice =>
    {
        IsDelivered(sluice);
        Assert.Equal(2, sluice.Handler.Calls.Count);
        Assert.Equal(sluice.Handler.Calls.Count, sluice.Handler.Calls.DistinctBy(call => call.Context.Attempt).Count());
        Counts(sluice, new Stats(1, 1, 0, 0, 1, 0, 0, 0));
    });

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void A_death_stands_once_in_the_book_and_in_the_queue_whichever_answer_gets_lost(int sdkRetries) => Everywhere(sdkRetries, sluice => sluice.Handler.Outcomes.Enqueue(Outcome.DeadLetter("410 Gone")), sluice =>
    {
        Assert.Equal(DeliveryStatus.DeadLettered, Delivery(sluice).Status);
        Assert.Single(sluice.Handler.Calls);
        Assert.Single(Run(sluice, () => sluice.Store.ListDeadAsync(new DeadLetterFilter(), Cancellation).AsTask()).Items);
        Assert.Single(DeadMessages(sluice));
        Counts(sluice, new Stats(1, 1, 0, 0, 0, 1, 0, 0));
        Run(sluice, () => sluice.OpsAsync((ops, request) => ops.PurgeDeadAsync(request)));
        Pass(sluice, TimeSpan.FromMinutes(3));
    });

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void A_replay_is_one_new_attempt_whichever_answer_gets_lost(int sdkRetries) => Everywhere(sdkRetries, sluice =>
    {
        sluice.Handler.Outcomes.Enqueue(Outcome.DeadLetter("410 Gone"));
        Post(sluice);
        Hear(sluice);
    }, sluice =>
    {
        IsDelivered(sluice);
        Assert.Equal(2, sluice.Handler.Calls.DistinctBy(call => call.Context.Attempt).Count());
        Assert.Equal(2, sluice.Handler.Calls.Count);
        Counts(sluice, new Stats(1, 1, 0, 0, 1, 0, 0, 0));
    });

    public static TheoryData<bool, string> OnTheBus => new() { { false, "Done" }, { false, "Retry" }, { false, "DeadLetter" }, { true, "Done" }, { true, "Retry" } };

    [Theory]
    [MemberData(nameof(OnTheBus))]
    public void Whichever_answer_of_Service_Bus_gets_lost_a_delivery_comes_to_its_end_once(bool isEnvelope, string outcome)
    {
        for (var call = 1; ; call++)
        {
            var sluice = Open();
            if (outcome == "Retry") sluice.Handler.Outcomes.Enqueue(Outcome.Retry("500 Internal Server Error"));
            if (outcome == "DeadLetter") sluice.Handler.Outcomes.Enqueue(Outcome.DeadLetter("410 Gone"));
            var (calls, hasCome) = (0, false);
            sluice.Broker.After = _ => (hasCome |= ++calls == call) && calls == call ? throw NoBroker : default;
            if (isEnvelope) TablesFail(sluice);
            var answer = Post(sluice);
            TablesWork(sluice);
            if (answer.Status == 503)
            {
                sluice.Time.Advance(TimeSpan.FromSeconds(5));
                answer = Post(sluice);
            }

            Assert.Equal(200, answer.Status);
            Pass(sluice, TimeSpan.FromMinutes(9));
            sluice.Broker.After = null;
            var delivery = Delivery(sluice);
            Assert.Equal(outcome == "DeadLetter" ? DeliveryStatus.DeadLettered : DeliveryStatus.Delivered, delivery.Status);
            Assert.Equal(outcome == "Retry" ? 2 : 1, sluice.Handler.Calls.Count);
            NothingIsLeft(sluice, dead: outcome == "DeadLetter" ? 1 : 0);
            if (!hasCome) break;
        }
    }

    // Whether a write that failed was written is not known for sure where nobody asks again: then the sums may miss it.
    private static void Counts(CloudSluice sluice, Stats expected)
    {
        if (sluice.Tables.SdkRetries > 0) Assert.Equal(expected, Count(sluice));
        else Assert.True(Count(sluice).IsConserved);
    }

    // The sender posts (a redelivery replays what is dead), the processor hears, the timer ticks: all under the lost answer.
    private void Everywhere(int sdkRetries, Action<CloudSluice> prepare, Action<CloudSluice> then)
    {
        for (var write = 1; ; write++)
        {
            var sluice = Open();
            sluice.Tables.SdkRetries = sdkRetries;
            Run(sluice, () => sluice.Store.PingAsync(Cancellation).AsTask());
            prepare(sluice);
            var lost = new LostAnswer(sluice, write);
            var answer = Post(sluice);
            Pass(sluice, TimeSpan.FromMinutes(8));
            lost.Over();
            try
            {
                Assert.Equal(200, answer.Status);
                then(sluice);
                NothingIsLeft(sluice);
                EverythingGoesInTheEnd(sluice);
            }
            catch (Exception e) when (lost.HasCome)
            {
                throw new InvalidOperationException($"after write {write}: {e.Message}", e);
            }

            if (!lost.HasCome) break;
        }
    }
}
