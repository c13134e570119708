using System.Globalization;
using Sluice.Diagnosis;
using Sluice.Providers;
using Spectre.Console;

namespace Sluice.LocalHost.Commands;

/// <summary>What was found, for people: one request in full, many in a line each.</summary>
internal sealed class VerifyOutput(IAnsiConsole console)
{
    private const int Label = 10;
    private const int MostExcerpt = 160;

    public void Full(VerifyAnswer answer)
    {
        console.MarkupLine(Headline(answer));
        Say("source", $"{answer.Source} (provider {answer.Provider})");
        Say("checked", string.Join(", ", new[] { answer.Proof, answer.Key, answer.Tolerance is { } tolerance ? $"tolerance {Span(tolerance)}" : null }.OfType<string>()));
        if (answer.At is { } at) Say("as of", $"{Moment(at)} ({answer.AtFrom})");
        if (answer.SignedAt is { } signedAt) Say("signed at", Moment(signedAt));
        foreach (var cause in answer.Causes)
        {
            Say("cause", cause.Text, "red");
            Say("fix", cause.Fix, "green");
        }

        foreach (var remark in answer.Remarks) Say("note", remark, "yellow");
        if (answer.Signed is { } signed) Excerpt(answer, signed);
    }

    public void Line(VerifyAnswer answer)
    {
        var what = answer.Fault is not null ? $"[yellow]unreadable[/]: {Output.Safe(answer.Fault)}"
            : answer.Holds ? "[green]holds[/]"
            : $"[red]{answer.Result}[/]{Output.Safe(answer.Causes.Count == 0 ? "" : $": {string.Join("; and ", answer.Causes.Select(cause => cause.Text))}")}{Output.Safe(answer.Remarks.Count == 0 ? "" : $" (note: {string.Join("; ", answer.Remarks)})")}";
        console.MarkupLine($"[grey]#{answer.Entry}[/] {(answer.At is { } at ? $"{Moment(at)} " : "")}{(answer.Source is { } source ? $"{source} " : "")}{what}");
    }

    private static string Headline(VerifyAnswer answer)
    {
        if (answer.Holds) return "[green]The signature holds.[/]";
        if (answer.Result == SignatureResult.KeyUnavailable) return "[yellow]Nobody can say: the sender's key could not be fetched from where it keeps it.[/] Look at this machine's way to the network, or try again in a minute.";
        if (answer.IsOnlyTime)
        {
            var signed = answer.SignedAt is { } moment ? moment.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture) : "TIME";
            var apart = answer is { SignedAt: { } then, At: { } at } ? Span(at - then) : "too far";
            var isAhead = answer.Result == SignatureResult.TimestampInFuture;
            return $"[yellow]Genuine, but {(isAhead ? $"signed {apart} ahead" : $"{apart} old")}: refused as of {(answer.AtFrom == VerifyAnswer.Now ? "now" : "then")}.[/] To check it as of its arrival pass --at {signed}";
        }

        return $"[red]The signature does not hold: {answer.Result}.[/]{(answer.Causes.Count == 0 ? " No usual mistake explains it." : "")}";
    }

    // What was received and what was signed, one above the other, with a mark under the first character that is another.
    private void Excerpt(VerifyAnswer answer, SignedText signed)
    {
        var differs = signed.Sent is { } sent ? FirstDifference(signed.Received, sent) : -1;
        // A long text is shown around the place that matters, and no line is longer than the terminal: what is wrapped cannot be compared.
        var most = Math.Clamp(console.Profile.Width - Label - 4, 20, MostExcerpt);
        var start = Math.Max(0, differs - (most / 2));
        Say(answer.Holds || answer.IsOnlyTime ? "signed" : "received", Part(signed.Received, start, most));
        if (signed.Sent is null) return;
        Say("signed", Part(signed.Sent, start, most));
        if (differs < 0) return;
        var column = (start > 0 ? 1 : 0) + signed.Received[start..differs].GetCellWidth();
        Say("", $"{new string(' ', column)}^{(signed.DiffersAt is { } at ? string.Create(CultureInfo.InvariantCulture, $" byte {at}") : "")}", "red");
    }

    private static int FirstDifference(string one, string other)
    {
        var same = one.AsSpan().CommonPrefixLength(other);
        return same == one.Length && same == other.Length ? -1 : same;
    }

    private static string Part(string text, int start, int most)
    {
        var part = text.AsSpan(start, Math.Min(most, text.Length - start));
        return $"{(start > 0 ? "…" : "")}{part}{(start + part.Length < text.Length ? "…" : "")}";
    }

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
