namespace Sluice.Core.Tests.Configuration;

public sealed class SourceErrorTests
{
    private const string Good = """ "Provider": "stripe", "Secrets": ["x"] """;

    [Theory]
    [InlineData(""" "Secrets": ["x"] """, "Sluice:Sources:it:Provider is missing; name the sender, such as stripe")]
    [InlineData(""" "Provider": "", "Secrets": ["x"] """, "Sluice:Sources:it:Provider is missing; name the sender, such as stripe")]
    [InlineData(Good + """, "Tolerance": "5" """, "Sluice:Sources:it:Tolerance is '5'; write a time from 00:00:00 to 1.00:00:00, such as 00:00:30 or 1.00:00:00 (days.hours:minutes:seconds)")]
    [InlineData(Good + """, "Tolerance": "-00:00:01" """, "Sluice:Sources:it:Tolerance is '-00:00:01'; write a time from 00:00:00 to 1.00:00:00, such as 00:00:30 or 1.00:00:00 (days.hours:minutes:seconds)")]
    [InlineData(Good + """, "Tolerance": "soon" """, "Sluice:Sources:it:Tolerance is 'soon'; write a time from 00:00:00 to 1.00:00:00, such as 00:00:30 or 1.00:00:00 (days.hours:minutes:seconds)")]
    [InlineData(Good + """, "MaxBodyBytes": 0 """, "Sluice:Sources:it:MaxBodyBytes is '0'; write a number from 1 to 16777216")]
    [InlineData(Good + """, "MaxBodyBytes": 16777217 """, "Sluice:Sources:it:MaxBodyBytes is '16777217'; write a number from 1 to 16777216")]
    [InlineData(Good + """, "MaxBodyBytes": "1 MB" """, "Sluice:Sources:it:MaxBodyBytes is '1 MB'; write a number from 1 to 16777216")]
    [InlineData(Good + """, "MaxBodyBytes": 99999999999999999999 """, "Sluice:Sources:it:MaxBodyBytes is '99999999999999999999'; write a number from 1 to 16777216")]
    [InlineData(Good + """, "Paused": "yes" """, "Sluice:Sources:it:Paused is 'yes'; write true or false")]
    [InlineData(Good + """, "ExplainRejections": 1 """, "Sluice:Sources:it:ExplainRejections is '1'; write true or false")]
    public void A_wrong_setting_is_named_with_its_fix(string settings, string error) => SettingsText.OfSource(settings).Fails(error);

    [Fact]
    public void The_name_of_Sluices_own_notices_is_no_sources() =>
        SettingsText.Of(""" "Sources": { "sluice": { "Provider": "stripe", "Secrets": ["whsec_x"] } } """).Fails("Sluice:Sources:sluice is the source of Sluice's own notices; choose another name");

    [Fact]
    public void An_unknown_provider_is_answered_with_all_there_are() => SettingsText.OfSource(""" "Provider": "strpe", "Secrets": ["x"] """).Fails(
        $"Sluice:Sources:it:Provider is 'strpe', which is not known; name one of {string.Join(", ", Sluice.Providers.ProviderCatalog.Default.Names)}");

    [Theory]
    [InlineData("Secret", "did you mean Secrets?")]
    [InlineData("secretz", "did you mean Secrets?")]
    [InlineData("Providr", "did you mean Provider?")]
    [InlineData("MaxBodyByte", "did you mean MaxBodyBytes?")]
    [InlineData("Tolerence", "did you mean Tolerance?")]
    public void A_setting_that_is_not_there_is_named_with_the_one_that_was_meant(string name, string fix) =>
        SettingsText.OfSource($$"""{{Good}}, "{{name}}": "x" """).Fails($"Sluice:Sources:it:{name} is no setting; {fix}");

    [Fact]
    public void A_setting_like_no_other_is_answered_with_all_there_are() => SettingsText.OfSource(Good + """, "Colour": "red" """).Fails(
        "Sluice:Sources:it:Colour is no setting; there are AcceptLate, Algorithm, AllowedIps, ", "Tolerance, TrustedProxies, TypeHeader, VerifyToken");

    [Theory]
    [InlineData("Stripe")]
    [InlineData("1stripe")]
    [InlineData("_stripe")]
    [InlineData("stripe-live")]
    [InlineData("stripe/live")]
    [InlineData("stripe live")]
    [InlineData("stripé")]
    [InlineData("..")]
    [InlineData("a1234567890123456789012345678901234567890")]
    public void A_name_that_is_none_is_named(string name) => SettingsText.Of($$""" "Sources": { "{{name}}": { {{Good}} } } """).Fails(
        $"Sluice:Sources:{name} is no name; write a lower-case letter, then up to 39 lower-case letters, digits or underscores");

