using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using Sluice.Contracts;

namespace Sluice.Hosts.Tests.Processes;

/// <summary>A command that takes its time, and somebody who does not wait for its end.</summary>
public sealed class InterruptTests
{
    [Theory]
    [InlineData("--misbehave")]
    [InlineData("--count", "3")]
    public async Task It_ends_with_a_line(params string[] more)
    {
        await using var stranger = await Stranger.StartSilentAsync();
        using var folder = new WorkFolder();
        using var process = Process.Start(SluiceProgram.Command(folder.Path, ["send", "stripe", "--url", stranger.Url, "--config", folder.Config, "--data", folder.Data, .. more]))!;
        await stranger.Arrived.InTimeAsync();
        SluiceProgram.Terminate(process.Id);
        var (answer, error) = (process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).InTimeAsync();
        Assert.Equal((1, "", "sluice: interrupted"), (process.ExitCode, await answer.InTimeAsync(), (await error.InTimeAsync()).Trim()));
    }

    [Fact]
    public async Task Ctrl_C_at_a_terminal_leaves_the_cursor_where_it_can_be_seen()
    {
        Assert.SkipUnless(RuntimeInformation.IsOSPlatform(OSPlatform.Linux) && File.Exists("/usr/bin/script"), "there is no script, which plays a terminal: apt-get install bsdutils");
        await using var stranger = await Stranger.StartSilentAsync();
        using var folder = new WorkFolder();
        var inner = SluiceProgram.Command(folder.Path, ["send", "stripe", "--misbehave", "--url", stranger.Url, "--config", folder.Config, "--data", folder.Data]);
        // What a program writes last before it ends does not always reach who reads its terminal: the error goes to a file.
        var errors = Path.Combine(folder.Path, "errors");
        // The shell that script starts would hear Ctrl+C too, and some say so in place of the program's own exit code: it makes room.
        var start = new ProcessStartInfo("/usr/bin/script", ["-qec", "exec " + string.Join(' ', inner.ArgumentList.Prepend(inner.FileName).Select(part => $"'{part}'")) + $" 2>'{errors}'", "/dev/null"])
        {
            WorkingDirectory = folder.Path, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.Environment["TERM"] = "xterm-256color";
        start.Environment["SHELL"] = "/bin/sh";
        using var terminal = Process.Start(start)!;
        var shown = new StringBuilder();
        var isHidden = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var reading = ReadAsync();
        await stranger.Arrived.InTimeAsync();
        await isHidden.Task.InTimeAsync("the cursor is hidden");
        await terminal.StandardInput.WriteAsync('\u0003');
        await terminal.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
        await terminal.WaitForExitAsync(TestContext.Current.CancellationToken).InTimeAsync();
        await reading.InTimeAsync();

        var text = shown.ToString();
        Assert.True(text.LastIndexOf("\u001b[?25h", StringComparison.Ordinal) > text.LastIndexOf("\u001b[?25l", StringComparison.Ordinal), text.Replace('\u001b', '~'));
        Assert.Equal("sluice: interrupted\n", await File.ReadAllTextAsync(errors, TestContext.Current.CancellationToken));
        Assert.Equal(1, terminal.ExitCode);

        async Task ReadAsync()
        {
            var piece = new char[1024];
            for (int read; (read = await terminal.StandardOutput.ReadAsync(piece, TestContext.Current.CancellationToken)) > 0;)
            {
                shown.Append(piece, 0, read);
                if (shown.ToString().Contains("\u001b[?25l", StringComparison.Ordinal)) isHidden.TrySetResult();
            }
        }
    }
}
