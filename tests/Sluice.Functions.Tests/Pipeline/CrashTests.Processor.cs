using Sluice.Delivery;
using Sluice.Events;

namespace Sluice.Functions.Tests.Pipeline;

public sealed partial class CrashTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_processor_that_dies_anywhere_while_it_delivers_leaves_an_attempt_or_nothing_and_the_delivery_is_made(bool after) => Everywhere(after, Ingest, Hearing, sluice =>
    {
        Pass(sluice, TimeSpan.FromMinutes(6));
        IsDelivered(sluice);
        AttemptsAreConsistent(sluice);
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_processor_that_dies_anywhere_while_it_puts_a_delivery_off_loses_neither_it_nor_its_attempt(bool after) => Everywhere(after, async sluice =>
    {
        sluice.Handler.Outcomes.Enqueue(Outcome.Retry("500 Internal Server Error"));
        await sluice.PostAsync("evt_1");
    }, Hearing, sluice =>
    {
        Pass(sluice, TimeSpan.FromMinutes(8));
        IsDelivered(sluice);
        AttemptsAreConsistent(sluice);
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_processor_that_dies_anywhere_while_it_puts_a_delivery_off_for_long_loses_neither_it_nor_its_attempt(bool after) => Everywhere(after, async sluice =>
    {
        sluice.Handler.Outcomes.Enqueue(Outcome.Retry("500 Internal Server Error"));
        await sluice.PostAsync("evt_1");
    }, Hearing, sluice =>
    {
        Pass(sluice, TimeSpan.FromMinutes(28));
        IsDelivered(sluice);
        AttemptsAreConsistent(sluice);
    }, LongRetry);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_processor_that_dies_anywhere_while_a_delivery_dies_leaves_it_dead_in_the_book_and_in_the_queue(bool after) => Everywhere(after, async sluice =>
    {
        sluice.Handler.Outcomes.Enqueue(Outcome.DeadLetter("410 Gone"));
        sluice.Handler.Outcomes.Enqueue(Outcome.DeadLetter("410 Gone"));
        await sluice.PostAsync("evt_1");
    }, Hearing, sluice =>
    {
        Pass(sluice, TimeSpan.FromMinutes(9));
        var delivery = Delivery(sluice);
        Assert.Equal((DeliveryStatus.DeadLettered, "410 Gone"), (delivery.Status, delivery.Reason));
        AttemptsAreConsistent(sluice);
        Assert.Equal(delivery.Attempts[^1].Number, (int)Assert.Single(DeadMessages(sluice)).ApplicationProperties["sluice-dead"]);
        Assert.Empty(IndexRows(sluice, 'd', 'o'));
        Assert.Single(Run(sluice, () => sluice.Store.ListDeadAsync(new Inspection.DeadLetterFilter(), Cancellation).AsTask()).Items);
        sluice.Handler.Outcomes.Clear();
        Assert.Equal(200, Run(sluice, ReplayAllAsync(sluice)).Status);
        Pass(sluice, TimeSpan.FromMinutes(3));
        Assert.Equal(DeliveryStatus.Delivered, Delivery(sluice).Status);
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_processor_that_dies_anywhere_while_it_books_an_envelope_books_it_in_the_end(bool after) => Everywhere(after, async sluice =>
    {
        TablesFail(sluice);
        await sluice.PostAsync("evt_1");
        TablesWork(sluice);
    }, Hearing, sluice =>
    {
        Pass(sluice, TimeSpan.FromMinutes(5));
        IsDeliveredOnce(sluice);
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_processor_that_dies_anywhere_while_it_records_a_dead_ones_attempt_as_unknown_records_it_once(bool after) => Everywhere(after, async sluice =>
    {
        await sluice.PostAsync("evt_1");
        // The first processor claims and is not heard of again.
        sluice.Handler.During = _ => throw new ProcessDiedException();
        sluice.Tables.Before = request => sluice.Handler.Calls.Count > 0 ? throw new ProcessDiedException() : default;
        await sluice.HearOneAsync();
        (sluice.Handler.During, sluice.Tables.Before) = (null, null);
        sluice.Time.Advance(TimeSpan.FromSeconds(61));
        await sluice.TickAsync();
    }, Hearing, sluice =>
    {
        Pass(sluice, TimeSpan.FromMinutes(8));
        IsDelivered(sluice);
        Assert.Equal(AttemptOutcome.Unknown, Delivery(sluice).Attempts[0].Outcome);
        AttemptsAreConsistent(sluice);
    });
}
