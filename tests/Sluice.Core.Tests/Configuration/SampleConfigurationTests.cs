using Microsoft.Extensions.Configuration;
using Sluice.Configuration;
using Sluice.Delivery;
using Sluice.Providers;
using Sluice.Retries;

namespace Sluice.Core.Tests.Configuration;

public sealed class SampleConfigurationTests
{
    /// <summary>The example of the design, with comments as people write them.</summary>
    private const string Sample = """
        { "Sluice": { // everything of ours
            "Sources": { "stripe": { "Provider": "stripe", "Secrets": ["whsec_abc"], "MaxBodyBytes": 1048576 } },
            /* where it goes */
            "Destinations": { "billing": { "Handler": "http", "Url": "https://billing.example/hooks", "Sources": ["stripe"], "Types": ["invoice.*"] } },
            "Retry": { "MaxAttempts": 11, "BaseDelay": "00:00:05", "Factor": 4, "MaxDelay": "1.00:00:00", "Jitter": 0.2 },
            "Retention": "30.00:00:00", "Ops": { "Token": "env:SLUICE_OPS_TOKEN" } } }
        """;

    private static readonly SettingsText Text = new(Sample) { Environment = { ["SLUICE_OPS_TOKEN"] = "the token" } };

    [Fact]
    public void The_example_of_the_design_reads()
    {
        var configuration = Text.Reads();
        var source = Assert.Single(configuration.Sources);
        Assert.Equal(("stripe", "stripe", 1_048_576), (source.Name, source.Provider.Name, source.Settings.MaxBodyBytes));
        Assert.NotNull(source.Verifier);
        var destination = Assert.Single(configuration.Destinations);
        Assert.Equal(("billing", "http", "https://billing.example/hooks"), (destination.Name, destination.Handler.Name, destination.Settings.Url!.ToString()));
        Assert.Same(destination, Assert.Single(source.Destinations));
        Assert.True(destination.TakesType("invoice.paid"));
        Assert.False(destination.TakesType("customer.created"));
        Assert.Equal("the token", configuration.Settings.OpsToken);
    }

    [Fact]
    public void The_example_spells_out_the_defaults()
    {
        var settings = Text.Settings();
        Assert.Equal(new RetryOptions(), settings.Retry);
        Assert.Equal(new RetryOptions(), settings.Destinations[0].Retry);
        Assert.Equal(TimeSpan.FromDays(30), settings.Retention);
        var bare = SettingsText.Of($$""" "Sources": { {{SettingsText.Stripe}} } """).Settings();
        Assert.Equal((settings.Retry, settings.Retention, settings.RedeliveryReplays, settings.Workers), (bare.Retry, bare.Retention, bare.RedeliveryReplays, bare.Workers));
        Assert.Equal((true, 64), (bare.RedeliveryReplays, bare.Workers));
        Assert.Null(bare.OpsToken);
    }

    [Fact]
    public void Settings_that_are_given_override_the_file()
    {
        var settings = (Text with
        {
            Overrides = new() { ["Sluice:Retention"] = "10.00:00:00", ["sluice:sources:stripe:MAXBODYBYTES"] = "5", ["Sluice:Retry:Jitter"] = "0", ["Sluice:RedeliveryReplays"] = "false", ["Sluice:Workers"] = "0" },
        }).Settings();
        Assert.Equal((TimeSpan.FromDays(10), 5, 0.0, false, 0), (settings.Retention, settings.Sources[0].MaxBodyBytes, settings.Retry.Jitter, settings.RedeliveryReplays, settings.Workers));
    }

    [Fact]
    public void The_environment_names_settings_with_double_underscores()
    {
        // The prefix is this test's alone and is cut off: a process has one environment for all tests.
        Environment.SetEnvironmentVariable("SampleConfigurationTests_Sluice__Sources__stripe__Secrets__0", "of the environment");
        Environment.SetEnvironmentVariable("SampleConfigurationTests_Sluice__Sources__github__Provider", "github");
        Environment.SetEnvironmentVariable("SampleConfigurationTests_Sluice__Sources__github__Secrets__0", "x");
        var configuration = new ConfigurationBuilder()
            .AddJsonStream(new MemoryStream("""{ "Sluice": { "Sources": { "stripe": { "Provider": "stripe", "Secrets": ["of the file"] } } } }"""u8.ToArray()))
            .AddEnvironmentVariables("SampleConfigurationTests_")
            .Build();
        var errors = new List<ConfigurationError>();
        var built = SluiceConfiguration.Build(configuration, ProviderCatalog.Default, new HandlerCatalog(), new SecretResolver(_ => null, "/"), errors);
        Assert.Empty(errors);
        Assert.Equal(["github", "stripe"], built.Sources.Select(source => source.Name));
        Assert.True(built.TryGetSource("stripe", out var stripe));
        Assert.Equal("of the environment", Assert.Single(stripe.Settings.Secrets).Value);
    }

