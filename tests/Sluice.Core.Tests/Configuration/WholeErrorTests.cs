namespace Sluice.Core.Tests.Configuration;

public sealed class WholeErrorTests
{
    [Theory]
    [InlineData(""" "Retention": "23:59:59" """, "Retention is '23:59:59'; write a time from 1.00:00:00 to 3650.00:00:00, such as 00:00:30 or 1.00:00:00 (days.hours:minutes:seconds)")]
    [InlineData(""" "Retention": "4000.00:00:00" """, "Retention is '4000.00:00:00'; write a time from 1.00:00:00 to 3650.00:00:00, such as 00:00:30 or 1.00:00:00 (days.hours:minutes:seconds)")]
    [InlineData(""" "RedeliveryReplays": "no" """, "RedeliveryReplays is 'no'; write true or false")]
    [InlineData(""" "Workers": -1 """, "Workers is '-1'; write a number from 0 to 1024")]
    [InlineData(""" "Workers": 1025 """, "Workers is '1025'; write a number from 0 to 1024")]
    [InlineData(""" "Retry": { "BaseDelay": "8.00:00:00" } """, "Retry:BaseDelay is '8.00:00:00'; write a time from 00:00:00 to 7.00:00:00, such as 00:00:30 or 1.00:00:00 (days.hours:minutes:seconds)")]
    [InlineData(""" "Retry": { "MaxDelay": "-00:00:01" } """, "Retry:MaxDelay is '-00:00:01'; write a time from 00:00:00 to 7.00:00:00, such as 00:00:30 or 1.00:00:00 (days.hours:minutes:seconds)")]
    [InlineData(""" "Retry": { "Factor": 0.5 } """, "Retry:Factor is '0.5'; write a number from 1 to 100")]
    [InlineData(""" "Retry": { "Factor": "NaN" } """, "Retry:Factor is 'NaN'; write a number from 1 to 100")]
    [InlineData(""" "Retry": { "Jitter": 1.5 } """, "Retry:Jitter is '1.5'; write a number from 0 to 1")]
    [InlineData(""" "Retry": { "Jitter": "0,2" } """, "Retry:Jitter is '0,2'; write a number from 0 to 1")]
    [InlineData(""" "Retry": { "Backoff": "00:00:05" } """, "Retry:Backoff is no setting; there are BaseDelay, Delays, Factor, Jitter, MaxAge, MaxAttempts, MaxDelay")]
    [InlineData(""" "Ops": { "Token": "env:MISSING" } """, "Ops:Token names the environment variable MISSING, which is not set or empty; set it")]
    [InlineData(""" "Ops": { "Token": "  " } """, "Ops:Token is empty; set it, or remove it and a token is made")]
    [InlineData(""" "Ops": { "Tokn": "x" } """, "Ops:Tokn is no setting; did you mean Token?")]
    [InlineData(""" "Sorces": {} """, "Sorces is no setting; did you mean Sources?")]
    [InlineData(""" "sources_": { "a": {} } """, "sources_ is no setting; did you mean Sources?")]
    public void A_wrong_setting_is_named_with_its_fix(string settings, string error) => SettingsText.Of(settings).Fails("Sluice:" + error);

    [Fact]
    public void Everything_that_is_wrong_is_said_at_once()
    {
        var (_, errors) = SettingsText.Of("""
            "Sources": { "Bad": { "Provider": "nobody", "Secrets": ["env:MISSING"], "Paused": "yes" }, "b": { "Provider": "hmac", "Secrets": ["whsec_"] } },
            "Destinations": { "c": { "Handler": "http", "Sources": ["d"], "Timeout": "1" }, "e": {} },
            "Retry": { "Factor": 0 }, "Retention": "x", "Ops": { "Token": "env:MISSING" }, "Colour": "red"
            """).Build();
        Assert.Equal(
            [
                "Sluice:Colour", "Sluice:Destinations:c", "Sluice:Destinations:c:Sources", "Sluice:Destinations:c:Timeout", "Sluice:Destinations:e:Handler",
                "Sluice:Ops:Token", "Sluice:Retention", "Sluice:Retry:Factor", "Sluice:Sources:Bad", "Sluice:Sources:Bad:Paused", "Sluice:Sources:Bad:Provider",
                "Sluice:Sources:Bad:Secrets:0", "Sluice:Sources:b:Secrets:0", "Sluice:Sources:b:SignatureHeader",
            ],
            errors.Select(error => error.Entry).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_error_is_one_line_that_names_an_entry()
    {
        var (_, errors) = SettingsText.Of(""" "Sources": { "a\nb": { "Provider": "x\ny", "Secrets": ["env:A\nB"], "c\nd": "e" } }, "Retention": "f\ng" """).Build();
        Assert.All(errors, error => Assert.StartsWith("Sluice:", error.ToString(), StringComparison.Ordinal));
        Assert.All(errors, error => Assert.DoesNotContain('\n', error.ToString()));
    }
}
