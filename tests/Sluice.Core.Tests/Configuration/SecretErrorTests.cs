using Sluice.Contracts;
using Sluice.Providers;

namespace Sluice.Core.Tests.Configuration;

public sealed class SecretErrorTests
{
    private const string Fix = "set it to the secret the sender shows";

    [Attack("A1")]
    [Theory]
    [InlineData("""  """, "Secrets has no secret; a source without one accepts nothing, so add the sender's signing secret")]
    [InlineData(""", "Secrets": [] """, "Secrets has no secret; a source without one accepts nothing, so add the sender's signing secret")]
    [InlineData(""", "Secrets": [""] """, "Secrets:0 is empty; " + Fix)]
    [InlineData(""", "Secrets": [null] """, "Secrets:0 is empty; " + Fix)]
    [InlineData(""", "Secrets": [" "] """, "Secrets:0 is empty; " + Fix)]
    [InlineData(""", "Secrets": ["\t\r\n"] """, "Secrets:0 is empty; " + Fix)]
    [InlineData(""", "Secrets": [{}] """, "Secrets:0 is empty; " + Fix)]
    [InlineData(""", "Secrets": [{ "Value": "" }] """, "Secrets:0 is empty; " + Fix)]
    [InlineData(""", "Secrets": ["whsec_"] """, "Secrets:0 is only the prefix 'whsec_'; set it to the whole secret the sender shows")]
    [InlineData(""", "Secrets": ["x", "whsec_"] """, "Secrets:1 is only the prefix 'whsec_'; set it to the whole secret the sender shows")]
    [InlineData(""", "Secrets": [" x"] """, "Secrets:0 has white space around it; remove it")]
    [InlineData(""", "Secrets": ["x\n"] """, "Secrets:0 has white space around it; remove it")]
    [InlineData(""", "Secrets": ["env:MISSING"] """, "Secrets:0 names the environment variable MISSING, which is not set or empty; set it")]
    [InlineData(""", "Secrets": ["env:EMPTY"] """, "Secrets:0 names the environment variable EMPTY, which is not set or empty; set it")]
    [InlineData(""", "Secrets": [{ "Value": "env:MISSING" }] """, "Secrets:0 names the environment variable MISSING, which is not set or empty; set it")]
    [InlineData(""", "Secrets": [{ "Value": "x", "NotAfter": "later" }] """, "Secrets:0:NotAfter is 'later'; write a moment such as 2026-11-22T12:00:00Z")]
    [InlineData(""", "Secrets": [{ "Value": "x", "NotBefore": "2026-02-01T00:00:00Z", "NotAfter": "2026-01-01T00:00:00Z" }] """, "Secrets:0:NotAfter is not after NotBefore; the secret would never be valid")]
    [InlineData(""", "Secrets": [{ "Value": "x", "NotBefore": "2026-01-01", "NotAfter": "2026-01-01" }] """, "Secrets:0:NotAfter is not after NotBefore; the secret would never be valid")]
    [InlineData(""", "Secrets": [{ "Value": "x", "NotAftr": "2026-01-01" }] """, "Secrets:0:NotAftr is no setting; did you mean NotAfter?")]
    public void A_secret_that_is_none_is_named_with_its_fix(string secrets, string error) =>
        (SettingsText.OfSource("\"Provider\": \"stripe\"" + secrets) with { Environment = new() { ["EMPTY"] = "" } }).Fails("Sluice:Sources:it:" + error);

    [Fact]
    public void One_text_in_place_of_the_list_is_named_and_not_shown()
    {
        var (configuration, errors) = SettingsText.OfSource(""" "Provider": "stripe", "Secrets": "whsec_canary" """).Build();
        Assert.Contains(errors, error => error.ToString() == """Sluice:Sources:it:Secrets is one text; write a list: ["..."]""");
        Assert.DoesNotContain(errors, error => error.ToString().Contains("canary", StringComparison.Ordinal));
        Assert.Null(Assert.Single(configuration.Sources).Verifier);
    }

    [Theory]
    [InlineData("whsec_not-base64!")]
    [InlineData("not-base64!")]
    [InlineData("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS")]
    [InlineData("whsec_====")]
    [InlineData("whsec_-_-_")]
    [InlineData("whpk_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    public void A_standard_webhooks_secret_that_is_no_base64_is_refused(string secret) =>
        SettingsText.OfSource($$""" "Provider": "standard-webhooks", "Secrets": ["{{secret}}"] """)
            .Fails("Sluice:Sources:it:Secrets:0 is not 'whsec_' and base64; set it to the signing secret exactly as the sender shows it");

    [Fact]
    public void The_secret_that_is_wrong_is_named_by_its_own_place_after_one_that_could_not_be_found()
    {
        var (_, errors) = SettingsText.OfSource(""" "Provider": "stripe", "Secrets": ["env:MISSING", "whsec_"] """).Build();
        Assert.Equal(["Sluice:Sources:it:Secrets:0", "Sluice:Sources:it:Secrets:1"], errors.Select(error => error.Entry));
    }

    [Fact]
    public void No_error_shows_the_value_of_a_secret()
    {
        const string json = """
            { "Sluice": {
                "Sources": {
                    "a": { "Provider": "stripe", "Secrets": [" whsec_canary", "canary ", { "Value": "canary\n", "NotAfter": "never", "Nme": "canary" }] },
                    "b": { "Provider": "standard-webhooks", "Secrets": ["whsec_canary!"] },
                    "c": { "Provider": "nobody", "Secrets": "canary", "Secret": "canary" },
                    "d": { "Provider": "stripe", "Secrets": ["env:PADDED", "file:/nowhere/at/all"] } },
                "Destinations": { "e": { "Handler": "http", "Url": "https://user:canary@billing.example/", "Password": "canary" } },
                "Ops": { "Token": " ", "Tokn": "canary" } } }
            """;
        var (_, errors) = (new SettingsText(json) { Environment = { ["PADDED"] = "canary\n" } }).Build();
        Assert.True(errors.Count >= 11, $"{errors.Count}");
        Assert.DoesNotContain(errors, error => error.ToString().Contains("canary", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void Secrets_and_keys_do_not_show_themselves()
    {
        var source = Assert.Single(SettingsText.OfSource(""" "Provider": "stripe", "Secrets": ["canary"] """).Reads().Sources);
        foreach (var text in new[] { source.Settings.Secrets[0].ToString(), ((HmacVerifier)source.Verifier!).Secrets[0].ToString(), source.Settings.ToString(), source.ToString() })
            Assert.DoesNotContain("canary", text, StringComparison.OrdinalIgnoreCase);
    }
}
