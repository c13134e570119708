using System.Runtime.InteropServices;

namespace Sluice.Bench.Servers;

/// <summary>The signals that .NET has no call for.</summary>
internal static class Signals
{
    private const int SigTerm = 15;

    // Not the same number everywhere: Linux on one side, macOS and the BSDs on the other.
    private static readonly int _stop = OperatingSystem.IsLinux() ? 19 : 17;
    private static readonly int _continue = OperatingSystem.IsLinux() ? 18 : 19;

    public static bool Terminate(int process) => Send(process, SigTerm) == 0;

    public static bool Freeze(int process) => Send(process, _stop) == 0;

    public static bool Thaw(int process) => Send(process, _continue) == 0;

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Send(int process, int signal);
}
