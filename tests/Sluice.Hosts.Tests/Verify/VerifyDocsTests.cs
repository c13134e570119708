using System.Text;
using System.Text.RegularExpressions;
using Sluice.Contracts;

namespace Sluice.Hosts.Tests.Verify;

/// <summary>What docs/signatures.md says that a command prints is what it prints. SLUICE_WRITE_DOCS=1 writes it anew.</summary>
public sealed partial class VerifyDocsTests
{
    private const string Page = "docs/signatures.md";

    [Fact]
    public async Task Every_command_on_the_page_prints_what_stands_under_it()
    {
        using var folder = new VerifyFolder();
        Directory.CreateDirectory(Path.Combine(folder.Path, "samples"));
        foreach (var file in Directory.GetFiles(VerifyFolder.Samples, "*.http")) File.Copy(file, Path.Combine(folder.Path, "samples", Path.GetFileName(file)));
        folder.Write("pretty.http", Pretty(File.ReadAllText(Path.Combine(VerifyFolder.Samples, "github.http"))));

        var page = Checkout.Read(Page).ReplaceLineEndings("\n");
        var blocks = Blocks().Matches(page);
        Assert.Equal(3, blocks.Count);
        var said = new StringBuilder(page);
        foreach (var block in blocks.Reverse())
        {
            var ended = await folder.RunAsync([.. Words().Matches(block.Groups["command"].Value).Select(word => word.Value.Trim('"'))]);
            Assert.Empty(ended.Error);
            // When it is asked is the reader's.
            var lines = ended.Answer.ReplaceLineEndings("\n").Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => !line.EndsWith("(now)", StringComparison.Ordinal)).Select(line => line.TrimEnd());
            var output = block.Groups["output"];
            said.Remove(output.Index, output.Length).Insert(output.Index, string.Concat(lines.Select(line => $"{line}\n")));
        }

        if (Environment.GetEnvironmentVariable("SLUICE_WRITE_DOCS") == "1") await File.WriteAllTextAsync(Checkout.PathOf(Page), said.ToString(), TestContext.Current.CancellationToken);
        else Assert.True(page == said.ToString(), $"{Page} is not what the commands print; SLUICE_WRITE_DOCS=1 writes it anew:\n{said}");
    }

    private static readonly System.Text.Json.JsonSerializerOptions Indented = new() { WriteIndented = true };

    // Parsed and written by a program: the same JSON, other bytes.
    private static string Pretty(string request)
    {
        var body = request.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4;
        var pretty = System.Text.Json.Nodes.JsonNode.Parse(request[body..])!.ToJsonString(Indented);
        Assert.NotEqual(request[body..], pretty);
        return Length().Replace(request[..body], $"Content-Length: {pretty.Length}") + pretty;
    }

    [GeneratedRegex("""```console\n\$ sluice verify (?<command>[^\n]+)\n(?<output>[^`]*)```""")]
    private static partial Regex Blocks();

    [GeneratedRegex("\"[^\"]*\"|[^ ]+")]
    private static partial Regex Words();

    [GeneratedRegex("Content-Length: [0-9]+")]
    private static partial Regex Length();
}
