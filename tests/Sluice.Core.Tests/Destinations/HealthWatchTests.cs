using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Configuration;
using Sluice.Contracts;
using Sluice.Core.Tests.Configuration;
using Sluice.Delivery;
using Sluice.Destinations;
using Sluice.Events;
using Sluice.Storage;

namespace Sluice.Core.Tests.Destinations;

/// <summary>What watching costs a destination that works.</summary>
public sealed class HealthWatchTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task A_success_of_one_that_works_takes_no_memory_and_asks_no_store()
    {
        var configuration = SettingsText.OfDestination(""" "Handler": "http", "Url": "https://billing.example/" """).Reads();
        var destination = Assert.Single(configuration.Destinations);
        // Whoever asked for more than the reading at the start would find nobody to ask.
        var watch = new HealthWatch(new LiveConfiguration(configuration), new ProcessState(), null!, null!, new VirtualTime(Start), NullLogger<HealthWatch>.Instance);
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
}
