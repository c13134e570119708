using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using Sluice.Events;

namespace Sluice.LocalHost.Hosting;

/// <summary>Log lines for people: time, level where it matters, message. What strangers sent cannot command the terminal.</summary>
internal sealed class LineFormatter(TimeProvider time) : ConsoleFormatter(LineFormatter.FormatterName)
{
    public const string FormatterName = "line";

    private const int LongestLine = 2000;

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        Span<char> clock = stackalloc char[8];
        time.GetLocalNow().TryFormat(clock, out _, "HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture);
        textWriter.Write(clock);
        textWriter.Write(logEntry.LogLevel switch
        {
            LogLevel.Warning => " warn  ",
            >= LogLevel.Error => " error ",
            LogLevel.Information => " ",
            _ => " debug ",
        });
        textWriter.WriteLine(SafeText.OneLine(logEntry.Formatter(logEntry.State, logEntry.Exception), LongestLine));
        foreach (var line in logEntry.Exception?.ToString().ReplaceLineEndings("\n").Split('\n') ?? []) textWriter.WriteLine(SafeText.OneLine(line, LongestLine));
    }
}