    [Fact]
    public void A_source_overridden_under_a_name_in_capitals_is_an_error_and_accepts_nothing()
    {
        // The capitals win in .NET's configuration; names are lower case, so this is said and not guessed.
        var (configuration, errors) = (Text with { Overrides = new() { ["SLUICE:SOURCES:STRIPE:SECRETS:0"] = "other" } }).Build();
        Assert.Contains(errors, error => error.ToString() == "Sluice:Sources:STRIPE is no name; write a lower-case letter, then up to 39 lower-case letters, digits or underscores");
        Assert.Null(Assert.Single(configuration.Sources).Verifier);
    }

    [Fact]
    public void Nothing_at_all_is_a_configuration_without_sources()
    {
        var settings = new SettingsText("{}").Settings();
        Assert.Empty(settings.Sources);
        Assert.Empty(settings.Destinations);
    }

    [Fact]
    public void A_destinations_retry_inherits_what_it_does_not_say()
    {
        var settings = SettingsText.Of($$"""
            "Sources": { {{SettingsText.Stripe}} }, "Retry": { "MaxAttempts": 3, "Jitter": 0 },
            "Destinations": { "a": { "Handler": "http", "Url": "http://a.example", "Retry": { "MaxAttempts": 5 } }, "b": { "Handler": "http", "Url": "http://b.example" } }
            """).Settings();
        Assert.Equal(new RetryOptions { MaxAttempts = 5, Jitter = 0 }, settings.Destinations[0].Retry);
        Assert.Equal(new RetryOptions { MaxAttempts = 3, Jitter = 0 }, settings.Destinations[1].Retry);
    }

    [Fact]
    public void A_list_of_delays_says_how_many_attempts_there_are_and_a_destination_may_have_its_own_schedule()
    {
        var settings = SettingsText.Of($$"""
            "Sources": { {{SettingsText.Stripe}} }, "Retry": { "Delays": ["00:00:05", "2.00:00:00"] },
            "Destinations": { "a": { "Handler": "http", "Url": "http://a.example" }, "b": { "Handler": "http", "Url": "http://b.example", "Retry": { "MaxAttempts": 5 } } }
            """).Reads().Settings;
        var listed = settings.Destinations[0].Retry;
        Assert.Equal((3, TimeSpan.FromDays(2)), (listed.MaxAttempts, listed.MaxDelay));
        Assert.Equal([TimeSpan.FromSeconds(5), TimeSpan.FromDays(2)], listed.Delays!);
        Assert.Equal((5, null), (settings.Destinations[1].Retry.MaxAttempts, settings.Destinations[1].Retry.Delays));
    }

    [Fact]
    public void A_source_knows_its_destinations_and_what_of_its_headers_they_get()
    {
        var configuration = SettingsText.Of("""
            "Sources": { "a": { "Provider": "github", "Secrets": ["x"] }, "b": { "Provider": "slack", "Secrets": ["x"] } },
            "Destinations": { "one": { "Handler": "http", "Url": "http://a.example", "Sources": ["a"] }, "all": { "Handler": "http", "Url": "http://b.example" } }
            """).Reads();
        Assert.True(configuration.TryGetSource("a", out var a));
        Assert.True(configuration.TryGetSource("b", out var b));
        Assert.Equal(["all", "one"], a.Destinations.Select(destination => destination.Name).Order());
        Assert.Equal(["all"], b.Destinations.Select(destination => destination.Name));
        Assert.Equal(["X-Hub-Signature-256", "X-GitHub-*"], a.SenderHeaders);
        Assert.Equal(["X-Slack-Signature", "X-Slack-Request-Timestamp", "X-Slack-Retry-*"], b.SenderHeaders);
    }
}
