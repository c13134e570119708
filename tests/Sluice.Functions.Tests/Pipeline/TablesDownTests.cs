using Sluice.Functions.Tests.Fixtures;

namespace Sluice.Functions.Tests.Pipeline;

/// <summary>The book is away: the event travels in a message, if it can.</summary>
public sealed class TablesDownTests : PipelineTest
{
    [Fact]
    public void While_Tables_is_down_a_webhook_is_accepted_by_a_message_and_delivered_once_when_Tables_is_back()
    {
        var sluice = Open();
        TablesFail(sluice);
        var answer = Post(sluice);
        Assert.Equal((200, $$"""{"status":"accepted","id":"{{Id}}"}"""), (answer.Status, answer.Body));
        var message = Assert.Single(sluice.Broker.Peek(CloudSluice.Queue));
        Assert.Equal(("envelope/1", "stripe", Id.ToString(), "invoice.paid"), (message.ApplicationProperties["sluice"], message.ApplicationProperties["source"], message.ApplicationProperties["event"], message.Subject));

        TablesWork(sluice);
        Pass(sluice, TimeSpan.FromMinutes(1));

        IsDeliveredOnce(sluice);
        Assert.Equal(CloudSluice.StripeBody("evt_1"), sluice.Handler.Calls[0].Event.Body.ToArray());
        NothingIsLeft(sluice);
        EverythingGoesInTheEnd(sluice);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(60)]
    public void A_repeat_while_Tables_is_down_gets_the_same_id_and_is_one_event_when_booked(int secondsBetween)
    {
        var sluice = Open();
        TablesFail(sluice);
        var first = Post(sluice);
        sluice.Time.Advance(TimeSpan.FromSeconds(secondsBetween));
        var second = Post(sluice);
        Assert.Equal((first.Status, first.Body), (second.Status, second.Body));

        TablesWork(sluice);
        sluice.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.Contains("accepted", Post(sluice).Body, StringComparison.Ordinal);
        Pass(sluice, TimeSpan.FromMinutes(5));

        IsDeliveredOnce(sluice);
        Assert.Equal(1, Count(sluice).Events);
        NothingIsLeft(sluice);
    }

    [Fact]
    public void A_webhook_that_does_not_fit_into_a_message_is_answered_503_with_Retry_After_and_nothing_of_it_is_kept()
    {
        var sluice = Open();
        Post(sluice, "evt_other");
        Pass(sluice, TimeSpan.FromMinutes(1));
        TablesFail(sluice);
        var answer = Run(sluice, () => sluice.PostAsync(LargeBody("evt_1", 400_000)));
        Assert.Equal((503, "5"), (answer.Status, answer.Headers.RetryAfter.ToString()));

        TablesWork(sluice);
        Assert.Equal(0, sluice.Broker.Count(CloudSluice.Queue).Active);
        Pass(sluice, TimeSpan.FromMinutes(5));
        Assert.Null(Run(sluice, () => sluice.Store.FindAsync(Id, Cancellation).AsTask()));
        Assert.Equal(200, Run(sluice, () => sluice.PostAsync(LargeBody("evt_1", 400_000))).Status);
        Pass(sluice, TimeSpan.FromMinutes(1));
        IsDeliveredOnce(sluice);
    }

    [Fact]
    public void Webhooks_that_do_not_fit_into_a_message_do_not_keep_out_those_that_do()
    {
        var sluice = Open();
        TablesFail(sluice);
        for (var i = 0; i < 10; i++) Assert.Equal(503, Run(sluice, () => sluice.PostAsync(LargeBody($"evt_large_{i}", 400_000))).Status);
        Assert.Equal(200, Post(sluice).Status);

        TablesWork(sluice);
        Pass(sluice, TimeSpan.FromMinutes(1));
        IsDeliveredOnce(sluice);
    }

    [Fact]
    public void A_large_webhook_that_compresses_well_fits_and_arrives_with_its_bytes()
    {
        var sluice = Open();
        byte[] body = [.. CloudSluice.StripeBody("evt_1")[..^1], .. ",\"filler\":\""u8, .. Enumerable.Repeat((byte)'x', 900_000), .. "\"}"u8];
        TablesFail(sluice);
        Assert.Equal(200, Run(sluice, () => sluice.PostAsync(body)).Status);
        TablesWork(sluice);
        Pass(sluice, TimeSpan.FromMinutes(1));
        IsDeliveredOnce(sluice);
        Assert.Equal(body, sluice.Handler.Calls[0].Event.Body.ToArray());
    }

    [Fact]
    public void With_both_services_down_a_webhook_is_answered_503_with_Retry_After_and_the_next_try_is_delivered_once()
    {
        var sluice = Open();
        TablesFail(sluice);
        BrokerFails(sluice);
        var answer = Post(sluice);
        Assert.Equal((503, "5"), (answer.Status, answer.Headers.RetryAfter.ToString()));
        Assert.DoesNotContain("SharedAccessKey", answer.Body, StringComparison.Ordinal);

        TablesWork(sluice);
        BrokerWorks(sluice);
        Pass(sluice, TimeSpan.FromMinutes(5));
        Assert.Null(Run(sluice, () => sluice.Store.FindAsync(Id, Cancellation).AsTask()));
        NothingIsLeft(sluice);
        Assert.Equal(200, Post(sluice).Status);
        Pass(sluice, TimeSpan.FromMinutes(1));
        IsDeliveredOnce(sluice);
        EverythingGoesInTheEnd(sluice);
    }

    [Fact]
    public void A_booking_whose_answer_got_lost_and_whose_envelope_was_refused_is_delivered_once_all_the_same()
    {
        var sluice = Open();
        Post(sluice, "evt_other");
        sluice.Tables.After = request => request.Table == "SluiceBook" ? throw Unreachable : default;
        BrokerFails(sluice);
        Assert.Equal(503, Post(sluice).Status);

        sluice.Tables.After = null;
        BrokerWorks(sluice);
        sluice.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Contains("duplicate", Post(sluice).Body, StringComparison.Ordinal);
        Pass(sluice, TimeSpan.FromMinutes(5));
        IsDeliveredOnce(sluice);
        NothingIsLeft(sluice);
    }

    [Fact]
    public void An_accepted_repeat_of_an_event_that_was_delivered_is_found_to_be_one_when_it_is_booked()
    {
        var sluice = Open();
        Post(sluice);
        Hear(sluice);
        TablesFail(sluice);
        sluice.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Contains("accepted", Post(sluice).Body, StringComparison.Ordinal);
        TablesWork(sluice);
        Pass(sluice, TimeSpan.FromMinutes(5));
        IsDeliveredOnce(sluice);
        NothingIsLeft(sluice);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void A_throttled_Tables_costs_no_event(int sdkRetries)
    {
        var sluice = Open();
        sluice.Tables.SdkRetries = sdkRetries;
        var asked = 0;
        // Two of three requests are refused.
        sluice.Tables.Before = _ => ++asked % 3 == 0 ? default : throw Busy;
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(200, Post(sluice, $"evt_{i}").Status);
            sluice.Time.Advance(TimeSpan.FromSeconds(1));
        }

        Pass(sluice, TimeSpan.FromMinutes(3));
        TablesWork(sluice);
        Pass(sluice, TimeSpan.FromMinutes(40));
        for (var i = 0; i < 10; i++) IsDelivered(sluice, CloudSluice.IdOf($"evt_{i}"));
        NothingIsLeft(sluice);
        Assert.Equal(new Inspection.Stats(10, 10, 0, 0, 10, 0, 0, 0), Count(sluice));
    }
}
