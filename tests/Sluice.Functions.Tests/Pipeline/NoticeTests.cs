using System.Diagnostics.Metrics;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Delivery;
using Sluice.Destinations;
using Sluice.Functions.Tests.Fixtures;
using Sluice.Inspection;
using Sluice.Storage;

namespace Sluice.Functions.Tests.Pipeline;

/// <summary>What instances see of a destination together is told once.</summary>
public sealed class NoticeTests : PipelineTest
{
    private static readonly (string, string)[] Settings =
    [
        ("Sluice:Destinations:told:Handler", RecordingHandler.HandlerName), ("Sluice:Destinations:told:Sources:0", "sluice"),
        ("Sluice:Destinations:billing:DisableAfter", "02:00:00"), ("Sluice:Retry:BaseDelay", "00:10:00"), ("Sluice:Retry:Factor", "1"), ("Sluice:Retry:MaxAttempts", "1000"),
    ];

    [Fact]
    public void Two_instances_whose_attempts_fail_together_tell_each_stage_once_and_disable()
    {
        var sluice = OpenWithTwo();
        for (var i = 0; i < 8; i++) Post(sluice, $"evt_{i}");
        // Every request takes its time, so that each reads what the other has not written yet.
        var random = new Random(1);
        sluice.Tables.Before = _ => new ValueTask(Task.Delay(TimeSpan.FromMilliseconds(random.Next(1, 50)), sluice.Time));
        Run(sluice, () => Task.WhenAll(Enumerable.Range(0, 8).Select(_ => sluice.HearOneAsync())));
        TablesWork(sluice);
        Pass(sluice, TimeSpan.FromHours(2) + TimeSpan.FromMinutes(12));

        Assert.Equal(["destination.failing", "destination.warning", "destination.warning", "destination.warning", "destination.disabled"], Told(sluice).Select(told => told.Type));
        Assert.Equal(DestinationState.Disabled, StandingOf(sluice));
        Assert.Equal(5, Run(sluice, () => sluice.Store.ListAsync(new EventFilter { Source = "sluice" }, Cancellation).AsTask()).Items.Count);

        sluice.Handler.Says = static _ => Outcome.Done;
        Run(sluice, () => sluice.Retry.GetRequiredService<Registrations>().ResumeAsync("billing", Cancellation).AsTask());
        Pass(sluice, TimeSpan.FromMinutes(15));
        Assert.Equal("destination.recovered", Assert.Single(Told(sluice).Skip(5)).Type);
        Assert.Empty(Documents(sluice));
    }

