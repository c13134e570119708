using System.Diagnostics;
using System.Text;

namespace Sluice.Contracts;

/// <summary>A program that does something and ends; one that does not end in time is killed with all it has started.</summary>
/// <param name="Output">What it wrote on standard output.</param>
/// <param name="Error">What it wrote on standard error.</param>
public sealed record ShortProcess(int ExitCode, byte[] Output, string Error)
{
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(5);

    public string Text => Encoding.UTF8.GetString(Output);

    /// <param name="input">What it reads on standard input.</param>
    /// <exception cref="TimeoutException">It did not end in time.</exception>
    /// <exception cref="System.ComponentModel.Win32Exception">It cannot be started.</exception>
    public static async Task<ShortProcess> RunAsync(ProcessStartInfo start, ReadOnlyMemory<byte> input = default)
    {
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        using var process = Process.Start(start)!;
        using var output = new MemoryStream();
        using var error = new MemoryStream();
        using var limit = new CancellationTokenSource(RealTime.Longest);
        var said = Task.WhenAll(process.StandardOutput.BaseStream.CopyToAsync(output, limit.Token), process.StandardError.BaseStream.CopyToAsync(error, limit.Token));
        try
        {
            await WriteAsync(process, input, limit.Token).ConfigureAwait(false);
            await process.WaitForExitAsync(limit.Token).ConfigureAwait(false);
            // Whoever it has started may hold its output open.
            await said.ConfigureAwait(false);
            return new(process.ExitCode, output.ToArray(), Encoding.UTF8.GetString(error.ToArray()));
        }
        catch (OperationCanceledException)
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
            await Task.WhenAny(said, Task.Delay(LastWords, CancellationToken.None)).ConfigureAwait(false);
            throw new TimeoutException(
                $"{start.FileName} {string.Join(' ', start.ArgumentList)} did not end within {RealTime.Longest.TotalSeconds} s: {Encoding.UTF8.GetString(output.ToArray())} {Encoding.UTF8.GetString(error.ToArray())}");
        }
    }

    private static async Task WriteAsync(Process process, ReadOnlyMemory<byte> input, CancellationToken cancellationToken)
    {
        try
        {
            await using var stream = process.StandardInput.BaseStream;
            await stream.WriteAsync(input, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException)
        {
            // It ended without reading all of it.
        }
    }
}
