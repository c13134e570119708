using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Sluice.Configuration;
using Sluice.Delivery;
using Sluice.Providers;

namespace Sluice.LocalHost.Hosting;

/// <summary>
/// Where the configuration comes from: the file named, else <c>sluice.json</c> in the working folder, else the environment alone if it
/// names a source, else the demo in the data folder. The environment overrides the file.
/// </summary>
internal sealed class ConfigurationFile
{
    public const string DefaultName = "sluice.json";

    private IReadOnlyDictionary<string, string> secretFiles = new Dictionary<string, string>();
    private string stamp = "";

    private ConfigurationFile(string? path, bool isDemo) => (Path, IsDemo) = (path, isDemo);

    /// <summary>Null when only the environment speaks.</summary>
    public string? Path { get; }

    public bool IsDemo { get; }

    /// <summary>Whether the file or one of the secret files is another than the last reading met, however that ended.</summary>
    public bool HasChanged => (Path is not null && SecretResolver.Stamp(Path) != stamp) || secretFiles.Any(file => SecretResolver.Stamp(file.Key) != file.Value);

    /// <exception cref="CommandException">The file named does not exist.</exception>
    public static ConfigurationFile Find(string? named, DataFolder data)
    {
        if (named is not null)
        {
            var path = System.IO.Path.GetFullPath(named);
            return File.Exists(path) ? new(path, false) : throw new CommandException($"there is no configuration file {path}; name an existing one with --config");
        }

        if (File.Exists(DefaultName)) return new(System.IO.Path.GetFullPath(DefaultName), false);
        if (new ConfigurationBuilder().AddEnvironmentVariables().Build().GetSection("Sluice:Sources").GetChildren().Any()) return new(null, false);
        return new(data.DemoConfigurationFile, true);
    }

    /// <summary>Reads and prepares it all; what is wrong is in <paramref name="errors"/>.</summary>
    /// <exception cref="CommandException">The file cannot be read at all.</exception>
    public SluiceConfiguration Read(HandlerCatalog handlers, ICollection<ConfigurationError> errors)
    {
        var builder = new ConfigurationBuilder();
        if (Path is not null)
        {
            // Before the reading: what is written meanwhile is then a change.
            stamp = SecretResolver.Stamp(Path);
            try
            {
                builder.AddJsonStream(new MemoryStream(File.ReadAllBytes(Path)));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new CommandException($"cannot read {Path} ({e.Message})");
            }
        }

        try
        {
            var configuration = builder.AddEnvironmentVariables().Build();
            var secrets = new SecretResolver(Environment.GetEnvironmentVariable, Path is null ? Directory.GetCurrentDirectory() : System.IO.Path.GetDirectoryName(Path)!);
            var read = SluiceConfiguration.Build(configuration, ProviderCatalog.Default, handlers, secrets, errors, tokens: secrets);
            secretFiles = secrets.Files;
            if (!configuration.GetSection("Sluice").Exists()) errors.Add(new("Sluice", $"is missing in {Path}; put all settings into an object named Sluice"));
            return read;
        }
        catch (Exception e) when (e is FormatException or InvalidDataException or JsonException)
        {
            throw new CommandException($"{Path} is not valid JSON: {e.InnerException?.Message ?? e.Message}");
        }
    }

    /// <summary>All errors in one line each, or nothing.</summary>
    /// <exception cref="CommandException">There are errors.</exception>
    public SluiceConfiguration ReadOrThrow(HandlerCatalog handlers)
    {
        var errors = new List<ConfigurationError>();
        var read = Read(handlers, errors);
        return errors.Count == 0 ? read : throw new CommandException(string.Join(Environment.NewLine, errors));
    }
}
