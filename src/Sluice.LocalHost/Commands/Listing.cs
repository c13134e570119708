using System.Globalization;
using Spectre.Console;

namespace Sluice.LocalHost.Commands;

/// <summary>
/// A list for people: a table where the terminal is wide enough for it, else two or three lines for each item, its id first. Either way only
/// free text is broken into lines, never an id, a date or a number.
/// </summary>
internal sealed class Listing(params (string Name, Cell Kind)[] columns)
{
    /// <summary>What free text wants at least beside other columns.</summary>
    private const int Narrowest = 30;

    private const string Gap = "  ";

    private readonly List<string[]> rows = [];

    /// <param name="cells">As markup, one for each column.</param>
    public void Add(params string[] cells) => rows.Add(cells);

    public void Print(IAnsiConsole console)
    {
        // Each column has a space on both sides and a line before it, and a line stands behind the last.
        var least = columns.Select((column, i) => Math.Max(column.Name.Length, rows.Select(row => Width(row[i])).Max(width => column.Kind == Cell.Text ? Math.Min(width, Narrowest) : width))).Sum(width => width + 3) + 1;
        if (least <= console.Profile.Width) console.Write(Table());
        else foreach (var row in rows) Block(console, row);
    }

    private Table Table()
    {
        var table = new Table { Border = TableBorder.Rounded };
        foreach (var (name, kind) in columns) table.AddColumn(new TableColumn(name) { NoWrap = kind != Cell.Text });
        foreach (var row in rows) table.AddRow(row);
        return table;
    }

    private void Block(IAnsiConsole console, string[] row)
    {
        var line = "";
        for (var i = 0; i < columns.Length; i++)
        {
            if (columns[i].Kind == Cell.Id) console.MarkupLine($"[bold]{row[i]}[/]");
        }

        for (var i = 0; i < columns.Length; i++)
        {
            if (columns[i].Kind == Cell.Id || row[i].Length == 0) continue;
            var cell = columns[i].Kind == Cell.Number ? $"{columns[i].Name.ToLower(CultureInfo.InvariantCulture)} {row[i]}" : row[i];
            if (line.Length > 0 && Gap.Length + Width(line) + Gap.Length + Width(cell) > console.Profile.Width) Flush();
            line = line.Length == 0 ? cell : line + Gap + cell;
        }

        Flush();

        void Flush()
        {
            console.Write(new Padder(new Markup(line), new Padding(Gap.Length, 0, 0, 0)));
            line = "";
        }
    }

    private static int Width(string cell) => Markup.Remove(cell).GetCellWidth();
}

/// <summary>What a column of a <see cref="Listing"/> holds.</summary>
internal enum Cell
{
    /// <summary>Names and dates: never broken.</summary>
    Whole = 0,

    /// <summary>The item's own name: never broken, and first where there is no table.</summary>
    Id,

    /// <summary>Says nothing without the column's name: never broken.</summary>
    Number,

    /// <summary>Sentences: broken where the line ends.</summary>
    Text,
}
