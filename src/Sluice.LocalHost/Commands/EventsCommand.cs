using System.CommandLine;
using Sluice.Inspection;
using Sluice.LocalHost.Hosting;
using Spectre.Console;

namespace Sluice.LocalHost.Commands;

/// <summary><c>sluice events</c>: the kept events, newest first.</summary>
internal sealed class EventsCommand : Command
{
    private static readonly Option<string?> Before = new("--before") { Description = "Go on from the cursor that an earlier list ended with", HelpName = "CURSOR" };
    private static readonly Option<int> Limit = new("--limit") { Description = "How many", DefaultValueFactory = _ => 20 };

    private static readonly Option<bool> Rejected = new("--rejected") { Description = "The refused requests instead, with the reason; of the options above with --source only" };

    public EventsCommand() : base("events", "Lists kept events, newest first")
    {
        EventFilterOptions.AddTo(this);
        Add(Rejected);
        Add(Before);
        Add(Limit);
        Add(CommonOptions.Remote);
        Add(CommonOptions.Token);
        SetAction(RunAsync);
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var limit = parsed.GetValue(Limit);
        if (limit is < 1 or > 100_000) throw new CommandException($"--limit {limit} makes no sense; write a number from 1 to 100000");
        var filter = EventFilterOptions.Read(parsed) with { Before = parsed.GetValue(Before) };
        var isRejected = parsed.GetValue(Rejected);
        if (isRejected && filter is not { Type: null, Status: null }) throw new CommandException($"{(filter.Type is null ? "--status" : "--type")} says nothing of refused requests, which have none; leave it away, or --rejected");
        using var access = OpsAccess.Open(parsed);
        if (isRejected) return await RejectionList.RunAsync(access, new() { Source = filter.Source, Before = filter.Before }, limit, parsed.GetValue(CommonOptions.Json), cancellationToken);
        var (events, next) = await ListAsync(access.Operations, filter, limit, cancellationToken);
        if (events.Count == 0) await access.CheckSourceAsync(filter.Source, cancellationToken);
        if (parsed.GetValue(CommonOptions.Json)) Output.Json(events, OpsJson.Default.IReadOnlyListEventView);
        else Print(Output.Person, events, next);
        return 0;
    }

    private static async Task<(IReadOnlyList<EventView> Events, string? Next)> ListAsync(IOperations operations, EventFilter filter, int limit, CancellationToken cancellationToken)
    {
        var events = new List<EventView>();
        while (true)
        {
            var page = await operations.EventsAsync(filter with { Limit = Math.Min(limit - events.Count, EventFilter.LargestLimit) }, cancellationToken);
            events.AddRange(page.Items);
            if (page.Next is null || events.Count >= limit) return (events, page.Next);
            filter = filter with { Before = page.Next };
        }
    }

    internal static void Print(IAnsiConsole console, IReadOnlyList<EventView> events, string? next)
    {
        if (events.Count == 0)
        {
            console.WriteLine("No events.");
            return;
        }

        var list = new Listing(("Received", Cell.Whole), ("Source", Cell.Whole), ("Type", Cell.Text), ("Status", Cell.Whole), ("Deliveries", Cell.Text), ("Id", Cell.Id));
        foreach (var item in events)
        {
            list.Add(
                Output.Time(item.ReceivedAt), item.Source, Output.Safe(item.Type), Output.Status(item.Status),
                string.Join(", ", item.Deliveries.Select(delivery => $"{delivery.Destination} {Output.Status(delivery.Status.ToString())}{(delivery.Attempts.Count > 1 ? $" after {Output.Count(delivery.Attempts.Count, "attempt")}" : "")}")),
                item.Id);
        }

        list.Print(console);
        if (next is not null) console.WriteLine($"There may be more: --before {next}");
    }
}
