using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Sluice.Delivery.Pacing;
using Sluice.Destinations;
using Sluice.Events;
using Sluice.LocalHost.Hosting;
using Spectre.Console;

namespace Sluice.LocalHost.Commands;

/// <summary><c>sluice destination add|list|show|pause|resume|remove|test</c>: where events go, those of the configuration and those registered while running.</summary>
internal sealed class DestinationCommand : Command
{
    public static readonly Argument<string> Named = new("NAME") { Description = "The destination's name" };

    private static readonly Option<string?> Reason = new("--reason") { Description = "Why, in one line", HelpName = "R" };
    private static readonly Option<string?> Pending = new("--pending") { Description = $"What becomes of what is pending: {string.Join(", ", PendingWords.All)}", HelpName = "P" };
    private static readonly Option<bool> Yes = new("--yes") { Description = $"Do not ask: what is pending is delivered unless --pending says otherwise" };

    public DestinationCommand() : base("destination", "Destinations: register them, look at them, test, pause, resume and remove them")
    {
        Add(new DestinationAddCommand());
        Add(OpsSubcommand.Of("list", "Lists all destinations", ListAsync));
        Add(OpsSubcommand.Of("show", "Shows one with its settings, never a secret", ShowAsync, Named));
        Add(OpsSubcommand.Of("pause", "Delivers nothing for a while and keeps what comes", (parsed, token) => ChangeAsync(parsed, (operations, name) => operations.PauseAsync(name, parsed.GetValue(Reason), token)), Named, Reason));
        Add(OpsSubcommand.Of("resume", "Delivers again, also after it was disabled", (parsed, token) => ChangeAsync(parsed, (operations, name) => operations.ResumeAsync(name, token)), Named));
        Add(OpsSubcommand.Of("remove", "Takes a registered one away", RemoveAsync, Named, Pending, Yes));
        Add(new DestinationTestCommand());
    }