    [Fact]
    public void What_is_told_is_measured_by_destination_and_type_and_as_often()
    {
        var measured = new List<(string Instrument, string? Type, long Value)>();
        using var listener = new MeterListener { InstrumentPublished = static (instrument, listening) => { if (instrument.Meter.Name == Telemetry.Name) listening.EnableMeasurementEvents(instrument); } };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            var all = tags.ToArray().ToDictionary(tag => tag.Key, tag => tag.Value?.ToString());
            if (all.GetValueOrDefault("destination") == "measured") lock (measured) measured.Add((instrument.Name, all.GetValueOrDefault("type"), value));
        });
        listener.Start();
        var sluice = Open([.. Settings, ("Sluice:Destinations:measured:Handler", RecordingHandler.HandlerName), ("Sluice:Destinations:measured:DisableAfter", "02:00:00")]);
        sluice.Handler.Says = static destination => destination == "measured" ? Outcome.Retry("answered 500") : Outcome.Done;
        Post(sluice);
        Pass(sluice, TimeSpan.FromHours(2) + TimeSpan.FromMinutes(12));
        Assert.True(Sum("sluice.destinations.failing") > 0);
        Assert.Equal(1, Sum("sluice.destinations.disabled"));

        sluice.Handler.Says = static _ => Outcome.Done;
        Run(sluice, () => sluice.Retry.GetRequiredService<Registrations>().ResumeAsync("measured", Cancellation).AsTask());
        Pass(sluice, TimeSpan.FromMinutes(15));
        Assert.Equal(0, Sum("sluice.destinations.failing"));
        Assert.Equal(Told(sluice).Select(told => told.Type), measured.Where(one => one.Instrument == "sluice.notices").Select(one => one.Type));
        Assert.Equal("destination.recovered", Told(sluice)[^1].Type);

        long Sum(string instrument) => measured.Where(one => one.Instrument == instrument).Sum(one => one.Value);
    }

    [Fact]
    public void What_one_instance_saw_fail_another_sees_recover()
    {
        var sluice = Open(Settings);
        sluice.Handler.Says = static destination => destination == "billing" ? Outcome.Retry("answered 500") : Outcome.Done;
        Post(sluice);
        Pass(sluice, TimeSpan.FromMinutes(21));
        Assert.Equal("destination.failing", Assert.Single(Told(sluice)).Type);
        sluice.Handler.Says = static _ => Outcome.Done;
        // The next message goes to an instance that has seen nothing of it.
        sluice.StartProcess();
        sluice.StartProcess();
        sluice.StartProcess();
        Pass(sluice, TimeSpan.FromMinutes(20));
        Assert.Equal(["destination.failing", "destination.recovered"], Told(sluice).Select(told => told.Type));
        Assert.Empty(Documents(sluice));
    }

    [Fact]
    public void The_timer_tells_what_time_alone_has_made_of_a_destination()
    {
        var sluice = Open([.. Settings, ("Sluice:Retry:BaseDelay", "01:30:00"), ("Sluice:Retry:MaxDelay", "01:30:00")]);
        sluice.Handler.Says = static destination => destination == "billing" ? Outcome.Retry("answered 500") : Outcome.Done;
        for (var i = 0; i < 5; i++) Post(sluice, $"evt_{i}");
        Pass(sluice, TimeSpan.FromMinutes(65));
        Assert.Equal(["destination.failing", "destination.warning"], Told(sluice).Select(told => told.Type));
        Assert.Equal(5, sluice.Handler.Calls.Count(call => call.Context.Destination.Name == "billing"));
    }

    [Fact]
    public void While_the_documents_cannot_be_written_a_notice_waits_and_is_then_told_once()
    {
        var sluice = Open(Settings);
        sluice.Handler.Says = static destination => destination == "billing" ? Outcome.Retry("answered 500") : Outcome.Done;
        sluice.Tables.Before = request => request.RowKeys.Contains("billing") ? throw Busy : ValueTask.CompletedTask;
        for (var i = 0; i < 8; i++) Post(sluice, $"evt_{i}");
        Pass(sluice, TimeSpan.FromMinutes(5));
        Assert.Empty(Told(sluice));
        TablesWork(sluice);
        Pass(sluice, TimeSpan.FromMinutes(6));
        Assert.Equal("destination.failing", Assert.Single(Told(sluice)).Type);
    }

    private CloudSluice OpenWithTwo()
    {
        var sluice = Open(Settings);
        sluice.StartProcess();
        sluice.Handler.Says = static destination => destination == "billing" ? Outcome.Retry("answered 500") : Outcome.Done;
        return sluice;
    }

    private static List<(string Type, JsonElement Body)> Told(CloudSluice sluice) =>
        [.. sluice.Handler.Calls.Where(call => call.Context.Destination.Name == "told").Select(call => (call.Event.Type, JsonDocument.Parse(call.Event.Body).RootElement))];

    private static DestinationState? StandingOf(CloudSluice sluice) =>
        Run(sluice, () => sluice.Retry.GetRequiredService<ISharedState>().FindAsync("destination", "billing", Cancellation).AsTask()) is { } document && document.Json.Contains("\"Disabled\"", StringComparison.Ordinal) ? DestinationState.Disabled : null;

    private static IReadOnlyList<SharedDocument> Documents(CloudSluice sluice) => Run(sluice, () => sluice.Retry.GetRequiredService<ISharedState>().ListAsync("health", Cancellation).AsTask());
}
