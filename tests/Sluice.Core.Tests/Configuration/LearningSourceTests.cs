using Sluice.Configuration;

namespace Sluice.Core.Tests.Configuration;

/// <summary>Which sources are open to learn their sender's secret: those that name none at all, and no other.</summary>
public sealed class LearningSourceTests
{
    [Theory]
    [InlineData("")]
    [InlineData(""", "Secrets": [] """)]
    public void A_source_of_a_sender_that_brings_its_secret_needs_none(string settings)
    {
        var (configuration, errors) = Build(settings);
        var source = Assert.Single(configuration.Sources);
        Assert.Empty(errors);
        Assert.True(source.Learns);
        Assert.Null(source.Verifier);
        Assert.True(source.IsUsable(DateTimeOffset.UnixEpoch));
    }

    [Fact]
    public void One_with_secrets_never_learns()
    {
        var (configuration, errors) = Build(""", "Secrets": ["a secret"] """);
        var source = Assert.Single(configuration.Sources);
        Assert.Empty(errors);
        Assert.False(source.Learns);
        Assert.NotNull(source.Verifier);
    }

    [Theory]
    [InlineData(""", "Secrets": ["env:MISSING"] """, "Sluice:Sources:asana:Secrets:0")]
    [InlineData(""", "Secrets": [""] """, "Sluice:Sources:asana:Secrets:0")]
    [InlineData(""", "Secrets": "a secret" """, "Sluice:Sources:asana:Secrets")]
    [InlineData(""", "AllowedIps": ["nowhere"] """, "Sluice:Sources:asana:AllowedIps")]
    public void A_fault_closes_it_and_opens_nothing_to_learn(string settings, string entry)
    {
        var (configuration, errors) = Build(settings);
        var source = Assert.Single(configuration.Sources);
        Assert.Equal([entry], errors.Select(error => error.Entry));
        Assert.False(source.Learns);
        Assert.False(source.IsUsable(DateTimeOffset.UnixEpoch));
    }

    private static (SluiceConfiguration Configuration, IReadOnlyList<ConfigurationError> Errors) Build(string settings) =>
        SettingsText.Of($$""" "Sources": { "asana": { "Provider": "asana"{{settings}} } } """).Build();
}
