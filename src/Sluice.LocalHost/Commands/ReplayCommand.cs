using System.CommandLine;
using Sluice.Events;
using Sluice.Inspection;
using Sluice.LocalHost.Hosting;
using Spectre.Console;

namespace Sluice.LocalHost.Commands;

/// <summary><c>sluice replay ID|FILTER</c>: new attempts for ended deliveries of an event, of one delivery, or of all events a filter finds.</summary>
internal sealed class ReplayCommand : Command
{
    private static readonly Argument<string?> Id = new("ID") { Description = "An event's or a delivery's id", Arity = ArgumentArity.ZeroOrOne };

    public ReplayCommand() : base("replay", "Delivers again what has ended")
    {
        Add(Id);
        EventFilterOptions.AddTo(this);
        Add(CommonOptions.Yes);
        Add(CommonOptions.Remote);
        Add(CommonOptions.Token);
        SetAction(RunAsync);
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var filter = EventFilterOptions.Read(parsed);
        var named = parsed.GetValue(Id);
        if (named is null && filter is { Source: null, Type: null, Status: null }) throw new CommandException("name an id, or say which events with --source, --type or --status");
        if (named is null && !parsed.GetValue(CommonOptions.Yes) && !Output.Confirm("Replay every event that the filter finds?")) return 1;

        using var access = OpsAccess.Open(parsed);
        var replayed = named is null ? await ReplayAllAsync(access.Operations, filter, cancellationToken) : await ReplayOneAsync(access.Operations, named, cancellationToken);
        if (named is null && replayed == 0) await access.CheckSourceAsync(filter.Source, cancellationToken);
        if (parsed.GetValue(CommonOptions.Json)) Output.Json(new ReplayView(replayed), OpsJson.Default.ReplayView);
        else Output.Person.WriteLine(replayed == 0 ? "Nothing to replay: no delivery is at an end." : $"{Output.Count(replayed, "delivery")} replayed.");
        return 0;
    }

    private static async Task<int> ReplayOneAsync(IOperations operations, string text, CancellationToken cancellationToken)
    {
        string? destination = null;
        if (!EventId.TryParse(text, out var id))
        {
            if (!DeliveryId.TryParse(text, out var delivery)) throw new CommandException($"{SafeText.OneLine(text, 100)} is no id of an event or a delivery; sluice events and sluice dead list show them");
            (id, destination) = (delivery.Event, delivery.Destination);
        }

        return await operations.ReplayAsync(id, destination, cancellationToken) ?? throw new CommandException($"there is no {SafeText.OneLine(text, 100)}, or it was let go");
    }

    private static async Task<int> ReplayAllAsync(IOperations operations, EventFilter filter, CancellationToken cancellationToken)
    {
        var replayed = 0;
        await Job.RunAsync("Replaying", async tell =>
        {
            for (var next = filter with { Limit = 100 }; ;)
            {
                var page = await operations.EventsAsync(next, cancellationToken);
                foreach (var item in page.Items)
                {
                    if (EventId.TryParse(item.Id, out var id)) replayed += await operations.ReplayAsync(id, null, cancellationToken) ?? 0;
                }

                tell(replayed);
                if (page.Next is null) return;
                next = next with { Before = page.Next };
            }
        });
        return replayed;
    }
}
