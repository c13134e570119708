using System.Text;

namespace Sluice.Hosts.Tests.Processes;

/// <summary>What strangers send cannot command the terminal of who looks at it, and a pipe gets no colours.</summary>
public sealed class OutputSafetyTests
{
    private const string Hostile = """{"id":"evt_\u001b[31mred","type":"a\u001b[31m.\u0007\u009bb","text":"RAW"}""";

    [Fact]
    public async Task No_escape_reaches_the_terminal_by_type_id_body_or_a_destination_s_answer()
    {
        await using var destination = await LoopbackDestination.StartAsync(async context =>
        {
            context.Response.StatusCode = 400;
            await context.Response.Body.WriteAsync("no \u001b]0;owned\u0007 \u001b[2J\r\nsecond line"u8.ToArray());
        });
        using var folder = new WorkFolder(WorkFolder.Strict("loopback", destination.Url), """ "log": { "Handler": "log" } """);
        await using var sluice = await RunningSluice.StartAsync(folder);
        using var sender = new StripeSender(sluice.Url);
        var sent = await sender.SendAsync("evt", body: Encoding.UTF8.GetBytes(Hostile.Replace("RAW", "\u001b[5m\u202e[red]not markup[/]", StringComparison.Ordinal)));
        Assert.True(sent.IsAcknowledged);
        await Eventually.DrainedAsync(sluice, TimeSpan.FromSeconds(10));

        foreach (var command in (string[][])[["events"], ["events", "--json"], ["show", sent.Event!], ["show", sent.Event!, "--json"], ["dead", "list"], ["dead", "list", "--json"]])
        {
            var ended = await folder.RunAsync(command);
            AssertHarmless(ended.Success);
            Assert.Contains(sent.Event!, ended.Answer, StringComparison.Ordinal);
        }

        foreach (var command in (string[][])[["show", "\u001b[31mx"], ["replay", "\u001b[31mx"], ["send", "\u001b[31mx"], ["events", "--remote", "\u001b[31mx", "--token", "t"], ["\u001b[31mx"]])
        {
            var ended = await folder.RunAsync(command);
            Assert.Equal(1, ended.ExitCode);
            AssertHarmless(ended.Error);
        }

        Assert.Equal(0, await sluice.TerminateAsync());
        AssertHarmless(sluice.Errors);
        Assert.Contains("loopback", sluice.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Piped_answers_have_no_colours()
    {
        using var folder = new WorkFolder(""" "log": { "Handler": "log" } """);
        await using var sluice = await RunningSluice.StartAsync(folder);
        foreach (var command in (string[][])[["send", "stripe"], ["send", "stripe", "--count", "3"], ["events"], ["dead", "list"], ["config", "check"], ["--help"], ["backup", Path.Combine(folder.Path, "copy.db")]])
            AssertHarmless((await folder.RunAsync(command)).Success);
    }

    private static void AssertHarmless(string text) =>
        Assert.DoesNotContain(text, character => char.IsControl(character) && character is not ('\n' or '\r'));
}
