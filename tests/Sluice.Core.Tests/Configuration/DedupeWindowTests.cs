using Sluice.Providers;
using Sluice.Storage;

namespace Sluice.Core.Tests.Configuration;

/// <summary>Events are kept for as long as anybody may send them again, and a day more, even where the retention is shorter.</summary>
public sealed class DedupeWindowTests
{
    [Theory]
    [InlineData("1.00:00:00", "stripe", "4.00:00:00", "a")]
    [InlineData("4.00:00:00", "stripe", "4.00:00:00", null)]
    [InlineData("30.00:00:00", "stripe", "30.00:00:00", null)]
    [InlineData("1.00:00:00", "slack", "1.00:06:00", "a")]
    [InlineData("1.00:00:00", "github", "1.00:00:00", null)]
    [InlineData("1.00:00:00", "typeform", "1.00:00:00", null)]
    public void It_is_the_retention_or_the_senders_horizon_and_a_day(string retention, string provider, string expected, string? because)
    {
        var window = Window($$""" "Retention": "{{retention}}", "Sources": { "a": { "Provider": "{{provider}}", "Secrets": ["x"] } } """);
        Assert.Equal((TimeSpan.Parse(expected, System.Globalization.CultureInfo.InvariantCulture), because), (window.Length, window.Because?.Name));
    }

    [Fact]
    public void The_sender_that_repeats_longest_decides()
    {
        var window = Window(""" "Retention": "2.00:00:00", "Sources": { "a": { "Provider": "stripe", "Secrets": ["x"] }, "b": { "Provider": "meta", "Secrets": ["x"] }, "c": { "Provider": "github", "Secrets": ["x"] } } """);
        Assert.Equal((TimeSpan.FromDays(8), "b"), (window.Length, window.Because?.Name));
    }

    [Fact]
    public void Without_sources_it_is_the_retention() => Assert.Equal(new DedupeWindow(TimeSpan.FromDays(30), null), Window(""));

    [Fact]
    public void No_sender_is_forgotten_while_it_may_still_repeat()
    {
        foreach (var name in ProviderCatalog.Default.Names)
        {
            var window = Window($$""" "Retention": "1.00:00:00", "Sources": { "a": { "Provider": "{{name}}" } } """);
            Assert.True(ProviderCatalog.Default.TryGet(name, out var provider));
            if (provider.Facts.RetryHorizon is { } horizon && horizon > TimeSpan.Zero) Assert.True(window.Length >= horizon + DedupeWindow.Margin, name);
        }
    }

    private static DedupeWindow Window(string section) => SettingsText.Of(section).Build().Configuration.Window;
}
