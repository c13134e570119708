using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Destinations;
using Sluice.Events;
using Sluice.Hosts.Tests.Fixtures;
using Sluice.Storage;

namespace Sluice.Hosts.Tests.Pipeline;

/// <summary>What is held costs nothing, and ends as it was said when its destination is removed.</summary>
public sealed class PausedTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_backlog_costs_no_work_while_its_destination_is_paused(bool gathers)
    {
        await using var sink = await Sink.StartAsync(200);
        var calls = new ObservedStore.Calls();
        var settings = gathers ? new JsonObject { ["Format"] = "CloudEvents", ["Batch"] = new JsonObject { ["Events"] = 3, ["Wait"] = "00:00:01" } } : [];
        await using var sluice = await RunningSluice.ObservedAsync(SluiceFile.Stripe.Destination("billing", sink.Url, settings), calls);
        await RegistrationsOf(sluice).PauseAsync("billing", "is being moved", Cancellation);
        for (var i = 0; i < 20; i++) await sluice.AcceptAsync($"evt_{i}");
        await ParkedAsync(sluice, "billing", 20);
        await PassAsync(sluice, TimeSpan.FromSeconds(5));

        calls.Names.Clear();
        await PassAsync(sluice, TimeSpan.FromMinutes(10));
        // A look once a minute at what is due, in case somebody set the clock; and retention.
        string[] asked = [.. calls.Names.Where(name => name != nameof(IEventStore.RetainAsync))];
        Assert.All(asked, name => Assert.Equal(nameof(IEventStore.DueAsync), name));
        Assert.InRange(asked.Length, 0, 12);
        Assert.Equal(0, sink.Count);
    }

    [Theory]
    [InlineData(PendingOnRemoval.Deliver, DeliveryStatus.Delivered)]
    [InlineData(PendingOnRemoval.DeadLetter, DeliveryStatus.DeadLettered)]
    [InlineData(PendingOnRemoval.Skip, DeliveryStatus.Skipped)]
    public async Task What_is_parked_and_what_waits_for_its_retry_ends_as_the_removal_says(PendingOnRemoval pending, DeliveryStatus end)
    {
        await using var sink = await Sink.StartAsync(500);
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        var added = await RegistrationsOf(sluice).PutAsync("crm", new JsonObject { ["Url"] = sink.Url.ToString(), ["AllowPrivate"] = true, ["Retry"] = new JsonObject { ["BaseDelay"] = "00:01:00", ["Jitter"] = 0 } }.ToJsonString(), null, Cancellation);
        Assert.True(added.IsDone, string.Join('\n', added.Faults));
        var waiting = await sluice.AcceptAsync("evt_1");
        await sluice.UntilAsync(waiting, DeliveryStatus.Retrying, 1, "crm");
        sink.Answers(200);
        await RegistrationsOf(sluice).PauseAsync("crm", "is being moved", Cancellation);
        var parked = await sluice.AcceptAsync("evt_2");
        await ParkedAsync(sluice, "crm", 1);

        await RegistrationsOf(sluice).RemoveAsync("crm", pending, Cancellation);
        await sluice.UntilAsync(parked, end, 1, "crm");
        Assert.Equal(RunningSluice.Start, sluice.Now);
        sluice.Time.Advance(TimeSpan.FromMinutes(1));
        await sluice.UntilAsync(waiting, end, 2, "crm");
        Assert.Equal(pending == PendingOnRemoval.Deliver ? 3 : 1, sink.Count);
    }

    private static Registrations RegistrationsOf(RunningSluice sluice) => sluice.Services.GetRequiredService<Registrations>();

    private static Task ParkedAsync(RunningSluice sluice, string destination, int count) =>
        sluice.UntilAsync(async () => (await sluice.Store.ParkedAsync(destination, 1000, Cancellation)).Count == count, $"{count} are parked");

    private static async Task PassAsync(RunningSluice sluice, TimeSpan by)
    {
        for (var until = sluice.Now + by; sluice.Now < until;)
        {
            sluice.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
    }
}
