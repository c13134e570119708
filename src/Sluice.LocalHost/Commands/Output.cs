using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Sluice.Events;
using Spectre.Console;

namespace Sluice.LocalHost.Commands;

/// <summary>How answers are printed: JSON for programs, colours and tables for people.</summary>
internal static class Output
{
    private static readonly Lazy<IAnsiConsole> Shared = new(() =>
    {
        // A pipe has neither colours nor a width: nothing may be cut off there.
        if (!Console.IsOutputRedirected) return AnsiConsole.Create(new AnsiConsoleSettings());
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors });
        console.Profile.Width = 240;
        return console;
    });

    public static IAnsiConsole Person => Shared.Value;

    public static void Json<T>(T value, JsonTypeInfo<T> type) => Console.Out.WriteLine(JsonSerializer.Serialize(value, type));

    /// <summary>What came from outside, fit for a table cell.</summary>
    public static string Safe(string text) => Markup.Escape(SafeText.OneLine(text));

    public static string Time(DateTimeOffset time) => time.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>A status in its colour.</summary>
    public static string Status(string status) => status switch
    {
        nameof(DeliveryStatus.Delivered) => $"[green]{status}[/]",
        nameof(DeliveryStatus.DeadLettered) => $"[red]{status}[/]",
        nameof(DeliveryStatus.Retrying) or nameof(DeliveryStatus.Pending) => $"[yellow]{status}[/]",
        _ => status,
    };

    public static Table Table(params string[] columns)
    {
        var table = new Table { Border = TableBorder.Rounded };
        foreach (var column in columns) table.AddColumn(new TableColumn(column) { NoWrap = column is "Id" or "Received" or "Started" or "Status" or "Result" });
        return table;
    }

    /// <summary>A number and its thing, in one or in several.</summary>
    public static string Count(long count, string one) => count == 1 ? $"1 {one}" : $"{count} {(one.EndsWith('y') ? $"{one[..^1]}ies" : $"{one}s")}";

    /// <summary>Asks before something that cannot be undone. Without a terminal nobody can answer, so --yes is asked for.</summary>
    public static bool Confirm(string question) =>
        Console.IsInputRedirected ? throw new Hosting.CommandException($"{question} Say --yes to go on.") : Person.Confirm(question, defaultValue: false);
}
