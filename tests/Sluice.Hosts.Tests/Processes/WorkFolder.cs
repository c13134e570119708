using System.Globalization;

namespace Sluice.Hosts.Tests.Processes;

/// <summary>A folder for one test: a configuration and a data folder; gone with the test.</summary>
internal sealed class WorkFolder : IDisposable
{
    public const string Secret = "whsec_test";

    public WorkFolder(params string[] destinations) : this(16, destinations)
    {
    }

    public WorkFolder(int workers, params string[] destinations)
    {
        Path = Directory.CreateTempSubdirectory("sluice-").FullName;
        Data = System.IO.Path.Combine(Path, "data");
        Configure(workers, destinations);
    }

    public string Path { get; }

    /// <summary>The data folder; the program makes it.</summary>
    public string Data { get; set; }

    public string Config => System.IO.Path.Combine(Path, "test.json");

    public string Database => System.IO.Path.Combine(Data, "sluice.db");

    /// <summary>A destination that posts to an address and tries again at once.</summary>
    public static string Http(string name, string url, string more = "") => string.Create(CultureInfo.InvariantCulture, $$"""
        "{{name}}": { "Handler": "http", "Url": "{{url}}", {{more}} "Retry": { "MaxAttempts": 200, "BaseDelay": "00:00:00.2", "Factor": 1, "Jitter": 0 } }
        """);

    /// <summary>A destination that gives up after one attempt.</summary>
    public static string Strict(string name, string url) => $$"""
        "{{name}}": { "Handler": "http", "Url": "{{url}}", "Retry": { "MaxAttempts": 1 } }
        """;

    public void Configure(int workers, params string[] destinations) => File.WriteAllText(Config, $$"""
        {
          "Sluice": {
            "Workers": {{workers.ToString(CultureInfo.InvariantCulture)}},
            "Sources": { "stripe": { "Provider": "stripe", "Secrets": ["{{Secret}}"] } },
            "Destinations": { {{string.Join(",\n", destinations)}} }
          }
        }
        """);

    public string Write(string name, string content)
    {
        var file = System.IO.Path.Combine(Path, name);
        File.WriteAllText(file, content);
        return file;
    }

    /// <summary>Runs a command with this configuration and data folder.</summary>
    public Task<Ended> RunAsync(params string[] arguments) => SluiceProgram.RunAsync(Path, [.. arguments, "--config", Config, "--data", Data]);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
