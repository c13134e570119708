namespace Sluice.Bench.Servers;

/// <summary>A server to start: <c>dotnet Assembly Arguments --urls ...</c> in a folder of its own.</summary>
public sealed record ServerProgram(string Name, string Assembly, IReadOnlyList<string> Arguments, string Folder);

/// <summary>The servers that are measured, found where the build put them.</summary>
public static class Programs
{
    /// <summary>What the ops endpoint of a sluice that is measured asks for.</summary>
    public const string OpsToken = "ops-token-of-the-bench";

    // artifacts/bin/Sluice.Bench/release/: its last part says which build of the others belongs to this one.
    private static readonly DirectoryInfo _here = new(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));

    public static string Artifacts => Path.GetFullPath(Path.Combine(_here.FullName, "..", "..", ".."));

    public static ServerProgram Echo(string folder) => new("echo", Find("Sluice.Bench.Echo", "Sluice.Bench.Echo.dll"), [], folder);

    public static ServerProgram Sluice(string folder, int workers) => Sluice(folder, workers, [""" "sink": { "Handler": "log", "Sources": ["stripe"] } """]);

    /// <param name="destinations">Each as an entry of the configuration.</param>
    public static ServerProgram Sluice(string folder, int workers, IReadOnlyList<string> destinations)
    {
        var config = Path.Combine(folder, "sluice.json");
        File.WriteAllText(config, $$"""
            { "Sluice": {
                "Workers": {{workers}},
                "Sources": { "stripe": { "Provider": "stripe", "Secrets": ["whsec_bench"] } },
                "Destinations": { {{string.Join(", ", destinations)}} },
                "Ops": { "Token": "{{OpsToken}}" } } }
            """);
        return new("sluice", Find("Sluice.LocalHost", "sluice.dll"), ["up", "--config", config, "--data", Path.Combine(folder, "data")], folder);
    }

    /// <summary>A destination of a configuration: a server on this machine.</summary>
    public static string Http(string name, int port) => $$""" "{{name}}": { "Handler": "http", "Url": "http://127.0.0.1:{{port}}/hook" } """;

    private static string Find(string project, string assembly)
    {
        if (!string.Equals(_here.Name, "release", StringComparison.Ordinal))
            throw new BenchException("unoptimised builds are not worth measuring: run it with -c Release");

        var path = Path.Combine(Artifacts, "bin", project, _here.Name, assembly);
        return File.Exists(path) ? path : throw new BenchException($"{path} is missing; dotnet run -c Release --project bench/Sluice.Bench builds it");
    }
}
