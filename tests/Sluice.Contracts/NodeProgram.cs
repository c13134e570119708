using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text;

namespace Sluice.Contracts;

/// <summary>One of the programs in tests/senders, kept running: a JSON line in, a JSON line out.</summary>
public sealed class NodeProgram : IAsyncDisposable
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    private readonly Process process;
    private readonly SemaphoreSlim turn = new(1);

    private NodeProgram(Process process) => this.process = process;

    private static string Folder => Path.GetFullPath("../senders", Path.GetDirectoryName(ThisFile())!);

    /// <summary>The program, or null and why it cannot run here.</summary>
    public static NodeProgram? Start(string file, out string missing)
    {
        missing = "";
        if (!Directory.Exists(Path.Combine(Folder, "node_modules")))
        {
            missing = "the senders' libraries are not installed: run npm ci in tests/senders";
            return null;
        }

        try
        {
            return new NodeProgram(Process.Start(new ProcessStartInfo("node", file)
            {
                WorkingDirectory = Folder,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                StandardInputEncoding = Utf8,
                StandardOutputEncoding = Utf8,
            })!);
        }
        catch (Win32Exception e)
        {
            missing = $"node cannot be started: {e.Message}";
            return null;
        }
    }

    /// <summary>The answers to these lines, in their order.</summary>
    public async Task<string[]> AskAsync(IReadOnlyList<string> lines, CancellationToken cancellationToken)
    {
        if (!await turn.WaitAsync(RealTime.Longest, cancellationToken)) throw new TimeoutException($"node is still busy with others' lines after {RealTime.Longest.TotalSeconds} s: {lines[0]}");
        try
        {
            var writing = WriteAsync(lines, cancellationToken);
            var answers = new string[lines.Count];
            for (var i = 0; i < answers.Length; i++)
                answers[i] = await process.StandardOutput.ReadLineAsync(cancellationToken).AsTask().InTimeAsync($"node answers {lines[i]}") ?? throw new InvalidOperationException($"node ended at line {i}: {lines[i]}");
            await writing.InTimeAsync("node reads what it is asked");
            return answers;
        }
        finally
        {
            turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        process.StandardInput.Close();
        try
        {
            await process.WaitForExitAsync().InTimeAsync("node ends when nothing more is asked");
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
            process.Dispose();
        }

        turn.Dispose();
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;

    private async Task WriteAsync(IReadOnlyList<string> lines, CancellationToken cancellationToken)
    {
        foreach (var line in lines) await process.StandardInput.WriteAsync((line + "\n").AsMemory(), cancellationToken);
        await process.StandardInput.FlushAsync(cancellationToken);
    }
}
