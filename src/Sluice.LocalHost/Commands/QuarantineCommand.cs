using System.CommandLine;
using System.Text;
using Sluice.Events;
using Sluice.LocalHost.Hosting;
using Sluice.Quarantine;
using Spectre.Console;

namespace Sluice.LocalHost.Commands;

/// <summary><c>sluice quarantine list|show|verify|release|purge</c>: refused requests that were kept. Nothing named means all of them.</summary>
internal sealed class QuarantineCommand : Command
{
    private const int StepSize = 20;
    private const int MostOfBody = 4000;

    private static readonly Argument<string?> Id = new("ID") { Description = "A refused request's id", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Argument<string> One = new("ID") { Description = "A refused request's id" };
    private static readonly Option<string?> Source = new("--source") { Description = "Only those of this source", HelpName = "NAME" };
    private static readonly Option<string?> Before = new("--before") { Description = "Go on from the cursor that an earlier list ended with", HelpName = "CURSOR" };
    private static readonly Option<int> Limit = new("--limit") { Description = "How many", DefaultValueFactory = _ => 100 };

    public QuarantineCommand() : base("quarantine", "Refused requests that were kept: look at them, verify them again, release or purge them")
    {
        Add(OpsSubcommand.Of("list", "Lists kept refused requests, newest first", ListAsync, Source, Before, Limit));
        Add(OpsSubcommand.Of("show", "Shows one with its headers and the start of its body", ShowAsync, One));
        Add(OpsSubcommand.Of("verify", "Checks them by the configuration of now, and releases none", (parsed, token) => CheckAsync(parsed, isRelease: false, token), Id, Source));
        Add(OpsSubcommand.Of("release", "Makes events of those whose signature holds now", (parsed, token) => CheckAsync(parsed, isRelease: true, token), Id, Source, CommonOptions.Yes));
        Add(OpsSubcommand.Of("purge", "Forgets them for good", PurgeAsync, Id, Source, CommonOptions.Yes));
    }

    private static async Task<int> ListAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        if (parsed.GetValue(Limit) is not (>= 1 and <= 100_000 and var limit)) throw new CommandException($"--limit {parsed.GetValue(Limit)} makes no sense; write a number from 1 to 100000");
        using var access = OpsAccess.Open(parsed);
        return await RejectionList.RunAsync(access, Filter(parsed) with { OnlyKept = true, Before = parsed.GetValue(Before) }, limit, parsed.GetValue(CommonOptions.Json), cancellationToken);
    }

    private static async Task<int> ShowAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var id = Read(parsed.GetValue(One)!);
        using var access = OpsAccess.Open(parsed);
        var view = await access.Quarantine.FindAsync(id, cancellationToken) ?? throw Missing(id);
        if (parsed.GetValue(CommonOptions.Json))
        {
            Output.Json(view, QuarantineJson.Default.RejectionView);
            return 0;
        }

