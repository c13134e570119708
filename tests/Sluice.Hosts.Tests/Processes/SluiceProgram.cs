using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using Sluice.Contracts;

namespace Sluice.Hosts.Tests.Processes;

/// <summary>The real executable, as the build lays it beside the tests.</summary>
internal static class SluiceProgram
{
    public static string Dll { get; } = Path.Combine(AppContext.BaseDirectory, "sluice.dll");

    /// <summary>How the program is started: with nothing of its own in the environment and no terminal.</summary>
    /// <param name="before">What it is started by, such as strace with its options.</param>
    public static ProcessStartInfo Command(string folder, IEnumerable<string> arguments, params string[] before)
    {
        Assert.True(File.Exists(Path.ChangeExtension(Dll, "runtimeconfig.json")), $"there is no runtimeconfig.json beside {Dll}");
        string[] all = [.. before, Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", Dll, .. arguments];
        var start = new ProcessStartInfo(all[0], all[1..])
        {
            WorkingDirectory = folder, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("Sluice", StringComparison.OrdinalIgnoreCase)).ToList()) start.Environment.Remove(name);
        return start;
    }

    /// <summary>Runs a command to its end.</summary>
    public static Task<Ended> RunAsync(string folder, params string[] arguments) => RunAsync(Command(folder, arguments));

    /// <param name="input">What it reads on standard input.</param>
    public static async Task<Ended> RunAsync(ProcessStartInfo start, string input = "")
    {
        var ended = await ShortProcess.RunAsync(start, Encoding.UTF8.GetBytes(input));
        return new Ended(ended.ExitCode, ended.Text, ended.Error);
    }

    public static void Terminate(int processId)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "there is no SIGTERM on Windows");
        _ = Signal(processId, 15);
    }

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Signal(int process, int signal);
}

/// <summary>What a command left behind.</summary>
internal sealed record Ended(int ExitCode, string Answer, string Error)
{
    public IReadOnlyList<string> ErrorLines => Error.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>The answer of a command that succeeded without a word on standard error.</summary>
    public string Success
    {
        get
        {
            Assert.True(ExitCode == 0 && Error.Length == 0, $"exit code {ExitCode}: {Error}{Answer}");
            return Answer;
        }
    }
}
