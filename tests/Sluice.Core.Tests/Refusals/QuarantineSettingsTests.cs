using Sluice.Configuration;
using Sluice.Core.Tests.Configuration;

namespace Sluice.Core.Tests.Refusals;

/// <summary><c>Quarantine</c> of a source: off, on, or with bounds of its own; what makes no sense is named with its fix.</summary>
public sealed class QuarantineSettingsTests
{
    private const string Good = """ "Provider": "stripe", "Secrets": ["x"] """;

    [Theory]
    [InlineData("")]
    [InlineData(""", "Quarantine": false """)]
    public void It_is_off_unless_it_is_wanted(string settings) => Assert.Null(Read(settings));

    [Theory]
    [InlineData(""", "Quarantine": true """)]
    [InlineData(""", "Quarantine": { "MaxCount": 1000 } """)]
    public void On_it_has_the_usual_bounds(string settings) =>
        Assert.Equal(new QuarantineSettings { MaxCount = 1000, MaxBytes = 64 * 1024 * 1024, MaxAge = TimeSpan.FromDays(7) }, Read(settings));

    [Fact]
    public void It_may_have_bounds_of_its_own() => Assert.Equal(
        new QuarantineSettings { MaxCount = 3000, MaxBytes = 1024, MaxAge = TimeSpan.FromHours(2), IsMaxAgeNamed = true },
        Read(""", "Quarantine": { "MaxCount": 3000, "MaxBytes": 1024, "MaxAge": "02:00:00" } """));

    [Theory]
    [InlineData("\"yes\"", "Sluice:Sources:it:Quarantine is 'yes'; write true, false, or the bounds: { \"MaxCount\": 1000, \"MaxBytes\": 67108864, \"MaxAge\": \"7.00:00:00\" }")]
    [InlineData("{ \"MaxCount\": 0 }", "Sluice:Sources:it:Quarantine:MaxCount is '0'; write a number from 1 to 3000")]
    [InlineData("{ \"MaxCount\": 3001 }", "Sluice:Sources:it:Quarantine:MaxCount is '3001'; write a number from 1 to 3000")]
    [InlineData("{ \"MaxBytes\": 1 }", "Sluice:Sources:it:Quarantine:MaxBytes is '1'; write a number from 1024 to 1073741824")]
    [InlineData("{ \"MaxAge\": \"01:00:00\" }", "Sluice:Sources:it:Quarantine:MaxAge is '01:00:00'; write a time from 02:00:00 to 90.00:00:00, such as 00:00:30 or 1.00:00:00 (days.hours:minutes:seconds)")]
    [InlineData("{ \"MaxSize\": 1024 }", "Sluice:Sources:it:Quarantine:MaxSize is no setting; did you mean MaxAge?")]
    public void What_makes_no_sense_is_named_with_its_fix(string value, string error) => SettingsText.OfSource($"{Good}, \"Quarantine\": {value}").Fails(error);

    [Theory]
    [InlineData(""" "Provider": "token", "Secrets": ["a long shared secret"] """)]
    [InlineData(""" "Provider": "none", "Secrets": ["a-long-shared-secret"] """)]
    [InlineData(""" "Provider": "hmac", "Secrets": ["x"], "SignatureHeader": "Authorization" """)]
    public void A_source_whose_requests_show_the_secret_is_told_why_it_cannot_keep_them(string source) => SettingsText.OfSource($"{source}, \"Quarantine\": true").Fails(
        "Sluice:Sources:it:Quarantine is set, and a request of provider ", "shows its secret or a proof that is never kept; one that was refused may hold the secret all but right, so remove Quarantine");

    [Theory]
    [InlineData("1.00:00:00", "stripe", "4.00:00:00")]
    [InlineData("2.00:00:00", "github", "2.00:00:00")]
    [InlineData("30.00:00:00", "github", "7.00:00:00")]
    public void Where_no_age_is_named_it_is_no_longer_than_events_are_kept(string retention, string provider, string expected)
    {
        Assert.True(SettingsText.Of($$""" "Retention": "{{retention}}", "Sources": { "it": { "Provider": "{{provider}}", "Secrets": ["x"], "Quarantine": true } } """).Reads().TryGetSource("it", out var source));
        Assert.Equal(TimeSpan.Parse(expected, System.Globalization.CultureInfo.InvariantCulture), source.Settings.Quarantine!.MaxAge);
    }

    [Fact]
    public void An_age_that_is_longer_than_events_are_kept_is_named_with_its_fix_and_shuts_the_source()
    {
        var text = SettingsText.Of(""" "Retention": "3.00:00:00", "Sources": { "it": { "Provider": "stripe", "Secrets": ["x"], "Quarantine": { "MaxAge": "7.00:00:00" } }, "other": { "Provider": "stripe", "Secrets": ["y"] } } """);
        text.Fails("Sluice:Sources:it:Quarantine:MaxAge is '7.00:00:00', and events are kept for 4.00:00:00: what is released later could come twice; write 4.00:00:00 or less, or a Retention of 7.00:00:00");

        var configuration = text.Build().Configuration;
        Assert.True(configuration.TryGetSource("it", out var shut) && configuration.TryGetSource("other", out var other) && other.Verifier is not null);
        Assert.Null(shut.Verifier);
        Assert.StartsWith("Sluice:Sources:it:Quarantine:MaxAge", shut.Fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("30.00:00:00", "29.00:00:00")]
    [InlineData("2.00:00:00", "1.00:00:00")]
    [InlineData("1.00:00:00", "0.12:00:00")]
    public void What_may_still_be_released_leaves_time_to_be_delivered(string window, string expected) => Assert.Equal(
        TimeSpan.Parse(expected, System.Globalization.CultureInfo.InvariantCulture),
        Quarantine.ReleaseAge.Longest(new(TimeSpan.Parse(window, System.Globalization.CultureInfo.InvariantCulture), null)));

    private static QuarantineSettings? Read(string settings)
    {
        Assert.True(SettingsText.OfSource(Good + settings).Reads().TryGetSource("it", out var source));
        return source.Settings.Quarantine;
    }
}
