using Sluice.Contracts;

namespace Sluice.Hosts.Tests.Processes;

/// <summary>A small file system of its own, which a test can fill. Needs root.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly string folder;

    private SmallDisk(string folder) => this.folder = folder;

    public string Path => folder;

    private string Filler => System.IO.Path.Combine(folder, "filler");

    public static SmallDisk MountOrSkip(string folder, int megabytes)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "mounting a small disk needs Linux and root");
        Directory.CreateDirectory(folder);
        Assert.SkipUnless(Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", folder) == 0, "tmpfs cannot be mounted here");
        return new SmallDisk(folder);
    }

    /// <summary>Takes all room but a little.</summary>
    public void Fill(int leaveBytes)
    {
        using var file = new FileStream(Filler, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        var block = new byte[4096];
        try
        {
            while (new DriveInfo(folder).AvailableFreeSpace > leaveBytes) file.Write(block);
        }
        catch (IOException)
        {
            // Full to the last byte.
        }
    }

    public void MakeRoom() => File.Delete(Filler);

    public void Dispose() => Run("umount", "-l", folder);

    private static int Run(string program, params string[] arguments) => ShortProcess.RunAsync(new(program, arguments)).GetAwaiter().GetResult().ExitCode;
}
