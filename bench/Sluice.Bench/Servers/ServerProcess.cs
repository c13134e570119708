using System.ComponentModel;
using System.Diagnostics;

namespace Sluice.Bench.Servers;

/// <summary>A started server.</summary>
public sealed class ServerProcess : IDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);

    private readonly ServerProgram _program;
    private readonly Process _process;
    private readonly OutputTail _output;
    private bool _disposed;

    public ServerProcess(ServerProgram program)
    {
        _program = program;
        Port = FreePort.Find();
        var start = new ProcessStartInfo
        {
            // The one that runs this bench, where dotnet run says so.
            FileName = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet",
            WorkingDirectory = program.Folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in (string[])[program.Assembly, .. program.Arguments, "--urls", $"http://127.0.0.1:{Port}"])
            start.ArgumentList.Add(argument);
        foreach (var name in start.Environment.Keys.Where(Meddles).ToList())
            start.Environment.Remove(name);

        StartedAt = Stopwatch.GetTimestamp();
        try
        {
            _process = Process.Start(start) ?? throw new BenchException($"{start.FileName} did not start");
        }
        catch (Win32Exception failure)
        {
            throw new BenchException($"{start.FileName} could not be started: {failure.Message}");
        }

        _output = new OutputTail(_process.StandardOutput.BaseStream, _process.StandardError.BaseStream);
    }

    public string Name => _program.Name;

    public int Port { get; }

    /// <summary>Taken before the exec, in <see cref="Stopwatch"/> ticks.</summary>
    public long StartedAt { get; }

    public void ThrowIfGone()
    {
        if (!_process.HasExited) return;

        _output.WaitForEnd();
        throw Failure($"ended with code {_process.ExitCode}");
    }

    public BenchException Failure(string what) => new($"{Name} {what}{_output.Quoted()}");

    /// <summary>A connection that breaks is often the first that is heard of a server's end; its own last words say more.</summary>
    public BenchException BrokenConnection(string how)
    {
        if (!_process.WaitForExit(TimeSpan.FromSeconds(1))) return Failure($"broke a connection: {how}");

        _output.WaitForEnd();
        return Failure($"ended with code {_process.ExitCode} while it was asked");
    }

    /// <summary>Takes it off the processors without ending it. Where there are no signals, it just waits.</summary>
    public void Freeze()
    {
        if (!OperatingSystem.IsWindows() && !Signals.Freeze(_process.Id)) throw Failure("could not be frozen");
    }

    public void Thaw()
    {
        if (!OperatingSystem.IsWindows() && !Signals.Thaw(_process.Id)) throw Failure("could not be thawed");
    }

    /// <summary>Asks it to end, as an operator would, and waits.</summary>
    public void Stop()
    {
        ThrowIfGone();
        Thaw();
        if (OperatingSystem.IsWindows()) _process.Kill();
        else if (!Signals.Terminate(_process.Id)) throw Failure("could not be asked to end");
        if (!_process.WaitForExit(_patience)) throw Failure($"did not end within {_patience.TotalSeconds:0} s of SIGTERM");
    }

    public void Kill()
    {
        try
        {
            _process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has ended by itself, or was disposed of long ago.
        }
    }

    public void Dispose()
    {
        if (_disposed) return;

        _disposed = true;
        Kill();
        _process.WaitForExit(_patience);
        _process.Dispose();
    }

    // The shell of whoever runs this must not change what is measured.
    private static bool Meddles(string variable) =>
        variable.StartsWith("Sluice_", StringComparison.OrdinalIgnoreCase)
        || variable.StartsWith("ASPNETCORE_", StringComparison.OrdinalIgnoreCase)
        || variable is "DOTNET_ENVIRONMENT" or "DOTNET_URLS";
}
