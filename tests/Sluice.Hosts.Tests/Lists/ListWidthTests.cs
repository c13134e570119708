using System.Text.RegularExpressions;
using Sluice.Destinations;
using Sluice.Events;
using Sluice.Inspection;
using Sluice.LocalHost.Commands;
using Sluice.Providers;
using Sluice.Quarantine;
using Spectre.Console;

namespace Sluice.Hosts.Tests.Lists;

/// <summary>What lists look like at the widths that terminals have.</summary>
public sealed partial class ListWidthTests
{
    private const string Finding = "the body was parsed and written anew: layout, escapes or the order of names are others than those that were signed; let nothing in front read the body";

    private static readonly DateTimeOffset Received = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);
    private static readonly string Id = EventId.Of("stripe", "evt_1").ToString();
    private static readonly string Other = EventId.Of("stripe", "evt_2").ToString();

    private static readonly EventView[] Events = [Event(Id, "charge.refunded"), Event(Other, "invoice.paid")];

    [Theory]
    [InlineData(80, false)]
    [InlineData(100, false)]
    [InlineData(120, true)]
    [InlineData(240, true)]
    public void Events_are_a_table_where_there_is_room_and_else_lines_for_each(int width, bool isTable)
    {
        var said = Print(width, console => EventsCommand.Print(console, Events, next: null));
        AssertReadable(said, width, isTable, [Id, Other]);
        Assert.Contains(said, line => line.Contains("invoice.paid", StringComparison.Ordinal) && line.Contains("stripe", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(80, false)]
    [InlineData(100, false)]
    [InlineData(120, true)]
    public void Refused_requests_are_readable_at_any_width(int width, bool isTable)
    {
        var rejections = new[] { Id, Other }.Select(id => new RejectionView { Id = id, Source = "stripe", ReceivedAt = Received, Result = SignatureResult.Mismatch, Finding = Finding, BodyBytes = 12345, Kept = true }).ToList();
        foreach (var areKept in new[] { true, false })
        {
            var said = Print(width, console => RejectionList.Print(console, rejections, next: null, areKept));
            AssertReadable(said, width, isTable, [Id, Other]);
            AssertSays(said, Finding);
            if (width == 80) Assert.Equal(2, said.Count(line => line.EndsWith(areKept ? "bytes 12345" : "kept yes", StringComparison.Ordinal)));
        }

        var verified = rejections.ConvertAll(item => new CheckedView(item.Id, item.Source, item.ReceivedAt, CheckedResult.DoesNotHold, Finding));
        AssertReadable(Print(width, console => QuarantineCommand.Print(console, verified)), width, isTable, [Id, Other]);
    }

    [Theory]
    [InlineData(80, false)]
    [InlineData(100, false)]
    [InlineData(120, false)]
    [InlineData(240, true)]
    public void Dead_letters_are_readable_at_any_width(int width, bool isTable)
    {
        var dead = new[] { $"{Id}/billing", $"{Other}/a_destination_of_a_name_of_the_most_x" }
            .Select(id => new DeadLetterView(id, id[..32], id[33..], "answered 400: the customer is not known here", 400, 11, Received, "stripe", "invoice.paid")).ToList();
        var said = Print(width, console => DeadCommand.Print(console, dead));
        AssertReadable(said, width, isTable, [.. dead.Select(item => item.Id)]);
        AssertSays(said, "answered 400: the customer is not known here");
        if (!isTable) Assert.Equal(2, said.Count(line => line.Contains("attempts 11", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(80, false)]
    [InlineData(120, false)]
    [InlineData(240, true)]
    public void Destinations_are_readable_at_any_width(int width, bool isTable)
    {
        const string reason = "answered 503 for five days: the system behind it is not available; ask the owner";
        var destinations = new[] { "crm", "a_destination_of_a_name_of_the_most_chars" }.Select(name => new DestinationView
        {
            Name = name, Origin = DestinationOrigin.Registered, State = DestinationState.Disabled, Reason = reason, Handler = "http", Url = "https://crm.example/hooks/of/a/long/path", Sources = ["stripe"], Types = ["invoice.*", "charge.*"],
        }).ToList();
        var said = Print(width, console => DestinationCommand.Print(console, destinations));
        Assert.Equal(isTable, said[0].StartsWith('╭'));
        Assert.All(said, line => Assert.InRange(line.Length, 1, width));
        foreach (var destination in destinations) Assert.Single(said, line => line.Split(' ', '│').Contains(destination.Name));
        AssertSays(said, reason);

        var test = new TestView { Destination = "crm", Tried = [new(Id, "stripe", "charge.refunded", Received, Takes: false, "type: it is like none of Types"), new(Other, "stripe", "invoice.paid", Received, Takes: true, null)] };
        AssertReadable(Print(width, console => DestinationTestCommand.Print(console, test)), width, isTable: null, [Id, Other]);
    }

    [Fact]
    public void At_every_width_ids_and_dates_stay_whole_and_no_line_is_too_long()
    {
        for (var width = 60; width <= 200; width++) AssertReadable(Print(width, console => EventsCommand.Print(console, Events, next: null)), width, isTable: null, [Id, Other]);
    }

    [Fact]
    public void Without_a_table_the_id_comes_first_and_the_rest_below()
    {
        var said = Print(80, console => EventsCommand.Print(console, [Events[1]], next: null));
        Assert.Equal([Other, $"  {Output.Time(Received)}  stripe  invoice.paid  Delivered  billing Delivered"], said);
    }

    private static void AssertReadable(string[] said, int width, bool? isTable, string[] ids)
    {
        if (isTable is not null) Assert.Equal(isTable, said[0].StartsWith('╭'));
        Assert.All(said, line => Assert.InRange(line.Length, 1, width));
        Assert.DoesNotContain(said, line => line.Contains('…', StringComparison.Ordinal));
        foreach (var id in ids) Assert.Single(said, line => line.Split(' ', '│').Contains(id));
        Assert.Equal(ids.Length, said.Count(line => line.Contains(Output.Time(Received), StringComparison.Ordinal)));
    }

    // However it is broken into lines, all of it is there.
    private static void AssertSays(string[] said, string sentence)
    {
        var words = Words().Matches(string.Join(' ', said)).Select(match => match.Value).ToHashSet();
        Assert.All(Words().Matches(sentence), word => Assert.Contains(word.Value, words));
    }

    private static EventView Event(string id, string type) => new()
    {
        Id = id, Source = "stripe", Type = type, ReceivedAt = Received, Status = "Delivered",
        Deliveries = [new DeliveryView { Destination = "billing", Status = DeliveryStatus.Delivered, Attempts = [] }],
    };

    private static string[] Print(int width, Action<IAnsiConsole> print)
    {
        using var text = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Out = new AnsiConsoleOutput(text) });
        console.Profile.Width = width;
        print(console);
        return [.. text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.TrimEnd())];
    }

    [GeneratedRegex(@"[\w:;]+")]
    private static partial Regex Words();
}
