using System.Globalization;

namespace Sluice.Bench;

/// <summary>What was asked for on the command line.</summary>
public sealed record BenchOptions
{
    public const string Usage = """
        dotnet run -c Release --project bench/Sluice.Bench -- [options]
          --only TOPIC    start, ingest, log, forward, fair or verify; may be repeated (all)
          --rounds N      rounds per row (each row's own number)
          --requests N    measured requests per side and round, in 20 turns (200000)
          --quick         2 rounds, 4000 requests: shows that everything runs, says little about speed
          --json          one object instead of the table
          --check         exit code 1 if a goal is missed
        Exit code 0, or 2 if something broke.
        """;

    private static readonly string[] _topics = ["start", "ingest", "log", "forward", "fair", "verify"];

    public IReadOnlyList<string> Only { get; init; } = _topics;
    public int? Rounds { get; init; }
    public int Requests { get; init; } = 200_000;
    public bool Quick { get; init; }
    public bool Json { get; init; }
    public bool Check { get; init; }

    public static BenchOptions Parse(IReadOnlyList<string> arguments)
    {
        var options = new BenchOptions();
        var only = new List<string>();
        int? rounds = null, requests = null;
        for (var i = 0; i < arguments.Count; i++)
        {
            switch (arguments[i])
            {
                case "--quick": options = options with { Quick = true }; break;
                case "--json": options = options with { Json = true }; break;
                case "--check": options = options with { Check = true }; break;
                case "--only": only.Add(Topic(Value())); break;
                case "--rounds": rounds = Number(Value(), atLeast: 1); break;
                case "--requests": requests = Number(Value(), atLeast: 1000); break;
                default: throw new BenchException($"unknown option {arguments[i]}\n{Usage}");
            }

            string Value() => ++i < arguments.Count ? arguments[i] : throw new BenchException($"{arguments[i - 1]} needs a value\n{Usage}");
        }

        // What is asked for by number wins over --quick, in whichever order they come.
        return options with
        {
            Only = only.Count == 0 ? _topics : only,
            Rounds = rounds ?? (options.Quick ? 2 : null),
            Requests = requests ?? (options.Quick ? 4_000 : options.Requests),
        };
    }

    private static string Topic(string text) =>
        _topics.Contains(text) ? text : throw new BenchException($"--only takes {string.Join(", ", _topics)}, not {text}");

    // The ceiling keeps the prepared requests of a turn in a modest array.
    private static int Number(string text, int atLeast) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= atLeast && number <= 1_000_000
            ? number
            : throw new BenchException($"expected a number from {atLeast} to 1000000, not {text}");
}
