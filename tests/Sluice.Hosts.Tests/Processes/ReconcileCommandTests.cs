using System.Text.Json.Nodes;
using Sluice.Contracts.SenderApis;

namespace Sluice.Hosts.Tests.Processes;

/// <summary><c>sluice reconcile</c>, beside a running host and without one, over doubles of the senders' APIs.</summary>
public sealed class ReconcileCommandTests : IAsyncLifetime
{
    private const string StripeToken = "sk_test_of_the_double";
    private const string GitHubToken = "ghp_of_the_double";

    private readonly StripeDouble stripe = new(TimeProvider.System);
    private readonly GitHubDouble github = new(TimeProvider.System);
    private WorkFolder folder = null!;

    public async ValueTask InitializeAsync()
    {
        await stripe.ListenAsync();
        await github.ListenAsync();
        folder = new WorkFolder();
        folder.Write("stripe.token", StripeToken + "\n");
        Configure("file:stripe.token");
    }

    public async ValueTask DisposeAsync()
    {
        await stripe.DisposeAsync();
        await github.DisposeAsync();
        folder.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_is_missing_is_brought_in_once(bool isRunning)
    {
        await using var sluice = await StartAsync(isRunning);
        stripe.Happened("evt_1", DateTimeOffset.UtcNow.AddMinutes(-10));
        Assert.Equal((1, 1, 0), Numbers(await folder.RunAsync("reconcile", "stripe", "--since", "1d", "--dry-run", "--json"), "missing"));
        Assert.Equal((1, 1, 1), Numbers(await folder.RunAsync("reconcile", "stripe", "--json"), "missing"));
        Assert.Equal((1, 0, 0), Numbers(await folder.RunAsync("reconcile", "stripe", "--json"), "missing"));
        var kept = Assert.Single(JsonNode.Parse((await folder.RunAsync("events", "--json")).Success)!.AsArray())!;
        Assert.Equal(("stripe", "invoice.paid"), (kept["source"]!.GetValue<string>(), kept["type"]!.GetValue<string>()));
    }

    [Fact]
    public async Task People_get_a_table_of_all_sources_and_of_what_was_missing()
    {
        await using var sluice = await StartAsync(isRunning: true);
        stripe.Happened("evt_missed", DateTimeOffset.UtcNow.AddMinutes(-10));
        github.Sent(new("guid-missed", "issues.opened", "{}", DateTimeOffset.UtcNow.AddMinutes(-10)));
        var said = (await folder.RunAsync("reconcile")).Success;
        foreach (var word in new[] { "stripe", "github", "evt_missed", "guid-missed", "fetched", "asked for again", "issues.opened" }) Assert.Contains(word, said, StringComparison.Ordinal);
        Assert.DoesNotContain(StripeToken, said + sluice!.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain(GitHubToken, said + sluice.Errors, StringComparison.Ordinal);
        foreach (var file in Directory.GetFiles(folder.Data).Where(file => !file.EndsWith("lock", StringComparison.Ordinal)))
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var kept = new MemoryStream();
            await stream.CopyToAsync(kept, TestContext.Current.CancellationToken);
            foreach (var token in new[] { StripeToken, GitHubToken }) Assert.Equal(-1, kept.ToArray().AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(token)));
        }
    }

    [Fact]
    public async Task Without_a_host_it_says_that_what_was_asked_for_needs_one()
    {
        await using var sluice = await StartAsync(isRunning: false);
        github.Sent(new("guid-1", "issues.opened", "{}", DateTimeOffset.UtcNow.AddMinutes(-10)));
        var ended = await folder.RunAsync("reconcile", "github", "--json");
        Assert.Equal(0, ended.ExitCode);
        Assert.Contains("no host runs here", Assert.Single(ended.ErrorLines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_refused_token_is_a_line_and_exit_code_one_and_is_not_said(bool isRunning)
    {
        Configure("sk_test_a_wrong_one");
        await using var sluice = await StartAsync(isRunning);
        var ended = await folder.RunAsync("reconcile", "stripe");
        Assert.Equal(1, ended.ExitCode);
        Assert.Equal("sluice: stripe: Stripe does not know the token (401); put a valid one into Reconcile:Token", Assert.Single(ended.ErrorLines));
        Assert.Equal("", ended.Answer);
        Assert.DoesNotContain("sk_test", ended.Answer + ended.Error + sluice?.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("there is no source nobody; sluice reconcile alone takes all that can be compared", "nobody")]
    [InlineData("--since soon is no time gone by; write 90m, 12h, 3d, or a moment such as 2026-11-22T12:00:00Z", "stripe", "--since", "soon")]
    [InlineData("--since 2099-01-01 is no time gone by; write 90m, 12h, 3d, or a moment such as 2026-11-22T12:00:00Z", "stripe", "--since", "2099-01-01")]
    public async Task What_makes_no_sense_is_said_in_a_line(string said, params string[] arguments)
    {
        await using var sluice = await StartAsync(isRunning: true);
        var ended = await folder.RunAsync(["reconcile", .. arguments]);
        Assert.Equal(1, ended.ExitCode);
        Assert.Equal($"sluice: {said}", Assert.Single(ended.ErrorLines));
    }

    [Fact]
    public async Task A_source_without_the_section_is_told_to_have_one()
    {
        File.WriteAllText(folder.Config, """{ "Sluice": { "Sources": { "stripe": { "Provider": "stripe", "Secrets": ["x"] }, "shop": { "Provider": "shopify", "Secrets": ["x"] } } } }""");
        await using var sluice = await StartAsync(isRunning: true);
        Assert.Equal("sluice: no source can be compared with its sender's log; give one a section Reconcile (docs/reconcile.md)", Assert.Single((await folder.RunAsync("reconcile")).ErrorLines));
        Assert.Equal("sluice: stripe: source stripe says nothing of how its sender is asked; give it a section Reconcile", Assert.Single((await folder.RunAsync("reconcile", "stripe")).ErrorLines));
        Assert.Contains("those that have one are github, gitlab, paypal, square, stripe", Assert.Single((await folder.RunAsync("reconcile", "shop")).ErrorLines), StringComparison.Ordinal);
    }

    private static (int Listed, int Missing, int Fetched) Numbers(Ended ended, string missing)
    {
        var report = Assert.Single(JsonNode.Parse(ended.Success)!.AsArray())!;
        return (report["listed"]!.GetValue<int>(), report[missing]!.GetValue<int>(), report["fetched"]!.GetValue<int>());
    }

    private void Configure(string token) => File.WriteAllText(folder.Config, $$"""
        {
          "Sluice": {
            "Sources": {
              "stripe": { "Provider": "stripe", "Secrets": ["whsec_test"], "Reconcile": { "Token": "{{token}}", "ApiUrl": "{{stripe.Url}}" } },
              "github": { "Provider": "github", "Secrets": ["test"], "Reconcile": { "Token": "{{GitHubToken}}", "Hook": "repos/octocat/hello-world/hooks/42", "ApiUrl": "{{github.Url}}" } }
            }
          }
        }
        """);

    // Null when the host is to be down.
    private async Task<RunningSluice?> StartAsync(bool isRunning)
    {
        var sluice = await RunningSluice.StartAsync(folder);
        if (isRunning) return sluice;
        Assert.Equal(0, await sluice.TerminateAsync());
        await sluice.DisposeAsync();
        return null;
    }
}
