using System.Text;
using Sluice.Contracts;
using Sluice.Contracts.Catalogue;
using Sluice.Hosts.Tests.Processes;

namespace Sluice.Hosts.Tests.Verify;

/// <summary>Files that are not what they are said to be: one line that names the file and the fix, and exit code 1.</summary>
public sealed class VerifyFileTests : IDisposable
{
    private readonly VerifyFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("nowhere.http", "does not exist")]
    [InlineData(".", "is a folder")]
    [InlineData("empty", "is empty")]
    [InlineData("rubbish", "has a control character in line 1")]
    [InlineData("large", "is larger than 32 MiB")]
    [InlineData("body", "has a body larger than 16 MiB")]
    [InlineData("escapes", "does not begin with a request line")]
    public async Task A_file_that_is_no_request(string name, string fault)
    {
        folder.Write("empty", "");
        folder.Write("rubbish", [1, 2, 3, 0, 255, .. new byte[1000]]);
        folder.Write("large", new byte[(32 * 1024 * 1024) + 1]);
        folder.Write("body", [.. "POST / HTTP/1.1\n\n"u8, .. new byte[(16 * 1024 * 1024) + 1]]);
        folder.Write("escapes", "whsec_do_not_print_me [red]x[/] and more\n\n");
        foreach (var option in (string[])["--request", "--har", "--headers"])
        {
            var ended = await folder.RunAsync([option, name, .. option == "--headers" ? ["--body", "empty"] : Array.Empty<string>(), "--provider", "github", "--secret", "abc"]);
            Assert.Equal((1, ""), (ended.ExitCode, ended.Answer.Trim('[', ']', '\r', '\n')));
            var line = Assert.Single(ended.ErrorLines);
            Assert.StartsWith($"sluice: {name} ", line, StringComparison.Ordinal);
            if (option == "--request" || name is "nowhere.http" or "." or "empty") Assert.StartsWith($"sluice: {name} {fault}", line, StringComparison.Ordinal);
            Assert.DoesNotContain("do_not_print", line, StringComparison.Ordinal);
            Assert.DoesNotContain(line, char.IsControl);
        }
    }

    [Fact]
    public async Task A_device_without_end_is_read_to_the_limit()
    {
        Assert.SkipUnless(File.Exists("/dev/zero"), "there is no /dev/zero here");
        Assert.Contains("is larger than 32 MiB", Assert.Single((await folder.RunAsync("--request", "/dev/zero", "--provider", "github", "--secret", "abc")).ErrorLines), StringComparison.Ordinal);
        folder.Write("headers", "A: 1\n");
        Assert.Contains("/dev/zero is larger than 16 MiB", Assert.Single((await folder.RunAsync("--headers", "headers", "--body", "/dev/zero", "--provider", "github", "--secret", "abc")).ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_cannot_be_read()
    {
        // Its first page is mapped to nothing: reading it fails for everybody.
        const string Memory = "/proc/self/mem";
        Assert.SkipUnless(File.Exists(Memory), "there is no /proc here");
        Assert.Equal($"sluice: {Memory} cannot be read; name a file that this user may read", Assert.Single((await folder.RunAsync("--request", Memory, "--provider", "github", "--secret", "abc")).ErrorLines));
        Assert.Equal($"sluice: {Memory} cannot be read; name a file that this user may read", Assert.Single((await folder.RunAsync("--har", Memory, "--provider", "github", "--secret", "abc")).ErrorLines));
    }

    [Fact]
    public async Task Neither_a_name_nor_a_header_commands_the_terminal()
    {
        var ended = await folder.RunAsync("--request", "\u001b[31mx\u0007", "--provider", "github", "--secret", "abc");
        Assert.DoesNotContain(Assert.Single(ended.ErrorLines), char.IsControl);
        var said = await folder.RunAsync("--request", folder.Write("c1.http", "POST /api/webhooks/x\u009b31m HTTP/1.1\nX-Hub-Signature-256: sha256=\u009b31m[red]\n\n{}"), "--provider", "github", "--secret", "abc");
        Assert.DoesNotContain(said.Answer + said.Error, character => char.IsControl(character) && character is not ('\n' or '\r'));
    }

    [Fact]
    public async Task Standard_input_is_a_file_too()
    {
        var start = SluiceProgram.Command(folder.Path, ["verify", "--request", "-", "--provider", "github", "--secret", CatalogueTable.Of("github").Keys!("github", 0).Signs]);
        var said = (await ShortProcess.RunAsync(start, VerifyFolder.Raw(CatalogueSource.Of("github").Send()))).Text;
        Assert.StartsWith("The signature holds.", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_configuration_it_says_what_to_give()
    {
        var file = folder.Write("request.http", Encoding.ASCII.GetString(VerifyFolder.Raw(CatalogueSource.Of("github").Send())));
        Assert.Contains("name the sender with --provider and give its secret with --secret", Assert.Single((await folder.RunAsync("--request", file)).ErrorLines), StringComparison.Ordinal);
        var secretless = Assert.Single((await folder.RunAsync("--request", file, "--provider", "github")).ErrorLines);
        Assert.StartsWith("sluice: provider github: Secrets has no secret", secretless, StringComparison.Ordinal);
        Assert.Contains("--secret", secretless, StringComparison.Ordinal);
        Assert.Contains("what is to be verified?", Assert.Single((await folder.RunAsync()).ErrorLines), StringComparison.Ordinal);
        Assert.Contains("--headers and --body belong together", Assert.Single((await folder.RunAsync("--headers", file)).ErrorLines), StringComparison.Ordinal);
        Assert.Contains("--headers and --body belong together", Assert.Single((await folder.RunAsync("--body", file)).ErrorLines), StringComparison.Ordinal);
    }
}
