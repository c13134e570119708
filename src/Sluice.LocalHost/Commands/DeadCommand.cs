using System.CommandLine;
using Sluice.Events;
using Sluice.Inspection;
using Sluice.LocalHost.Hosting;
using Sluice.Retries;
using Spectre.Console;

namespace Sluice.LocalHost.Commands;

/// <summary><c>sluice dead list|replay|purge [ID|FILTER]</c>: the dead letters. Nothing named means all of them.</summary>
internal sealed class DeadCommand : Command
{
    private const int StepSize = 200;

    private static readonly Argument<string?> Id = new("ID") { Description = "An event's or a delivery's id", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Option<string?> Destination = new("--destination") { Description = "Only this destination's", HelpName = "NAME" };

    public DeadCommand() : base("dead", "Dead letters: look at them, replay them, purge them")
    {
        Add(Sub("list", "Lists dead letters, newest death first", ListAsync, asks: false));
        Add(Sub("replay", "Gives dead letters new attempts", (parsed, token) => RunAsync(parsed, "Replay", static (operations, filter, token) => operations.ReplayDeadAsync(filter, token), token), asks: true));
        Add(Sub("purge", "Ends dead letters for good; their events stay", (parsed, token) => RunAsync(parsed, "Purge", static (operations, filter, token) => operations.PurgeDeadAsync(filter, token), token), asks: true));
    }

    private static Command Sub(string name, string description, Func<ParseResult, CancellationToken, Task<int>> action, bool asks)
    {
        var command = new Command(name, description) { Id, EventFilterOptions.Source, EventFilterOptions.Type, Destination };
        if (asks) command.Add(CommonOptions.Yes);
        command.Add(CommonOptions.Remote);
        command.Add(CommonOptions.Token);
        command.SetAction(action);
        return command;
    }

    private static async Task<int> ListAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var wanted = Filter(parsed);
        using var access = OpsAccess.Open(parsed);
        var dead = new List<DeadLetterView>();
        for (var filter = wanted with { Limit = EventFilter.LargestLimit }; ;)
        {
            var page = await access.Operations.DeadLettersAsync(filter, cancellationToken);
            dead.AddRange(page.Items);
            if (page.Next is null) break;
            filter = filter with { Before = page.Next };
        }

        if (dead.Count == 0) await CheckAsync(access, wanted, cancellationToken);
        if (parsed.GetValue(CommonOptions.Json)) Output.Json(dead, OpsJson.Default.IReadOnlyListDeadLetterView);
        else Print(Output.Person, dead);
        return 0;
    }

    private static async Task<int> RunAsync(ParseResult parsed, string what, Func<IOperations, DeadLetterFilter, CancellationToken, Task<JobStep>> step, CancellationToken cancellationToken)
    {
        var filter = Filter(parsed);
        using var access = OpsAccess.Open(parsed);
        var all = filter is { Source: null, Destination: null, Type: null, Event: null };
        var dead = (await access.Operations.StatsAsync(cancellationToken)).DeadLettered;
        if (!parsed.GetValue(CommonOptions.Yes) && parsed.GetValue(Id) is null && dead > 0 && !Output.Confirm($"{what} {(all ? $"all of {Output.Count(dead, "dead letter")}" : "the dead letters that the filter finds")}?")) return 1;

        // What dies again while this runs is younger than its start: nothing is met twice. One more second, since deaths are kept to the millisecond.
        filter = filter with { DeadBefore = TimeProvider.System.GetUtcNow().AddSeconds(1), Limit = StepSize };
        var done = 0;
        await Job.RunAsync(what, async tell =>
        {
            while (true)
            {
                var did = await step(access.Operations, filter, cancellationToken);
                done += did.Done;
                tell(done);
                if (did.Next is null) return;
                filter = filter with { Before = did.Next };
            }
        }, all ? Math.Max(dead, 1) : null);
        if (done == 0) await CheckAsync(access, filter, cancellationToken);
        if (parsed.GetValue(CommonOptions.Json)) Output.Json(new JobStep(done, null), OpsJson.Default.JobStep);
        else Output.Person.WriteLine(done == 0 ? "No dead letters." : $"{Output.Count(done, "dead letter")} {(what == "Replay" ? "replayed" : "purged")}.");
        return 0;
    }

    // Nothing was found: is that because there is nothing of that name?
    private static async Task CheckAsync(OpsAccess access, DeadLetterFilter filter, CancellationToken cancellationToken)
    {
        if (filter.Event is not { } id)
        {
            await access.CheckSourceAsync(filter.Source, cancellationToken);
            return;
        }

        var found = await access.Operations.EventAsync(id, cancellationToken) ?? throw new CommandException($"there is no event {id}, or it was let go");
        if (filter.Destination is { } destination && found.Deliveries.All(delivery => delivery.Destination != destination)) throw new CommandException($"event {id} has no delivery to {SafeText.OneLine(destination, 40)}; sluice show {id} shows those it has");
    }

    private static DeadLetterFilter Filter(ParseResult parsed)
    {
        var filter = new DeadLetterFilter { Source = parsed.GetValue(EventFilterOptions.Source), Type = parsed.GetValue(EventFilterOptions.Type), Destination = parsed.GetValue(Destination) };
        if (parsed.GetValue(Id) is not { } text) return filter;
        if (EventId.TryParse(text, out var id)) return filter with { Event = id };
        return DeliveryId.TryParse(text, out var delivery)
            ? filter with { Event = delivery.Event, Destination = delivery.Destination }
            : throw new CommandException($"{SafeText.OneLine(text, 100)} is no id of an event or a delivery; sluice dead list shows them");
    }

    internal static void Print(IAnsiConsole console, IReadOnlyList<DeadLetterView> dead)
    {
        if (dead.Count == 0)
        {
            console.WriteLine("No dead letters.");
            return;
        }

        var list = new Listing(("Dead since", Cell.Whole), ("Source", Cell.Whole), ("Type", Cell.Text), ("Destination", Cell.Whole), ("Attempts", Cell.Number), ("Reason", Cell.Text), ("Id", Cell.Id));
        foreach (var item in dead) list.Add(Output.Time(item.DeadAt), item.Source, Output.Safe(item.Type), item.Destination, $"{item.Attempts}", Output.Safe(item.Reason), item.Id);
        list.Print(console);
    }
}
