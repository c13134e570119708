namespace Sluice.Hosts.Tests.Processes;

/// <summary>What <c>sluice up</c> says to people.</summary>
public sealed class BannerTests
{
    private const string Secret = "0123456789abcdef0123456789abcdef";

    [Fact]
    public async Task A_source_that_has_learned_its_secret_is_told_so_at_the_next_start()
    {
        using var folder = new WorkFolder();
        File.WriteAllText(folder.Config, """{ "Sluice": { "Sources": { "tasks": { "Provider": "asana" } } } }""");
        Assert.EndsWith("(asana, learns its secret from the sender's first handshake)", await SourceLineAsync(folder), StringComparison.Ordinal);
        await using (var sluice = await RunningSluice.StartAsync(folder))
        {
            Assert.Equal(0, (await folder.RunAsync("send", "asana", "--handshake", "--secret", Secret)).ExitCode);
            Assert.Equal(0, await sluice.TerminateAsync());
        }

        Assert.EndsWith("(asana, has learned its secret)", await SourceLineAsync(folder), StringComparison.Ordinal);
    }

    // Of a start for people, ended as soon as it has said so.
    private static async Task<string> SourceLineAsync(WorkFolder folder)
    {
        using var process = System.Diagnostics.Process.Start(SluiceProgram.Command(folder.Path, ["up", "--config", folder.Config, "--data", folder.Data, "--urls", "http://127.0.0.1:0"]))!;
        try
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(45));
            while (await process.StandardOutput.ReadLineAsync(limit.Token) is { } line)
            {
                if (!line.StartsWith("source", StringComparison.Ordinal)) continue;
                SluiceProgram.Terminate(process.Id);
                await process.StandardOutput.ReadToEndAsync(limit.Token);
                await process.WaitForExitAsync(limit.Token);
                return line.TrimEnd();
            }

            throw new InvalidOperationException(await process.StandardError.ReadToEndAsync(limit.Token));
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }
}
