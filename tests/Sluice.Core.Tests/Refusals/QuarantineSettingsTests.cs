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
        new QuarantineSettings { MaxCount = 3000, MaxBytes = 1024, MaxAge = TimeSpan.FromHours(2) },
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

    private static QuarantineSettings? Read(string settings)
    {
        Assert.True(SettingsText.OfSource(Good + settings).Reads().TryGetSource("it", out var source));
        return source.Settings.Quarantine;
    }
}
