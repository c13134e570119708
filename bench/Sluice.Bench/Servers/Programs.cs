namespace Sluice.Bench.Servers;

/// <summary>A server to start: <c>dotnet Assembly Arguments --urls ...</c> in a folder of its own.</summary>
public sealed record ServerProgram(string Name, string Assembly, IReadOnlyList<string> Arguments, string Folder);

/// <summary>The servers that are measured, found where the build put them.</summary>
public static class Programs
{
    // artifacts/bin/Sluice.Bench/release/: its last part says which build of the others belongs to this one.
    private static readonly DirectoryInfo _here = new(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));

    public static string Artifacts => Path.GetFullPath(Path.Combine(_here.FullName, "..", "..", ".."));

    public static ServerProgram Echo(string folder) => new("echo", Find("Sluice.Bench.Echo", "Sluice.Bench.Echo.dll"), [], folder);

    public static ServerProgram Sluice(string folder, int workers)
    {
        var config = Path.Combine(folder, "sluice.json");
        File.WriteAllText(config, $$"""
            { "Sluice": {
                "Workers": {{workers}},
                "Sources": { "stripe": { "Provider": "stripe", "Secrets": ["whsec_bench"] } },
                "Destinations": { "sink": { "Handler": "log", "Sources": ["stripe"] } } } }
            """);
        return new("sluice", Find("Sluice.LocalHost", "sluice.dll"), ["up", "--config", config, "--data", Path.Combine(folder, "data")], folder);
    }

    private static string Find(string project, string assembly)
    {
        if (!string.Equals(_here.Name, "release", StringComparison.Ordinal))
            throw new BenchException("unoptimised builds are not worth measuring: run it with -c Release");

        var path = Path.Combine(Artifacts, "bin", project, _here.Name, assembly);
        return File.Exists(path) ? path : throw new BenchException($"{path} is missing; dotnet run -c Release --project bench/Sluice.Bench builds it");
    }
}
