using Sluice.Contracts;

namespace Sluice.Hosts.Tests.Processes;

/// <summary>Faults at system calls, by strace: SQLite's sync here is fsync and its write pwrite64. Calls are counted in each thread.</summary>
internal static class Strace
{
    private static readonly Lazy<bool> Works = new(() =>
    {
        if (!OperatingSystem.IsLinux()) return false;
        try
        {
            return ShortProcess.RunAsync(new("strace", ["-qq", "-e", "trace=none", "true"])).GetAwaiter().GetResult().ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    });

    public static void SkipWhereMissing() => Assert.SkipUnless(Works.Value, "strace is not there, or may not trace: apt-get install strace");

    public static string[] Kill(string call, int when) => Inject(call, $"signal=SIGKILL:when={when}");

    public static string[] Fail(string call, int when) => Inject(call, $"error=EIO:when={when}");

    private static string[] Inject(string call, string what) => ["strace", "-f", "-qq", "-o", "/dev/null", "-e", $"trace={call}", "-e", $"inject={call}:{what}"];
}
