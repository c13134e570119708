using System.CommandLine;
using Sluice.Events;
using Sluice.Inspection;
using Sluice.LocalHost.Hosting;

namespace Sluice.LocalHost.Commands;

/// <summary>The options that say which events.</summary>
internal static class EventFilterOptions
{
    public static readonly Option<string?> Source = new("--source") { Description = "Only events of this source", HelpName = "NAME" };
    public static readonly Option<string?> Type = new("--type") { Description = "Only this type; * stands for any characters", HelpName = "T" };
    private static readonly Option<string?> Status = new("--status") { Description = "Only this status: Delivered, Retrying, Pending, DeadLettered, Expired, Skipped or Kept", HelpName = "S" };

    public static void AddTo(Command command)
    {
        command.Add(Source);
        command.Add(Type);
        command.Add(Status);
    }

    /// <exception cref="CommandException">There is no such status.</exception>
    public static EventFilter Read(ParseResult parsed)
    {
        var status = parsed.GetValue(Status);
        if (status is not null && !EventRecord.Statuses.Contains(status, StringComparer.OrdinalIgnoreCase)) throw new CommandException($"--status {SafeText.OneLine(status, 40)} is none; write one of {string.Join(", ", EventRecord.Statuses)}");
        return new() { Source = parsed.GetValue(Source), Type = parsed.GetValue(Type), Status = status };
    }
}
