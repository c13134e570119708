using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sluice.LocalHost.Hosting;

/// <summary>The folder that one running Sluice owns: the book, what the other commands need to find it, demo secrets.</summary>
internal sealed class DataFolder(string path)
{
    public const string DefaultName = "sluice-data";

    public string Path { get; } = System.IO.Path.GetFullPath(path);

    public string DemoConfigurationFile => System.IO.Path.Combine(Path, "demo.json");

    private string HostFile => System.IO.Path.Combine(Path, "host.json");

    private string LockFile => System.IO.Path.Combine(Path, "lock");

    /// <summary>Makes the folder where it is missing, for the owner alone: it holds secrets.</summary>
    /// <exception cref="CommandException">It cannot be made or written.</exception>
    public void Create()
    {
        try
        {
            if (OperatingSystem.IsWindows()) Directory.CreateDirectory(Path);
            else if (!Directory.Exists(Path)) Directory.CreateDirectory(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"cannot make the data folder {Path} ({e.Message}); name another with --data");
        }
    }

    /// <summary>Takes the folder for this process until the answer is disposed of, or the process ends in whatever way. Null when another has it.</summary>
    /// <exception cref="CommandException">The folder cannot be written.</exception>
    public IDisposable? TryLock()
    {
        try
        {
            return new FileStream(LockFile, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new CommandException($"cannot write the data folder {Path} ({e.Message}); give this user write access or name another with --data");
        }
        catch (IOException) when (File.Exists(LockFile))
        {
            return null;
        }
        catch (IOException e)
        {
            throw new CommandException($"cannot write the data folder {Path} ({e.Message}); make room or name another with --data");
        }
    }

    /// <summary>Tells the other commands where the running host is. Readable by the owner alone.</summary>
    public void WriteHost(RunningHost host) => WriteSecret(HostFile, JsonSerializer.Serialize(host, HostJson.Default.RunningHost));

    public void DeleteHost() => File.Delete(HostFile);

    /// <summary>Where the running host is; null when none has said so.</summary>
    public RunningHost? ReadHost()
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllText(HostFile), HostJson.Default.RunningHost);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Writes a file that only the owner may read, from its first byte on.</summary>
    public static void WriteSecret(string file, string content)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var fresh = file + ".new";
        File.Delete(fresh);
        using (var writer = new StreamWriter(fresh, options)) writer.Write(content);
        File.Move(fresh, file, overwrite: true);
    }
}

/// <summary>Where a running host listens, and the token of its ops.</summary>
internal sealed record RunningHost(string Url, string Token, int ProcessId);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(RunningHost))]
internal sealed partial class HostJson : JsonSerializerContext;

/// <summary>What a person is told in one line, with exit code 1.</summary>
internal sealed class CommandException(string message) : Exception(message);
