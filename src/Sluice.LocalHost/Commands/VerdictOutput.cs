using System.Globalization;
using Sluice.Diagnosis;
using Sluice.Providers;
using Spectre.Console;

namespace Sluice.LocalHost.Commands;

/// <summary>Verdicts for people: one in full, many in a line each.</summary>
internal sealed class VerdictOutput(IAnsiConsole console)
{
    private const int Label = 10;
    private const int MostExcerpt = 160;

    public void Full(Verdict verdict)
    {
        console.MarkupLine(Headline(verdict));
        Say("source", $"{verdict.Source} (provider {verdict.Provider})");
        Say("checked", string.Join(", ", new[] { verdict.Proof, verdict.Key, verdict.Tolerance is { } tolerance ? $"tolerance {Span(tolerance)}" : null }.OfType<string>()));
        if (verdict.At is { } at) Say("as of", $"{Moment(at)} ({verdict.AtFrom})");
        if (verdict.SignedAt is { } signedAt) Say("signed at", Moment(signedAt));
        foreach (var cause in verdict.Causes)
        {
            Say("cause", cause.Text, "red");
            Say("fix", cause.Fix, "green");
        }

        foreach (var remark in verdict.Remarks) Say("note", remark, "yellow");
        if (verdict.Signed is { } signed) Excerpt(signed);
    }

    public void Line(Verdict verdict)
    {
        var what = verdict.Fault is not null ? $"[yellow]unreadable[/] {Output.Safe(verdict.Fault)}"
            : verdict.Holds ? "[green]holds[/]"
            : $"[red]{verdict.Result}[/]{Output.Safe(verdict.Causes.Count == 0 ? "" : $": {string.Join("; and ", verdict.Causes.Select(cause => cause.Text))}")}";
        console.MarkupLine($"[grey]#{verdict.Entry}[/] {(verdict.At is { } at ? $"{Moment(at)} " : "")}{(verdict.Source is { } source ? $"{source} " : "")}{what}");
    }

    private static string Headline(Verdict verdict)
    {
        if (verdict.Holds) return "[green]The signature holds.[/]";
        if (verdict.Result == SignatureResult.KeyUnavailable) return "[yellow]Nobody can say: the sender's key could not be fetched from where it keeps it.[/] Look at this machine's way to the network, or try again in a minute.";
        if (verdict.IsOnlyTime)
        {
            var signed = verdict.SignedAt is { } moment ? moment.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture) : "TIME";
            var apart = verdict is { SignedAt: { } then, At: { } at } ? Span(at - then) : "too far";
            var isAhead = verdict.Result == SignatureResult.TimestampInFuture;
            return $"[yellow]Genuine, but {(isAhead ? $"signed {apart} ahead" : $"{apart} old")}: refused as of {(verdict.AtFrom == Verdict.Now ? "now" : "then")}.[/] To check it as of its arrival pass --at {signed}";
        }

        return $"[red]The signature does not hold: {verdict.Result}.[/]{(verdict.Causes.Count == 0 ? " No usual mistake explains it." : "")}";
    }

    // The two texts one above the other, with a mark under the first character that is another.
    private void Excerpt(SignedText signed)
    {
        var differs = signed.Sent is { } sent ? FirstDifference(signed.Received, sent) : -1;
        // A long text is shown around the place that matters.
        var start = Math.Max(0, Math.Min(differs, Math.Max(signed.Received.Length, signed.Sent?.Length ?? 0)) - (MostExcerpt / 2));
        Say("signed", Part(signed.Received, start));
        if (signed.Sent is null) return;
        Say("by sender", Part(signed.Sent, start));
        if (differs < 0) return;
        var column = Part(signed.Received, start)[..Math.Min(differs - start, Part(signed.Received, start).Length)].GetCellWidth();
        Say("", $"{new string(' ', column)}^{(signed.DiffersAt is { } at ? string.Create(CultureInfo.InvariantCulture, $" byte {at}") : "")}", "red");
    }

    private static int FirstDifference(string one, string other)
    {
        var same = one.AsSpan().CommonPrefixLength(other);
        return same == one.Length && same == other.Length ? -1 : same;
    }

    private static string Part(string text, int start) => start >= text.Length ? "" : text.Substring(start, Math.Min(MostExcerpt, text.Length - start));

    // Not wrapped by the console: what is cut into lines cannot be compared.
    private void Say(string label, string value, string style = "default") => console.Write(new Text($"{label,-Label} {value}\n", Style.Parse(style)) { Overflow = Overflow.Fold });

    private static string Moment(DateTimeOffset moment) => moment.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    private static string Span(TimeSpan span) => span.Duration() switch
    {
        { TotalDays: >= 2 } days => $"{(int)days.TotalDays} days",
        { TotalHours: >= 2 } hours => $"{(int)hours.TotalHours} hours",
        { TotalMinutes: >= 2 } minutes => $"{(int)minutes.TotalMinutes} minutes",
        var seconds => $"{(int)seconds.TotalSeconds} seconds",
    };
}