    private static async Task<int> ListAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        using var access = OpsAccess.Open(parsed);
        var found = await access.Destinations.ListAsync(cancellationToken);
        if (parsed.GetValue(CommonOptions.Json)) Output.Json(found, DestinationViewJson.Default.IReadOnlyListDestinationView);
        else Print(Output.Person, found);
        return 0;
    }

    internal static void Print(IAnsiConsole console, IReadOnlyList<DestinationView> found)
    {
        if (found.Count == 0)
        {
            console.WriteLine("No destinations.");
            return;
        }

        var list = new Listing(("Name", Cell.Id), ("State", Cell.Whole), ("Origin", Cell.Whole), ("Takes", Cell.Text), ("To", Cell.Text), ("Reason", Cell.Text));
        foreach (var item in found)
        {
            list.Add(item.Name, State(item), item.HiddenByConfiguration ? "hidden by configuration" : Lower(item.Origin), Output.Safe(Takes(item)), Output.Safe(item.Url ?? $"handler {item.Handler}"),
                Output.Safe(item.Reason ?? item.Faring?.LastError ?? ""));
        }

        list.Print(console);
    }

    private static async Task<int> ShowAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var name = parsed.GetValue(Named)!;
        using var access = OpsAccess.Open(parsed);
        var view = await access.Destinations.FindAsync(name, cancellationToken) ?? throw new CommandException(RemoteDestinations.Missing(name));
        if (parsed.GetValue(CommonOptions.Json)) Output.Json(view, DestinationViewJson.Default.DestinationView);
        else Print(Output.Person, view);
        return 0;
    }

    private static void Print(IAnsiConsole console, DestinationView view)
    {
        var facts = Output.Table("Destination", Output.Safe(view.Name));
        Add("origin", Lower(view.Origin));
        facts.AddRow("state", State(view));
        Add("reason", view.Reason);
        Add($"{Lower(view.State)} since", view.Since is { } since ? Output.Time(since) : null);
        Add("to go on", view.State is DestinationState.Paused or DestinationState.Disabled ? $"sluice destination resume {view.Name}" : null);
        Add("to", view.Url ?? $"handler {view.Handler}");
        Add("takes", Takes(view));
        Add("format", view.Format.ToString());
        Add("rate", view.Rate is { } rate ? string.Create(CultureInfo.InvariantCulture, $"{rate:0.###}/s") : null);
        Add("at once", view.Concurrency?.ToString(CultureInfo.InvariantCulture));
        Add("owner", view.Owner);
        Add("breaker", BreakerWords(view.Faring?.Breaker));
        Add("failing since", view.Faring?.FailingSince is { } failing ? $"{Output.Time(failing)}, {Output.Count(view.Faring.Failures, "failure")}" : null);
        Add("last error", view.Faring?.LastError);
        console.Write(facts);
        // The options keep what JSON would escape readable.
        if (view.Settings is { } settings) foreach (var line in settings.ToJsonString(Readable).Split('\n')) console.WriteLine(SafeText.OneLine(line.TrimEnd('\r'), 4000));

        void Add(string fact, string? value)
        {
            if (value is not null) facts.AddRow(fact, Output.Safe(value));
        }
    }

    private static async Task<int> ChangeAsync(ParseResult parsed, Func<IDestinationOperations, string, Task<DestinationAnswer>> change)
    {
        var name = parsed.GetValue(Named)!;
        using var access = OpsAccess.Open(parsed);
        return Tell(parsed, name, await change(access.Destinations, name));
    }

    private static async Task<int> RemoveAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var (name, said) = (parsed.GetValue(Named)!, parsed.GetValue(Pending));
        if (said is not null && PendingWords.Read(said) is null) throw new CommandException($"--pending {SafeText.OneLine(said, 40)} is none of the three: {PendingWords.Choices("--pending ")}");
        using var access = OpsAccess.Open(parsed);
        var pending = PendingWords.Read(said) ?? (parsed.GetValue(Yes) ? PendingOnRemoval.Deliver : Ask(name));
        return Tell(parsed, name, await access.Destinations.RemoveAsync(name, pending, cancellationToken));
    }

    private static PendingOnRemoval Ask(string name)
    {
        if (Console.IsInputRedirected || Console.IsOutputRedirected) throw new CommandException($"say what becomes of what is pending: {PendingWords.Choices("--pending ")}");
        Output.Person.WriteLine(PendingWords.Choices(""));
        var prompt = new TextPrompt<string>($"What becomes of what is pending for {Output.Safe(name)}?");
        foreach (var word in PendingWords.All) prompt.AddChoice(word);
        return PendingWords.Read(Output.Person.Prompt(prompt))!.Value;
    }

    private static int Tell(ParseResult parsed, string name, DestinationAnswer answer)
    {
        var view = answer.View ?? throw new CommandException(answer.Error!);
        if (parsed.GetValue(CommonOptions.Json)) Output.Json(view, DestinationViewJson.Default.DestinationView);
        else Output.Person.WriteLine($"{name} is {Lower(view.State)}{(view.Reason is null ? "" : $": {SafeText.OneLine(view.Reason)}")}.");
        return 0;
    }

    private static string Takes(DestinationView view) =>
        (view.Types is { } types ? string.Join(", ", types) : "all events") + (view.Sources is { } sources ? $" of {string.Join(", ", sources)}" : "");

    private static string? BreakerWords(string? breaker) => breaker switch
    {
        null => null,
        nameof(BreakerState.Open) => "open: left alone for a while, and what comes waits",
        nameof(BreakerState.Probing) => "one attempt is looking whether it is back",
        _ => "half open: the next attempt looks whether it is back",
    };

    private static string State(DestinationView view) => view.State switch
    {
        DestinationState.Active when view.Faring?.FailingSince is not null => "[yellow]failing[/]",
        DestinationState.Active => "[green]active[/]",
        DestinationState.Disabled => "[red]disabled[/]",
        var other => $"[yellow]{Lower(other)}[/]",
    };

    private static string Lower<T>(T value) where T : struct, Enum => value.ToString().ToLowerInvariant();

    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping, TypeInfoResolver = DestinationViewJson.Default };
}
