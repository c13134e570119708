using System.CommandLine;
using System.Text;
using Sluice.Destinations;
using Sluice.Events;
using Sluice.Inspection;
using Sluice.LocalHost.Hosting;
using Spectre.Console;

namespace Sluice.LocalHost.Commands;

/// <summary><c>sluice show ID</c>: one event with its deliveries, attempts, headers and the start of its body.</summary>
internal sealed class ShowCommand : Command
{
    private const int MostOfBody = 4000;

    private static readonly Argument<string> Id = new("ID") { Description = "The event's id" };

    public ShowCommand() : base("show", "Shows one event with its attempts")
    {
        Add(Id);
        Add(CommonOptions.Remote);
        Add(CommonOptions.Token);
        SetAction(RunAsync);
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var text = parsed.GetValue(Id)!;
        if (!EventId.TryParse(text, out var id)) throw new CommandException($"{SafeText.OneLine(text, 60)} is no event id; sluice events shows them");
        using var access = OpsAccess.Open(parsed);
        var view = await access.Operations.EventAsync(id, cancellationToken) ?? throw new CommandException($"there is no event {id}, or it was let go");
        if (parsed.GetValue(CommonOptions.Json)) Output.Json(view, OpsJson.Default.EventView);
        else Print(view, await StandingsAsync(access, view, cancellationToken), await access.Operations.BodyAsync(id, cancellationToken) ?? []);
        return 0;
    }

    // Asked only where something waits.
    private static async Task<IReadOnlyDictionary<string, DestinationView>> StandingsAsync(OpsAccess access, EventView view, CancellationToken cancellationToken) =>
        (view.Deliveries.All(delivery => delivery.Status.IsEnd()) ? [] : await access.Destinations.ListAsync(cancellationToken))
            .Where(destination => !destination.HiddenByConfiguration).ToDictionary(destination => destination.Name, StringComparer.Ordinal);

    private static void Print(EventView view, IReadOnlyDictionary<string, DestinationView> destinations, byte[] body)
    {
        var console = Output.Person;
        var facts = Output.Table("Event", view.Id);
        facts.AddRow("source", view.Source).AddRow("type", Output.Safe(view.Type)).AddRow("status", Output.Status(view.Status))
            .AddRow("received", Output.Time(view.ReceivedAt)).AddRow("idempotency key", Output.Safe(view.IdempotencyKey ?? ""));
        foreach (var header in view.Headers ?? []) facts.AddRow(Output.Safe(header.Name), Output.Safe(header.Value));
        console.Write(facts);

        foreach (var delivery in view.Deliveries)
        {
            console.MarkupLine($"{delivery.Destination}: {Output.Status(delivery.Status.ToString())}{Waits(delivery, destinations.GetValueOrDefault(delivery.Destination))}{(delivery.OutOfOrder == true ? ", out of order" : "")}");
            if (delivery.Attempts.Count == 0) continue;
            var table = Output.Table("Attempt", "Outcome", "Status", "Started", "Took", "Error");
            foreach (var attempt in delivery.Attempts)
            {
                table.AddRow(
                    $"{attempt.Number}", attempt.Outcome.ToString(), attempt.StatusCode?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "",
                    Output.Time(attempt.StartedAt), string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{attempt.DurationMs:0.#} ms"), Output.Safe(attempt.Error ?? ""));
            }

            console.Write(table);
        }

        console.WriteLine($"{body.Length} bytes");
        foreach (var line in Encoding.UTF8.GetString(body.AsSpan(0, Math.Min(body.Length, MostOfBody))).Split('\n')) console.WriteLine(SafeText.OneLine(line.TrimEnd('\r'), MostOfBody));
        if (body.Length > MostOfBody) console.WriteLine("...");
    }

    // What has not ended: until when it waits, or for what.
    private static string Waits(DeliveryView delivery, DestinationView? destination) => delivery switch
    {
        _ when delivery.Status.IsEnd() => "",
        _ when destination is { State: DestinationState.Paused or DestinationState.Disabled } => $", waits while {destination.Name} is {destination.State.ToString().ToLowerInvariant()} ({Output.Safe(destination.Reason ?? "no reason given")}): sluice destination resume {destination.Name}",
        _ when destination?.Faring is { Breaker: not null } faring => $", waits until {destination.Name} is back ({Output.Safe(faring.LastError ?? "it fails")})",
        { NextAttemptAt: { } at } => $", next attempt {Output.Time(at)}",
        _ => "",
    };
}
