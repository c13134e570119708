using System.CommandLine;
using System.Text;
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
        else Print(view, await access.Operations.BodyAsync(id, cancellationToken) ?? []);
        return 0;
    }

    private static void Print(EventView view, byte[] body)
    {
        var console = Output.Person;
        var facts = Output.Table("Event", view.Id);
        facts.AddRow("source", view.Source).AddRow("type", Output.Safe(view.Type)).AddRow("status", Output.Status(view.Status))
            .AddRow("received", Output.Time(view.ReceivedAt)).AddRow("idempotency key", Output.Safe(view.IdempotencyKey ?? ""));
        foreach (var header in view.Headers ?? []) facts.AddRow(Output.Safe(header.Name), Output.Safe(header.Value));
        console.Write(facts);

        foreach (var delivery in view.Deliveries)
        {
            var table = Output.Table("Attempt", "Outcome", "Status", "Started", "Took", "Error");
            table.Title = new Spectre.Console.TableTitle($"{delivery.Destination}: {Output.Status(delivery.Status.ToString())}{(delivery.NextAttemptAt is { } at && !delivery.Status.IsEnd() ? $", next attempt {Output.Time(at)}" : "")}{(delivery.OutOfOrder == true ? ", out of order" : "")}");
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
}
