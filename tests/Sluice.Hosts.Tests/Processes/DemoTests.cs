using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Sluice.Contracts;

namespace Sluice.Hosts.Tests.Processes;

/// <summary><c>sluice up</c> for someone who has nothing yet, and the commands that it prints.</summary>
public sealed partial class DemoTests
{
    [Fact]
    public async Task Without_a_configuration_a_demo_is_made_and_the_printed_commands_work()
    {
        using var folder = new WorkFolder();
        File.Delete(folder.Config);
        var (up, said) = await UpAsync(folder);
        using (up)
        {
            var demo = Path.Combine(folder.Data, "demo.json");
            AssertForTheOwnerAlone(demo);
            AssertForTheOwnerAlone(Path.Combine(folder.Data, "host.json"));
            Assert.Contains("(made for you, with secrets of its own)", said, StringComparison.Ordinal);

            foreach (var command in Commands().Matches(said).Select(match => match.Value.Trim()))
            {
                var ended = await SluiceProgram.RunAsync(folder.Path, Arguments(command, folder));
                Assert.Equal(0, ended.ExitCode);
                Assert.Contains(command.EndsWith("events", StringComparison.Ordinal) ? "payment_intent.succeeded" : "200 accepted", ended.Success, StringComparison.Ordinal);
            }

            SluiceProgram.Terminate(up.Id);
            Assert.True(up.WaitForExit(RealTime.Longest), "it does not end though it was told to");
            Assert.Equal(0, up.ExitCode);
            Assert.False(File.Exists(Path.Combine(folder.Data, "host.json")));
        }
    }

    [Theory]
    [InlineData("stripe")]
    [InlineData("github")]
    [InlineData("slack")]
    [InlineData("shopify")]
    [InlineData("standard-webhooks")]
    public async Task Each_demo_source_accepts_what_send_sends(string provider)
    {
        using var folder = new WorkFolder();
        File.Delete(folder.Config);
        var (up, _) = await UpAsync(folder);
        using (up)
        {
            Assert.StartsWith("200 accepted ", (await SluiceProgram.RunAsync(folder.Path, "send", provider, "--data", folder.Data)).Success, StringComparison.Ordinal);
            up.Kill();
            Assert.True(up.WaitForExit(RealTime.Longest), "it does not end though it was killed");
        }
    }

    [Fact]
    public async Task Each_demo_has_secrets_of_its_own_and_a_second_start_keeps_them()
    {
        using var one = new WorkFolder();
        using var other = new WorkFolder();
        var (first, again, second) = (await DemoAsync(one), await DemoAsync(one), await DemoAsync(other));
        Assert.Equal(first, again);
        Assert.Empty(Secrets(first).Intersect(Secrets(second)));
        Assert.Equal(5, Secrets(first).Count);
    }

    private static void AssertForTheOwnerAlone(string file)
    {
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    private static List<string> Secrets(string demo) =>
        [.. JsonNode.Parse(demo, documentOptions: new() { CommentHandling = System.Text.Json.JsonCommentHandling.Skip })!["Sluice"]!["Sources"]!.AsObject().Select(source => source.Value!["Secrets"]![0]!.GetValue<string>())];

    private static async Task<string> DemoAsync(WorkFolder folder)
    {
        File.Delete(folder.Config);
        var (up, _) = await UpAsync(folder);
        using (up)
        {
            up.Kill();
            Assert.True(up.WaitForExit(RealTime.Longest), "it does not end though it was killed");
        }

        return await File.ReadAllTextAsync(Path.Combine(folder.Data, "demo.json"));
    }

    // Reads what it says up to the last line of it.
    private static async Task<(Process Up, string Said)> UpAsync(WorkFolder folder)
    {
        var up = Process.Start(SluiceProgram.Command(folder.Path, ["up", "--data", folder.Data, "--urls", "http://127.0.0.1:0"]))!;
        up.BeginErrorReadLine();
        var said = "";
        try
        {
            while (!said.TrimEnd().EndsWith(" events", StringComparison.Ordinal))
            {
                said += await up.StandardOutput.ReadLineAsync().InTimeAsync($"another line after {said}") is { } line ? line + "\n" : throw new InvalidOperationException($"it ended after {said}");
            }

            return (up, said);
        }
        catch
        {
            if (!up.HasExited) up.Kill(entireProcessTree: true);
            up.Dispose();
            throw;
        }
    }

    // From a checkout it is "dotnet run --project FOLDER --", as the installed tool "sluice"; what follows are this program's arguments.
    private static string[] Arguments(string command, WorkFolder folder)
    {
        var words = command.Split(' ');
        if (words[0] == "sluice") return words[1..];
        Assert.Equal(["dotnet", "run", "--project"], words[..3]);
        Assert.True(File.Exists(Path.Combine(folder.Path, words[3], "Sluice.LocalHost.csproj")), $"no project in {words[3]}");
        Assert.Equal("--", words[4]);
        return words[5..];
    }

    [GeneratedRegex("^  (sluice|dotnet) .*$", RegexOptions.Multiline)]
    private static partial Regex Commands();
}
