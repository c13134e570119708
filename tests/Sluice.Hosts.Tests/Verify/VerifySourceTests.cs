using Sluice.Contracts.Catalogue;

namespace Sluice.Hosts.Tests.Verify;

/// <summary>Which source a captured request is verified for.</summary>
public sealed class VerifySourceTests : IDisposable
{
    private readonly VerifyFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task It_is_the_one_in_the_path_else_the_one_whose_headers_are_there()
    {
        folder.Configure(("billing", CatalogueSource.SettingsOf("stripe")), ("code", CatalogueSource.SettingsOf("github")), ("more_code", CatalogueSource.SettingsOf("github", key: 1)));
        var github = CatalogueSource.Of("github").Send();
        Assert.Contains("source     code (provider github)", await HoldsAsync(github with { Target = "/api/webhooks/code" }), StringComparison.Ordinal);
        Assert.Contains("source     billing (provider stripe)", await HoldsAsync(CatalogueSource.Of("stripe").Send() with { Target = "/behind/a/proxy" }, "--at", "1700000000"), StringComparison.Ordinal);

        // Two could have been meant.
        var unclear = await folder.RunAsync("--request", folder.Write("request.http", VerifyFolder.Raw(github with { Target = "/behind/a/proxy" })));
        Assert.Equal((1, "sluice: nothing in the request says which source it is for; name one of billing, code, more_code"), (unclear.ExitCode, Assert.Single(unclear.ErrorLines)));
        Assert.Contains("source     code (provider github)", await HoldsAsync(github with { Target = "/behind/a/proxy" }, "code"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/api/webhooks/github", "the path says github, and there is no such source; there are billing, chat; or use --provider github --secret ...")]
    [InlineData("/api/webhooks/nobody", "the path says nobody, and there is no such source; there are billing, chat; or use --provider github --secret ...")]
    [InlineData("/behind/a/proxy", "by its headers it is a request of GitHub, and there is no source for it; there are billing, chat; or use --provider github --secret ...")]
    public async Task A_request_of_a_sender_that_no_source_is_for_is_told_apart(string target, string fault)
    {
        folder.Configure(("billing", CatalogueSource.SettingsOf("stripe")), ("chat", CatalogueSource.SettingsOf("slack")));
        var ended = await folder.RunAsync("--request", folder.Write("request.http", VerifyFolder.Raw(CatalogueSource.Of("github").Send() with { Target = target })));
        Assert.Equal((1, $"sluice: {fault}"), (ended.ExitCode, Assert.Single(ended.ErrorLines)));
    }

    [Fact]
    public async Task What_is_measured_against_a_given_time_or_address_says_so()
    {
        folder.Configure(("billing", CatalogueSource.SettingsOf("stripe")), ("square", new() { ["Provider"] = "square", ["Secrets:0"] = CatalogueTable.Of("square").Keys!("square", 0).Checks, ["PublicUrl"] = "https://another.example/hooks" }));
        var late = (await folder.RunAsync("billing", "--at", "1700007200", "--request", folder.Write("stripe.http", VerifyFolder.Raw(CatalogueSource.Of("stripe").Send())))).Answer;
        Assert.Contains("behind the time of arrival", late, StringComparison.Ordinal);
        Assert.DoesNotContain("this clock", late, StringComparison.Ordinal);

        var file = folder.Write("square.http", VerifyFolder.Raw(CatalogueSource.Of("square").Send()));
        var wrong = (await folder.RunAsync("square", "--request", file, "--url", CatalogueSource.PublicUrl.Replace("https:", "http:", StringComparison.Ordinal))).Answer;
        Assert.Contains("--url says http", wrong, StringComparison.Ordinal);
        Assert.Contains("give --url the URL exactly as the sender has it", wrong, StringComparison.Ordinal);
        Assert.DoesNotContain("PublicUrl", wrong, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_only_one_is_meant_whatever_the_path_says()
    {
        folder.Configure(("code", CatalogueSource.SettingsOf("github")));
        Assert.Contains("source     code", await HoldsAsync(CatalogueSource.Of("github").Send() with { Target = "/api/webhooks/nobody" }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_provider_names_its_only_source_and_asks_where_there_are_several()
    {
        folder.Configure(("code", CatalogueSource.SettingsOf("github")), ("billing", CatalogueSource.SettingsOf("stripe")), ("shop", CatalogueSource.SettingsOf("stripe", key: 1)));
        Assert.Contains("source     code", await HoldsAsync(CatalogueSource.Of("github").Send(), "--provider", "github"), StringComparison.Ordinal);
        var several = await folder.RunAsync("--request", folder.Write("request.http", VerifyFolder.Raw(CatalogueSource.Of("stripe").Send())), "--provider", "stripe");
        Assert.Equal("sluice: there are several sources of provider stripe; name one of billing, shop", Assert.Single(several.ErrorLines));
    }

    [Fact]
    public async Task Another_secret_and_another_url_can_be_tried_in_place_of_the_configured_ones()
    {
        folder.Configure(("code", CatalogueSource.SettingsOf("github", key: 1)), ("square", new() { ["Provider"] = "square", ["Secrets:0"] = CatalogueTable.Of("square").Keys!("square", 0).Checks }));
        var secret = CatalogueTable.Of("github").Keys!("github", 0).Signs;
        var said = await HoldsAsync(CatalogueSource.Of("github").Send(), "code", "--secret", $"file:{folder.Write("secret", secret + "\r\n")}");
        Assert.Contains("secret 1 of 1", said, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, said, StringComparison.Ordinal);

        var file = folder.Write("square.http", VerifyFolder.Raw(CatalogueSource.Of("square").Send()));
        var without = await folder.RunAsync("square", "--request", file);
        Assert.Contains("source square accepts nothing: Sluice:Sources:square:PublicUrl is missing", Assert.Single(without.ErrorLines), StringComparison.Ordinal);
        Assert.StartsWith("The signature holds.", (await folder.RunAsync("square", "--request", file, "--url", CatalogueSource.PublicUrl)).Success, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_learns_its_secret_waits_for_it_here_and_can_be_given_it()
    {
        var settings = CatalogueSource.SettingsOf("asana");
        settings.Remove("Secrets:0");
        folder.Configure(("tasks", settings));
        var file = folder.Write("request.http", VerifyFolder.Raw(CatalogueSource.Of("asana").Send()));
        var without = await folder.RunAsync("--request", file);
        Assert.Equal((1, "sluice: source tasks waits for the handshake of its sender, which brings its secret, so that there is nothing to check with here; give the secret with --secret"), (without.ExitCode, Assert.Single(without.ErrorLines)));
        Assert.Equal(without.ErrorLines, (await folder.RunAsync("tasks", "--request", file, "--url", CatalogueSource.PublicUrl)).ErrorLines);

        var secret = CatalogueTable.Of("asana").Keys!("asana", 0).Signs;
        Assert.Contains("secret 1 of 1", await HoldsAsync(CatalogueSource.Of("asana").Send(), "tasks", "--secret", secret), StringComparison.Ordinal);
        // With a secret at hand it waits for nothing: what is wrong with that one is said.
        var wrong = await folder.RunAsync("tasks", "--request", file, "--secret", $"'{secret}'");
        Assert.Contains("the configured secret stands in quotes", wrong.Answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Which_of_several_secrets_fitted_is_said_by_its_place()
    {
        var settings = CatalogueSource.SettingsOf("github", key: 1);
        settings["Secrets:1"] = CatalogueTable.Of("github").Keys!("github", 0).Signs;
        folder.Configure(("code", settings));
        Assert.Contains("secret 2 of 2", await HoldsAsync(CatalogueSource.Of("github").Send()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_host_would_say_beside_the_signature_is_a_note()
    {
        var settings = CatalogueSource.SettingsOf("github");
        (settings["MaxBodyBytes"], settings["Paused"], settings["AllowedIps:0"]) = ("10", "true", "192.0.2.1");
        folder.Configure(("code", settings));
        var said = await HoldsAsync(CatalogueSource.Of("github").Send() with { Method = "PUT" });
        foreach (var note in (string[])["this source takes 10 (413)", "it is no POST", "this source is paused (503)", "AllowedIps was not looked at"]) Assert.Contains(note, said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_event_that_is_late_is_taken_where_the_source_takes_late_ones()
    {
        var settings = CatalogueSource.SettingsOf("stripe");
        settings["AcceptLate"] = "true";
        folder.Configure(("billing", settings));
        Assert.Contains("this source takes late events (AcceptLate)", await HoldsAsync(CatalogueSource.Of("stripe").Send()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("there is no source 'nobody'; name one of code", "nobody")]
    [InlineData("'nobody' is no provider; name one of adyen, ", "--provider", "nobody")]
    [InlineData("source code is of provider github, not stripe; leave --provider away", "code", "--provider", "stripe")]
    [InlineData("--set belongs to --provider", "code", "--set", "A=b")]
    [InlineData("whose are --secret", "--secret", "s")]
    [InlineData("--secret names the environment variable SLUICE_NOWHERE, which is not set", "code", "--secret", "env:SLUICE_NOWHERE")]
    [InlineData("--url nowhere is no http or https address", "code", "--url", "nowhere")]
    [InlineData("--at yesterday is no moment", "--at", "yesterday")]
    [InlineData("--at 99999999999999 is no moment", "--at", "99999999999999")]
    [InlineData("--set is written as NAME=VALUE", "--provider", "hmac", "--set", "A")]
    [InlineData("--entry belongs to --har", "--entry", "1")]
    [InlineData("--method belongs to --headers", "--method", "PUT")]
    [InlineData("--request, --har and --headers with --body are three ways", "--har", "x.har")]
    [InlineData("--request, --har and --headers with --body are three ways", "--body", "x")]
    public async Task What_does_not_fit_together_is_one_line(string fault, params string[] arguments)
    {
        folder.Configure(("code", CatalogueSource.SettingsOf("github")));
        var ended = await folder.RunAsync([.. arguments, "--request", folder.Write("request.http", VerifyFolder.Raw(CatalogueSource.Of("github").Send()))]);
        Assert.Equal((1, ""), (ended.ExitCode, ended.Answer));
        Assert.StartsWith($"sluice: {fault}", Assert.Single(ended.ErrorLines), StringComparison.Ordinal);
    }

    private async Task<string> HoldsAsync(CatalogueRequest request, params string[] arguments)
    {
        var said = (await folder.RunAsync([.. arguments, "--request", folder.Write("request.http", VerifyFolder.Raw(request))])).Success;
        Assert.StartsWith("The signature holds.", said, StringComparison.Ordinal);
        return said;
    }
}
