using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Configuration;
using Sluice.Contracts;
using Sluice.Core.Tests.Configuration;
using Sluice.Delivery;
using Sluice.Destinations;
using Sluice.Events;
using Sluice.Storage;

namespace Sluice.Core.Tests.Destinations;

/// <summary>What watching costs a destination that works, and a process whose store is away.</summary>
public sealed class HealthWatchTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task A_success_of_one_that_works_takes_no_memory_and_asks_no_store()
    {
        var configuration = SettingsText.OfDestination(""" "Handler": "http", "Url": "https://billing.example/" """).Reads();
        var destination = Assert.Single(configuration.Destinations);
        // Whoever asked for more than the reading at the start would find nobody to ask.
        var watch = new HealthWatch(new LiveConfiguration(configuration), new ProcessState(), null!, null!, new VirtualTime(Start), new Random(1), NullLogger<HealthWatch>.Instance);
        await watch.ReadAsync(TestContext.Current.CancellationToken);
        After();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) After();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void After()
        {
            var after = watch.AfterAsync(destination, Outcome.Done, DeliveryStatus.Delivered, Start).AsTask();
            Assert.True(after.IsCompletedSuccessfully);
        }
    }

    [Fact]
    public async Task A_destination_that_is_gone_is_forgotten_once_the_store_is_there_again()
    {
        var configuration = new LiveConfiguration(SettingsText.OfDestination(""" "Handler": "http", "Url": "https://billing.example/" """).Reads());
        var state = new UnreliableState();
        await state.WriteAsync(HealthDocument.Write("gone", new Health { Since = Start, LastAt = Start, Failures = 5, Stage = HealthStage.Failing }, null), TestContext.Current.CancellationToken);
        var time = new VirtualTime(Start.AddDays(2));
        var watch = new HealthWatch(configuration, state, null!, null!, time, new Random(1), NullLogger<HealthWatch>.Instance);

        state.IsAway = true;
        Assert.Equal(time.GetUtcNow().AddSeconds(30), await watch.LookAsync(TestContext.Current.CancellationToken));
        state.IsAway = false;
        Assert.Null(await watch.LookAsync(TestContext.Current.CancellationToken));
        Assert.Empty(await state.ListAsync(HealthDocument.Kind, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_could_not_be_written_or_nobody_knows_is_counted_once(bool lands)
    {
        var configuration = SettingsText.OfDestination(""" "Handler": "http", "Url": "https://billing.example/" """).Reads();
        var destination = Assert.Single(configuration.Destinations);
        var state = new UnreliableState();
        var time = new VirtualTime(Start);
        var watch = new HealthWatch(new LiveConfiguration(configuration), state, null!, null!, time, new Random(1), NullLogger<HealthWatch>.Instance);
        await watch.ReadAsync(TestContext.Current.CancellationToken);
        await watch.AfterAsync(destination, Outcome.Retry("answered 500"), DeliveryStatus.Retrying, Start);

        // Half a minute later it is written; the answer does not come, and another fails meanwhile.
        time.Advance(TimeSpan.FromSeconds(30));
        (state.AnswersWrites, state.Writes) = (false, lands);
        for (var i = 0; i < 5; i++) await watch.LookAsync(TestContext.Current.CancellationToken);
        await watch.AfterAsync(destination, Outcome.Retry("answered 502"), DeliveryStatus.Retrying, time.GetUtcNow());

        (state.AnswersWrites, state.Writes) = (true, true);
        for (var i = 0; i < 2; i++)
        {
            time.Advance(TimeSpan.FromSeconds(30));
            await watch.LookAsync(TestContext.Current.CancellationToken);
        }

        var health = HealthDocument.Read(await state.FindAsync(HealthDocument.Kind, "billing", TestContext.Current.CancellationToken));
        Assert.Equal((2, HealthStage.Healthy, "answered 502"), (health.Failures, health.Stage, health.LastError));
    }

    /// <summary>Can be listed, and for a while nothing else; or writes without an answer.</summary>
    private sealed class UnreliableState : ISharedState
    {
        private readonly ProcessState kept = new();

        public bool IsAway { get; set; }

        public bool AnswersWrites { get; set; } = true;

        public bool Writes { get; set; } = true;

        public TimeSpan Freshness => kept.Freshness;

        public ValueTask<IReadOnlyList<SharedDocument>> ListAsync(string kind, CancellationToken cancellationToken) => kept.ListAsync(kind, cancellationToken);

        public ValueTask<SharedDocument?> FindAsync(string kind, string name, CancellationToken cancellationToken) =>
            IsAway ? throw new StoreUnavailableException("the disk is full") : kept.FindAsync(kind, name, cancellationToken);

        public async ValueTask<SharedDocument?> WriteAsync(SharedDocument document, CancellationToken cancellationToken)
        {
            var written = Writes ? await kept.WriteAsync(document, cancellationToken) : null;
            return AnswersWrites ? written : throw new StoreUnavailableException("the disk did not answer in time");
        }

        public ValueTask<bool> RemoveAsync(SharedDocument document, CancellationToken cancellationToken) => kept.RemoveAsync(document, cancellationToken);
    }
}
