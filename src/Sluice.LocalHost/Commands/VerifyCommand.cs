using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Sluice.Events;
using Sluice.LocalHost.Captures;
using Sluice.LocalHost.Hosting;
using Spectre.Console;

namespace Sluice.LocalHost.Commands;

/// <summary><c>sluice verify [SOURCE]</c>: whether the signature of a captured request holds, and where it does not, why.</summary>
internal sealed class VerifyCommand : Command
{
    public VerifyCommand() : base("verify", "Says whether a captured request's signature holds, and if not why")
    {
        VerifyOptions.AddTo(this);
        SetAction(RunAsync);
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var options = VerifyOptions.Read(parsed);
        var sources = VerifySources.Find(parsed, options);
        var people = new VerifyOutput(Output.Person);
        if (options is { Har: { } har, Entry: null }) return await Named(har, () => RunAllAsync(options, har, sources, people, parsed.GetValue(CommonOptions.Json), cancellationToken));

        var file = options.Har ?? options.Request ?? options.Headers!;
        var answer = await Named(file, () => ExamineAsync(sources, Read(options), options, cancellationToken));
        if (parsed.GetValue(CommonOptions.Json)) Output.Json(answer, VerifyJson.Default.VerifyAnswer);
        else people.Full(answer);
        return answer.Holds ? 0 : 1;
    }

    private static async Task<VerifyAnswer> ExamineAsync(VerifySources sources, CapturedRequest request, VerifyOptions options, CancellationToken cancellationToken)
    {
        var source = sources.Of(request) ?? throw new CommandException(sources.Unclear(request));
        return VerifyWords.Fit(await VerifyAnswer.OfAsync(sources, source, request, options.At, TimeProvider.System.GetUtcNow(), cancellationToken), sources, options);
    }

    private static async Task<int> RunAllAsync(VerifyOptions options, string file, VerifySources sources, VerifyOutput people, bool json, CancellationToken cancellationToken)
    {
        using var stream = CaptureFile.Open(file);
        var entries = new HarFile(stream);
        var (hold, refused, others, posts) = (0, 0, 0, 0);
        if (json) Console.Out.Write('[');
        try
        {
            while (entries.Next() is { } entry)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (entry.Request?.Method == "POST") posts++;
                var answer = await ExamineAsync(sources, entry, options, cancellationToken);
                if (answer is null) others++;
                else if (answer.Holds) hold++;
                else refused++;
                if (answer is null) continue;
                if (!json) people.Line(answer);
                else Console.Out.Write($"{(hold + refused > 1 ? "," : "")}{Environment.NewLine}{JsonSerializer.Serialize(answer, VerifyJson.Default.VerifyAnswer)}");
            }
        }
        finally
        {
            // What was found before a file broke off is a whole answer too.
            if (json) Console.Out.WriteLine(']');
        }

        if (hold + refused == 0) throw new CaptureException($"has {Output.Count(others, "entry")}, {Output.Count(posts, "POST")} among them, and none that looks like a webhook of {Names(sources)}; choose one with --entry N");
        if (!json) Output.Person.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{hold} {(hold == 1 ? "holds" : "hold")}, {refused} {(refused == 1 ? "does" : "do")} not{(others > 0 ? $"; {Output.Count(others, "other entry")} passed over" : "")}."));
        return refused == 0 ? 0 : 1;
    }

    /// <summary>Null where the entry is another one's.</summary>
    private static async Task<VerifyAnswer?> ExamineAsync(VerifySources sources, HarEntry entry, VerifyOptions options, CancellationToken cancellationToken)
    {
        if (entry.Request is not { } request) return VerifyAnswer.Unreadable(entry.Number, entry.Fault!);
        if (sources.Of(request) is not { } source || !VerifySources.IsFor(source, request)) return null;
        if (entry.Fault is { } fault) return VerifyAnswer.Unreadable(entry.Number, fault);
        try
        {
            return VerifyWords.Fit(await VerifyAnswer.OfAsync(sources, source, request, options.At, TimeProvider.System.GetUtcNow(), cancellationToken), sources, options) with { Entry = entry.Number };
        }
        catch (CaptureException e)
        {
            return VerifyAnswer.Unreadable(entry.Number, e.Message);
        }
    }

    private static CapturedRequest Read(VerifyOptions options)
    {
        if (options.Request is { } whole) return RawRequest.Read(CaptureFile.Read(whole, CaptureFile.LargestRequest));
        return options.Har is { } har ? ReadEntry(har, options.Entry!.Value) : ReadParts(options);
    }

    private static CapturedRequest ReadEntry(string file, int number)
    {
        using var stream = CaptureFile.Open(file);
        var entries = new HarFile(stream);
        var last = 0;
        while (entries.Next() is { } entry)
        {
            last = entry.Number;
            if (last == number) return entry.Fault is null ? entry.Request! : throw new CaptureException($"has an entry {number} that {entry.Fault}");
        }

        throw new CaptureException($"has {Output.Count(last, "entry")}; --entry {number} is none of them");
    }

    private static CapturedRequest ReadParts(VerifyOptions options)
    {
        var head = HeaderFile.Read(CaptureFile.Read(options.Headers!, HeaderFile.Largest));
        var remarks = new List<string>();
        var body = BodyLength.Check(head.Headers, ReadBody(options.Body!), remarks);
        var target = head.Target.Length > 0 ? (head.Target, head.Url) : options.Url is { } url ? CapturedRequest.ReadTarget(url.OriginalString) ?? ("", null) : ("", null);
        return new CapturedRequest { Method = options.Method ?? head.Method ?? "POST", Target = target.Item1, Url = target.Item2, Headers = head.Headers, Body = body, Remarks = remarks };
    }

    private static byte[] ReadBody(string file)
    {
        try
        {
            return CaptureFile.Read(file, Configuration.SourceSettings.LargestMaxBodyBytes);
        }
        catch (CaptureException e)
        {
            throw new CommandException($"{Called(file)} {e.Message}");
        }
    }

    private static async Task<T> Named<T>(string file, Func<Task<T>> read)
    {
        try
        {
            return await read();
        }
        catch (CaptureException e)
        {
            throw new CommandException($"{Called(file)} {e.Message}");
        }
    }

    private static string Called(string file) => file == CaptureFile.StandardInput ? "standard input" : SafeText.OneLine(file);

    private static string Names(VerifySources sources) => sources.Named?.Name ?? string.Join(", ", sources.Configuration.Sources.Select(source => source.Name));
}
