using Sluice.Delivery;
using Sluice.Events;
using Sluice.Functions.Tests.Fixtures;

namespace Sluice.Functions.Tests.Pipeline;

/// <summary>A process dies between any two of its calls to a service, each in turn: what was promised holds, and in the end nothing is left over.</summary>
public sealed partial class CrashTests : PipelineTest
{
    private static readonly (string, string)[] LongRetry = [("Sluice:Retry:BaseDelay", "00:10:00"), ("Sluice:Retry:Factor", "1")];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Ingest_that_dies_anywhere_keeps_the_whole_event_or_none_of_it(bool after) => Everywhere(after, Nothing, Ingest, sluice =>
    {
        Pass(sluice, TimeSpan.FromMinutes(5));
        if (Run(sluice, () => sluice.Store.FindAsync(Id, Cancellation).AsTask()) is null) Assert.Empty(sluice.Handler.Calls);
        else IsDeliveredOnce(sluice);
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Ingest_that_dies_anywhere_and_a_sender_that_tries_again_make_one_delivery(bool after) => Everywhere(after, Nothing, Ingest, sluice =>
    {
        sluice.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(200, Post(sluice).Status);
        Pass(sluice, TimeSpan.FromMinutes(5));
        IsDeliveredOnce(sluice);
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Ingest_that_dies_while_it_keeps_a_body_of_many_rows_keeps_all_of_it_or_none(bool after)
    {
        var body = LargeBody("evt_1", 3_500_000);
        Everywhere(after, Nothing, sluice => sluice.PostAsync(body), sluice =>
        {
            Assert.Equal(200, Run(sluice, () => sluice.PostAsync(body)).Status);
            Pass(sluice, TimeSpan.FromMinutes(5));
            IsDeliveredOnce(sluice);
            Assert.Equal(body, sluice.Handler.Calls[0].Event.Body.ToArray());
        }, ("Sluice:Sources:stripe:MaxBodyBytes", "16777216"));
    }

    /// <summary>Once for each call to a service that <paramref name="dies"/> makes.</summary>
    private void Everywhere(bool after, Func<CloudSluice, Task> prepare, Func<CloudSluice, Task> dies, Action<CloudSluice> then, params (string, string)[] settings)
    {
        for (var call = 1; ; call++)
        {
            var sluice = Open(settings);
            // The tables are there.
            Run(sluice, () => sluice.Store.PingAsync(Cancellation).AsTask());
            Run(sluice, () => prepare(sluice));
            var death = new Death(sluice, call, after);
            try
            {
                Run(sluice, () => dies(sluice));
            }
            catch (ProcessDiedException)
            {
            }

            death.Over();
            try
            {
                then(sluice);
                NothingIsLeft(sluice);
                EverythingGoesInTheEnd(sluice);
            }
            catch (Exception e) when (death.HasCome)
            {
                throw new InvalidOperationException($"after a death at call {call}: {e.Message}", e);
            }

            if (!death.HasCome) break;
        }
    }

    private static Task Nothing(CloudSluice sluice) => Task.CompletedTask;

    private static Task Ingest(CloudSluice sluice) => sluice.PostAsync("evt_1");

    // What is not settled stays under its lock.
    private static Task Hearing(CloudSluice sluice) => sluice.HearOneAsync();

    private static async Task DyingAsync(CloudSluice sluice)
    {
        sluice.Handler.Outcomes.Enqueue(Outcome.DeadLetter("410 Gone"));
        await sluice.PostAsync("evt_1");
        await sluice.HearAllAsync();
    }

    private static Func<Task<CloudAnswer>> ReplayAllAsync(CloudSluice sluice) => () => sluice.OpsAsync((ops, request) => ops.ReplayDeadAsync(request));

    private static Func<Task<CloudAnswer>> PurgeAllAsync(CloudSluice sluice) => () => sluice.OpsAsync((ops, request) => ops.PurgeDeadAsync(request));

    private static void IsReplayedOnce(CloudSluice sluice)
    {
        IsDelivered(sluice, startsWith: AttemptOutcome.DeadLetter);
        Assert.Equal([1, 2], sluice.Handler.Calls.Select(call => call.Context.Attempt));
    }

    private static void IsDelivered(CloudSluice sluice, AttemptOutcome startsWith)
    {
        IsDelivered(sluice);
        Assert.Equal(startsWith, Delivery(sluice).Attempts[0].Outcome);
    }

    /// <summary>Numbered without a gap, each given to the handler at most once; what the book knows nothing of is unknown.</summary>
    private static void AttemptsAreConsistent(CloudSluice sluice)
    {
        var attempts = Delivery(sluice).Attempts;
        Assert.Equal(Enumerable.Range(1, attempts.Count), attempts.Select(attempt => attempt.Number));
        var called = sluice.Handler.Calls.Select(call => call.Context.Attempt).ToList();
        Assert.Equal(called.Distinct(), called);
        Assert.Empty(called.Except(attempts.Select(attempt => attempt.Number)));
        Assert.All(attempts.Where(attempt => !called.Contains(attempt.Number)), attempt => Assert.Equal(AttemptOutcome.Unknown, attempt.Outcome));
    }
}
