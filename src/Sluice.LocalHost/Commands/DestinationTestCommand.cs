using System.CommandLine;
using System.Globalization;
using Sluice.Destinations;
using Sluice.Events;
using Sluice.LocalHost.Hosting;
using Spectre.Console;

namespace Sluice.LocalHost.Commands;

/// <summary><c>sluice destination test NAME</c>: sends a test event, or looks which kept events a destination takes, one that is not there yet too.</summary>
internal sealed class DestinationTestCommand : Command
{
    private static readonly Option<string?> Event = new("--event") { Description = "This kept event instead of one that is made up", HelpName = "ID" };
    private static readonly Option<int?> Last = new("--last") { Description = $"Send nothing: which of the newest N kept events it takes [default: {Testing.DefaultLast}]", HelpName = "N" };
    private static readonly Option<bool> NoSend = new("--no-send") { Description = "Send nothing: which kept events it takes" };

    public DestinationTestCommand() : base("test", "Sends a test event, or tries a filter against kept events")
    {
        Add(DestinationCommand.Named);
        foreach (var option in (Option[])[Event, Last, NoSend, DestinationOptions.Sources, DestinationOptions.Types, DestinationOptions.Filter, DestinationOptions.Settings, CommonOptions.Remote, CommonOptions.Token]) Add(option);
        SetAction(RunAsync);
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var name = parsed.GetValue(DestinationCommand.Named)!;
        EventId? id = null;
        if (parsed.GetValue(Event) is { } text) id = EventId.TryParse(text, out var one) ? one : throw new CommandException($"--event {SafeText.OneLine(text, 60)} is no event's id; sluice events shows them");
        var last = parsed.GetValue(Last);
        if (last is < 1 or > Testing.MostLast) throw new CommandException($"--last {last} makes no sense; write a number from 1 to {Testing.MostLast}");
        var settings = DestinationOptions.Choice(parsed);
        new GivenSecrets(Console.In).ReadAll(settings);
        // A filter that is only thought of has no address to send to.
        var sends = !parsed.GetValue(NoSend) && last is null && (settings.Count == 0 || parsed.GetValue(DestinationOptions.Settings) is not null);
        using var access = OpsAccess.Open(parsed);
        var answer = await access.Destinations.TestAsync(name, new() { Settings = settings.Count > 0 ? settings.ToJsonString() : null, Sends = sends, Event = id, Last = last ?? Testing.DefaultLast }, cancellationToken);
        var view = answer.View ?? throw new CommandException(answer.Error!);
        if (parsed.GetValue(CommonOptions.Json)) Output.Json(view, DestinationViewJson.Default.TestView);
        else Print(Output.Person, view);
        return view.Sent is { Delivered: false } ? 1 : 0;
    }

    internal static void Print(IAnsiConsole console, TestView view)
    {
        if (view.Sent is { } sent)
        {
            var answered = sent.StatusCode is { } status ? string.Create(CultureInfo.InvariantCulture, $"answered {status} in {sent.DurationMs:0} ms") : "did not answer";
            console.WriteLine($"{view.Destination} {answered} to {SafeText.OneLine(sent.Type, 60)}{(sent.Answer is null ? "" : $": {SafeText.OneLine(sent.Answer)}")}");
            if (sent.Error is not null) console.WriteLine($"Not delivered: {SafeText.OneLine(sent.Error)}");
        }

        if (view.Tried is not { } tried) return;
        if (tried.Count == 0)
        {
            console.WriteLine("No events are kept yet.");
            return;
        }

        var list = new Listing(("Received", Cell.Whole), ("Source", Cell.Whole), ("Type", Cell.Text), ("Taken", Cell.Whole), ("Why not", Cell.Text), ("Id", Cell.Id));
        foreach (var item in tried) list.Add(Output.Time(item.ReceivedAt), Output.Safe(item.Source), Output.Safe(item.Type), item.Takes ? "[green]taken[/]" : "not taken", Output.Safe(item.Why ?? ""), item.Id);
        list.Print(console);
        console.WriteLine($"{view.Destination} takes {tried.Count(item => item.Takes)} of {Output.Count(tried.Count, "kept event")}.");
    }
}
