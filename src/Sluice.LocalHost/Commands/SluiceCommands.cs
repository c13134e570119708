using System.CommandLine;
using System.CommandLine.Parsing;
using Microsoft.Data.Sqlite;
using Sluice.Events;
using Sluice.Inspection;
using Sluice.LocalHost.Hosting;
using Sluice.LocalHost.Sqlite;
using Sluice.Storage;

namespace Sluice.LocalHost.Commands;

/// <summary>All commands, and the one place where what goes wrong becomes a line and an exit code.</summary>
internal static class SluiceCommands
{
    private const int LongestLine = 2000;

    public static async Task<int> RunAsync(string[] args)
    {
        if (args is [] or ["up", ..] || args[0].StartsWith('-')) WarmUp.Start();
        var up = new UpCommand();
        var root = new RootCommand("Takes webhooks in, proves who sent them, keeps them and delivers them.");
        root.Add(CommonOptions.Config);
        root.Add(CommonOptions.Data);
        root.Add(CommonOptions.Json);
        foreach (var option in up.Options) root.Add(option);
        root.Action = up.Action;
        root.Add(up);
        root.Add(new SendCommand());
        root.Add(new VerifyCommand());
        root.Add(new ProvidersCommand());
        root.Add(new EventsCommand());
        root.Add(new ShowCommand());
        root.Add(new ReplayCommand());
        root.Add(new DeadCommand());
        root.Add(new QuarantineCommand());
        root.Add(new DestinationCommand());
        root.Add(new ReconcileCommand());
        root.Add(new BackupCommand());
        root.Add(new ConfigCommand());

        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            await Console.Error.WriteLineAsync($"sluice: {SafeText.OneLine(Explain(parsed.Errors[0]))}; see sluice {Path(parsed.CommandResult)}--help");
            return 1;
        }

        try
        {
            // The host listens to signals itself and takes its time; nobody else may end the process.
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }
        catch (Exception e) when (Explain(e) is { } line)
        {
            foreach (var one in line.ReplaceLineEndings("\n").Split('\n')) await Console.Error.WriteLineAsync($"sluice: {SafeText.OneLine(one, LongestLine)}");
            return 1;
        }
    }

    // The library names a type of the language where a person wrote no number.
    private static string Explain(ParseError error) =>
        error.SymbolResult is OptionResult { Option: { } option, Tokens: [{ } token, ..] } && (Nullable.GetUnderlyingType(option.ValueType) ?? option.ValueType) is var type && (type == typeof(int) || type == typeof(double))
            ? $"{option.Name} is '{token.Value}'; write a number"
            : error.Message.TrimEnd('.');

    private static string? Explain(Exception e) => e switch
    {
        CommandException or NewerDatabaseException or CursorException => e.Message,
        StoreUnavailableException => $"the store cannot be used: {e.Message}",
        SqliteException sqlite => $"the store cannot be used: {Database.Unavailable(sqlite).Message}",
        HttpRequestException => $"the host cannot be reached: {e.Message}",
        OperationCanceledException => "interrupted",
        _ => null,
    };

    private static string Path(CommandResult command) => command.Parent is CommandResult parent ? $"{Path(parent)}{command.Command.Name} " : "";
}