    [Fact]
    public void A_name_with_a_line_end_is_none()
    {
        var (configuration, errors) = SettingsText.Of($$""" "Sources": { "stripe\n": { {{Good}} } } """).Build();
        Assert.StartsWith("is no name;", Assert.Single(errors).Message, StringComparison.Ordinal);
        Assert.Null(Assert.Single(configuration.Sources).Verifier);
    }

    [Theory]
    [InlineData("a")]
    [InlineData("a_1")]
    [InlineData("a123456789012345678901234567890123456789")]
    public void Other_names_are_fine(string name) => SettingsText.Of($$""" "Sources": { "{{name}}": { {{Good}} } } """).Reads();

    [Theory]
    [InlineData("""  """, "SignatureHeader is missing; name the header that carries the signature")]
    [InlineData(""" "SignatureHeader": "X-S", "Algorithm": "md5" """, "Algorithm 'md5' is not known; use sha256, sha384, sha512 or sha1")]
    [InlineData(""" "SignatureHeader": "X-S", "Algorithm": "SHA256" """, "Algorithm 'SHA256' is not known; use sha256, sha384, sha512 or sha1")]
    [InlineData(""" "SignatureHeader": "X-S", "Encoding": "base32" """, "Encoding 'base32' is not known; use hex or base64")]
    [InlineData(""" "SignatureHeader": "X-S", "SignedContent": "{timestamp}.{body}" """, "TimestampHeader is missing; SignedContent has {timestamp}, so name the header that carries it")]
    [InlineData(""" "SignatureHeader": "X-S", "TimestampHeader": "X-T", "SignedContent": "{body}" """, "SignedContent has no {timestamp}; a time that is not signed proves nothing, so add it or remove TimestampHeader")]
    [InlineData(""" "SignatureHeader": "X-S", "SignedContent": "{id}{body}" """, "IdHeader is missing; SignedContent has {id}, so name the header that carries it")]
    [InlineData(""" "SignatureHeader": "X-S", "SignedContent": "text" """, "SignedContent it must contain {body} once: a signature that does not cover the bytes proves nothing about them")]
    [InlineData(""" "SignatureHeader": "X-S", "SignedContent": "{body}{body}" """, "SignedContent it must contain {body} once: a signature that does not cover the bytes proves nothing about them")]
    [InlineData(""" "SignatureHeader": "X-S", "SignedContent": "{path}{body}" """, "SignedContent '{path}{body}' is no placeholder; use {body}, {timestamp}, {id}, {method} or {url}")]
    [InlineData(""" "SignatureHeader": "X-S", "SignedContent": "{body" """, "SignedContent '{body' is no placeholder; use {body}, {timestamp}, {id}, {method} or {url}")]
    [InlineData(""" "SignatureHeader": "X-S", "SignedContent": "{Body}" """, "SignedContent '{Body}' is no placeholder; use {body}, {timestamp}, {id}, {method} or {url}")]
    public void A_fault_of_the_generic_scheme_is_named_with_its_fix(string settings, string error) =>
        SettingsText.OfSource($$""" "Provider": "hmac", "Secrets": ["x"], {{settings}} """).Fails("Sluice:Sources:it:" + error);

    [Fact]
    public void A_source_of_an_unknown_provider_accepts_nothing()
    {
        var (configuration, _) = SettingsText.OfSource(""" "Provider": "strpe", "Secrets": ["x"] """).Build();
        Assert.False(configuration.TryGetSource("it", out var source) && source.Verifier is not null);
    }

    [Theory]
    [InlineData(""" "Provider": "stripe" """)]
    [InlineData(""" "Provider": "stripe", "Secrets": [] """)]
    [InlineData(""" "Provider": "stripe", "Secrets": [""] """)]
    [InlineData(""" "Provider": "stripe", "Secrets": ["x", "env:MISSING"] """)]
    [InlineData(Good + """, "Paused": "yes" """)]
    [InlineData(Good + """, "Colour": "red" """)]
    public void A_source_with_any_fault_is_there_and_accepts_nothing(string settings)
    {
        var (configuration, errors) = SettingsText.OfSource(settings).Build();
        Assert.All(errors, error => Assert.Equal("it", error.Source));
        Assert.Null(Assert.Single(configuration.Sources).Verifier);
    }

    [Fact]
    public void A_fault_of_one_source_leaves_the_others_usable()
    {
        var (configuration, _) = SettingsText.Of($$""" "Sources": { "bad": { "Provider": "stripe" }, "good": { {{Good}} } } """).Build();
        Assert.True(configuration.TryGetSource("good", out var good));
        Assert.NotNull(good.Verifier);
    }
}
