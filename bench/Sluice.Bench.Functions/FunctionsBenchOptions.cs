using System.Globalization;

namespace Sluice.Bench;

/// <summary>What was asked for on the command line.</summary>
public sealed record FunctionsBenchOptions
{
    public const string Usage = """
        dotnet run -c Release --project bench/Sluice.Bench.Functions -- [options]
          --rounds N      rounds (11)
          --requests N    measured requests per side and round, in turns of 1000 (20000)
          --quick         2 rounds, 5000 requests: shows that everything runs, says little about speed
          --check         exit code 1 if the goal is missed
        Exit code 0, or 2 if something broke.
        """;

    public int Rounds { get; init; } = 11;

    public int Requests { get; init; } = 20_000;

    public bool Quick { get; init; }

    public bool Check { get; init; }

    public static FunctionsBenchOptions Parse(IReadOnlyList<string> arguments)
    {
        var options = new FunctionsBenchOptions();
        int? rounds = null, requests = null;
        for (var i = 0; i < arguments.Count; i++)
        {
            switch (arguments[i])
            {
                case "--quick": options = options with { Quick = true }; break;
                case "--check": options = options with { Check = true }; break;
                case "--rounds": rounds = Number(); break;
                case "--requests": requests = Number(); break;
                default: throw new BenchException($"unknown option {arguments[i]}\n{Usage}");
            }

            int Number() => ++i < arguments.Count && int.TryParse(arguments[i], NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is > 0 and <= 1_000_000
                ? number
                : throw new BenchException($"{arguments[i - 1]} needs a number from 1 to 1000000\n{Usage}");
        }

        // What is asked for by number wins over --quick, in whichever order they come.
        return options with { Rounds = rounds ?? (options.Quick ? 2 : options.Rounds), Requests = requests ?? (options.Quick ? 5_000 : options.Requests) };
    }
}
