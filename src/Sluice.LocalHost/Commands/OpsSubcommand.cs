using System.CommandLine;

namespace Sluice.LocalHost.Commands;

/// <summary>A subcommand that asks the running host, another, or the store itself.</summary>
internal static class OpsSubcommand
{
    /// <param name="symbols">Its arguments and options beside those that say whom to ask.</param>
    public static Command Of(string name, string description, Func<ParseResult, CancellationToken, Task<int>> action, params Symbol[] symbols)
    {
        var command = new Command(name, description);
        foreach (var symbol in symbols)
        {
            if (symbol is Argument argument) command.Add(argument);
            else command.Add((Option)symbol);
        }

        command.Add(CommonOptions.Remote);
        command.Add(CommonOptions.Token);
        command.SetAction(action);
        return command;
    }
}