        var facts = Output.Table("Refused request", view.Id);
        facts.AddRow("source", Output.Safe(view.Source)).AddRow("received", Output.Time(view.ReceivedAt)).AddRow("from", view.RemoteAddress ?? "").AddRow("finding", Output.Safe(view.Finding ?? view.Result.ToString()));
        if (view.Target is not null) facts.AddRow("target", Output.Safe(view.Target));
        foreach (var header in view.Headers ?? []) facts.AddRow(Output.Safe(header.Name), Output.Safe(header.Value));
        Output.Person.Write(facts);
        Output.Person.WriteLine($"{view.BodyBytes} bytes{(view.Kept ? "" : ", not kept")}");
        var body = await access.Quarantine.BodyAsync(id, cancellationToken) ?? [];
        foreach (var line in Encoding.UTF8.GetString(body.AsSpan(0, Math.Min(body.Length, MostOfBody))).Split('\n')) Output.Person.WriteLine(SafeText.OneLine(line.TrimEnd('\r'), MostOfBody));
        if (body.Length > MostOfBody) Output.Person.WriteLine("...");
        return 0;
    }

    private static async Task<int> CheckAsync(ParseResult parsed, bool isRelease, CancellationToken cancellationToken)
    {
        RejectionId? named = parsed.GetValue(Id) is { } text ? Read(text) : null;
        if (isRelease && named is null) Confirm(parsed, "Release every refused request{0} whose signature holds now?");
        using var access = OpsAccess.Open(parsed);
        var found = new List<CheckedView>();
        if (named is { } id) found.Add(await (isRelease ? access.Quarantine.ReleaseAsync(id, cancellationToken) : access.Quarantine.VerifyAsync(id, cancellationToken)) ?? throw Missing(id));
        else await AllAsync(access.Quarantine, Filter(parsed), isRelease, found, cancellationToken);

        if (found.Count == 0) await access.CheckSourceAsync(parsed.GetValue(Source), cancellationToken);
        if (parsed.GetValue(CommonOptions.Json)) Output.Json(found, QuarantineJson.Default.IReadOnlyListCheckedView);
        else Print(Output.Person, found);
        return found.All(item => item.Result != CheckedResult.DoesNotHold) ? 0 : 1;
    }

    private static Task AllAsync(IQuarantineOperations operations, RejectionFilter filter, bool isRelease, List<CheckedView> found, CancellationToken cancellationToken) => Job.RunAsync(isRelease ? "Release" : "Verify", async tell =>
    {
        for (filter = filter with { Limit = StepSize }; ;)
        {
            var step = await (isRelease ? operations.ReleaseAllAsync(filter, cancellationToken) : operations.VerifyAllAsync(filter, cancellationToken));
            found.AddRange(step.Items);
            tell(found.Count);
            if (step.Next is null) return;
            filter = filter with { Before = step.Next };
        }
    });

    private static async Task<int> PurgeAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        RejectionId? named = parsed.GetValue(Id) is { } text ? Read(text) : null;
        if (named is null) Confirm(parsed, "Purge every refused request{0} that is kept?");
        using var access = OpsAccess.Open(parsed);
        var done = 0;
        if (named is { } id) done = await access.Quarantine.PurgeAsync(id, cancellationToken) ? 1 : throw Missing(id);
        else
        {
            await Job.RunAsync("Purge", async tell =>
            {
                for (var filter = Filter(parsed) with { Limit = StepSize * 10 }; ;)
                {
                    var step = await access.Quarantine.PurgeAllAsync(filter, cancellationToken);
                    done += step.Done;
                    tell(done);
                    if (step.Next is null) return;
                    filter = filter with { Before = step.Next };
                }
            });
        }

        if (done == 0) await access.CheckSourceAsync(parsed.GetValue(Source), cancellationToken);
        if (parsed.GetValue(CommonOptions.Json)) Output.Json(new Retries.JobStep(done, null), QuarantineJson.Default.JobStep);
        else Output.Person.WriteLine(done == 0 ? "Nothing is in quarantine." : $"{Output.Count(done, "refused request")} purged.");
        return 0;
    }

    internal static void Print(IAnsiConsole console, IReadOnlyList<CheckedView> found)
    {
        if (found.Count == 0)
        {
            console.WriteLine("Nothing is in quarantine.");
            return;
        }

        var list = new Listing(("Received", Cell.Whole), ("Source", Cell.Whole), ("Result", Cell.Whole), ("Finding", Cell.Text), ("Id", Cell.Id));
        foreach (var item in found) list.Add(Output.Time(item.ReceivedAt), Output.Safe(item.Source), Words(item.Result), Output.Safe(item.Finding), item.Event is null ? item.Id : $"event {item.Event}");
        list.Print(console);
        console.WriteLine(string.Join(", ", found.CountBy(item => item.Result).OrderByDescending(pair => pair.Key).Select(pair => $"{pair.Value} {Plain(pair.Key)}")) + ".");
    }

    private static string Words(CheckedResult result) => result == CheckedResult.DoesNotHold ? $"[red]{Plain(result)}[/]" : $"[green]{Plain(result)}[/]";

    private static string Plain(CheckedResult result) => result switch
    {
        CheckedResult.DoesNotHold => "refused again",
        CheckedResult.Holds => "can be released",
        CheckedResult.Duplicate => "kept before",
        CheckedResult.Question => "a question, no event",
        _ => "released",
    };

    private static void Confirm(ParseResult parsed, string question)
    {
        var of = parsed.GetValue(Source) is { } source ? $" of {SafeText.OneLine(source, 40)}" : "";
        if (!parsed.GetValue(CommonOptions.Yes) && !Output.Confirm(question.Replace("{0}", of, StringComparison.Ordinal))) throw new CommandException("nothing was done");
    }

    private static RejectionFilter Filter(ParseResult parsed) => new() { Source = parsed.GetValue(Source) };

    private static RejectionId Read(string text) =>
        RejectionId.TryParse(text, out var id) ? id : throw new CommandException($"{SafeText.OneLine(text, 60)} is no id of a refused request; sluice quarantine list shows them");

    private static CommandException Missing(RejectionId id) => new($"there is no refused request {id}, or its bytes are not kept");
}
