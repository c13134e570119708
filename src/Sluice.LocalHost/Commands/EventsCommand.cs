using System.CommandLine;
using Sluice.Inspection;
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
        using var access = OpsAccess.Open(parsed);
        var limit = parsed.GetValue(Limit);
        if (limit is < 1 or > 100_000) throw new Hosting.CommandException($"--limit {limit} makes no sense; write a number from 1 to 100000");
        if (parsed.GetValue(Rejected)) return await RejectionList.RunAsync(access.Quarantine, new() { Source = parsed.GetValue(EventFilterOptions.Source), Before = parsed.GetValue(Before) }, limit, parsed.GetValue(CommonOptions.Json), cancellationToken);
        var (events, next) = await ListAsync(access.Operations, EventFilterOptions.Read(parsed) with { Before = parsed.GetValue(Before) }, limit, cancellationToken);
        if (parsed.GetValue(CommonOptions.Json)) Output.Json(events, OpsJson.Default.IReadOnlyListEventView);
        else Print(events, next);
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

    private static void Print(IReadOnlyList<EventView> events, string? next)
    {
        if (events.Count == 0)
        {
            Output.Person.WriteLine("No events.");
            return;
        }

        var table = Output.Table("Received", "Source", "Type", "Status", "Deliveries", "Id");
        foreach (var item in events)
        {
            table.AddRow(
                Output.Time(item.ReceivedAt), item.Source, Output.Safe(item.Type), Output.Status(item.Status),
                string.Join(", ", item.Deliveries.Select(delivery => $"{delivery.Destination} {Output.Status(delivery.Status.ToString())}{(delivery.Attempts.Count > 1 ? $" after {Output.Count(delivery.Attempts.Count, "attempt")}" : "")}")),
                item.Id);
        }

        Output.Person.Write(table);
        if (next is not null) Output.Person.WriteLine($"There may be more: --before {next}");
    }
}
