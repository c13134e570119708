using Sluice.Contracts;

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
        Assert.EndsWith("(asana, learns its secret from the sender's first handshake)", await LineAsync(folder, "source"), StringComparison.Ordinal);
        await using (var sluice = await RunningSluice.StartAsync(folder))
        {
            Assert.Equal(0, (await folder.RunAsync("send", "asana", "--handshake", "--secret", Secret)).ExitCode);
            Assert.Equal(0, await sluice.TerminateAsync());
        }

        Assert.EndsWith("(asana, has learned its secret)", await LineAsync(folder, "source"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Registered_destinations_are_one_line_and_removed_ones_none()
    {
        using var folder = new WorkFolder();
        File.WriteAllText(folder.Config, """{ "Sluice": { "Sources": { "stripe": { "Provider": "stripe", "Secrets": ["whsec_0123456789abcdef0123456789abcdef"] } } } }""");
        await using (var sluice = await RunningSluice.StartAsync(folder))
        {
            foreach (var name in new[] { "crm", "erp", "gone" }) Assert.Equal(0, (await folder.RunAsync("destination", "add", name, "--url", $"https://{name}.example/")).ExitCode);
            Assert.Equal(0, (await folder.RunAsync("destination", "pause", "erp")).ExitCode);
            Assert.Equal(0, (await folder.RunAsync("destination", "remove", "gone", "--pending", "skip")).ExitCode);
            Assert.Equal(0, await sluice.TerminateAsync());
        }

        Assert.Equal("destination  2 registered (1 of them paused or disabled: sluice destination list)", await LineAsync(folder, "destination"));
    }

    // Of a start for people, ended as soon as it has said so.
    private static async Task<string> LineAsync(WorkFolder folder, string label)
    {
        using var process = System.Diagnostics.Process.Start(SluiceProgram.Command(folder.Path, ["up", "--config", folder.Config, "--data", folder.Data, "--urls", "http://127.0.0.1:0"]))!;
        try
        {
            using var limit = new CancellationTokenSource(RealTime.Longest);
            while (await process.StandardOutput.ReadLineAsync(limit.Token) is { } line)
            {
                if (!line.StartsWith(label, StringComparison.Ordinal)) continue;
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
