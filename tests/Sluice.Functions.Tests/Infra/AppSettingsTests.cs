using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Configuration;
using Sluice.Delivery;
using Sluice.Providers;

namespace Sluice.Functions.Tests.Infra;

public sealed class AppSettingsTests
{
    public static TheoryData<string, string> Apps => new() { { "ingest", "IngestFunction" }, { "process", "ProcessFunction" }, { "retry", "RetryFunction" } };

    [Theory]
    [MemberData(nameof(Apps))]
    public void An_app_has_every_setting_that_it_reads(string app, string project)
    {
        var set = SettingsOf(app);
        var placeholders = Checkout.Files($"src/{project}", "*.cs").SelectMany(path => Regex.Matches(File.ReadAllText(path), "%(\\w+)%")).Select(match => match.Groups[1].Value);
        Assert.Empty(AppSettings.Read[app].Concat(AppSettings.Host).Concat(placeholders).Except(set));
    }

    [Fact]
    public void The_app_that_verifies_nothing_is_given_no_secrets() =>
        Assert.DoesNotContain(SettingsOf("process"), name => name.Contains("Secrets", StringComparison.Ordinal));

    [Theory]
    [InlineData("ingest")]
    [InlineData("process")]
    public void Only_retry_is_given_the_tokens_for_senders_logs(string app) =>
        Assert.DoesNotContain(SettingsOf(app), name => name.Contains("Reconcile", StringComparison.Ordinal));

    [Theory]
    [InlineData("secretSettings")]
    [InlineData("tokenSettings")]
    public void A_secret_is_a_reference_into_the_vault(string settings)
    {
        var secrets = BicepFiles.Main.Variables.Single(variable => variable.Name == settings);
        Assert.Contains(secrets.Strings, text => text.StartsWith("@Microsoft.KeyVault(SecretUri=https://${keyVaultName}", StringComparison.Ordinal) && text.EndsWith(')'));
        Assert.Equal("identityId", BicepFiles.Named("functionapp").Resource("app").Property("keyVaultReferenceIdentity"));
    }

    [Theory]
    [MemberData(nameof(Apps))]
    public void An_app_takes_extra_settings_and_none_that_its_plan_forbids(string app, string project)
    {
        _ = project;
        Assert.Contains("extraSettings", VariableOf(app).Uses);
        Assert.EndsWith("extraSettings)", VariableOf(app).Text, StringComparison.Ordinal);
        Assert.Empty(SettingsOf(app).Intersect(AppSettings.ForbiddenOnFlex));
        Assert.Empty(BicepFiles.Named("functionapp").Resource("app").Keys.Select(key => key.Name).Intersect(AppSettings.ForbiddenOnFlex));
    }

    [Fact]
    public void No_second_resource_replaces_the_settings()
    {
        Assert.DoesNotContain(BicepFiles.All.SelectMany(file => file.Resources), resource => resource.Type.StartsWith("Microsoft.Web/sites/config", StringComparison.Ordinal));
        Assert.Contains("items(allSettings)", BicepFiles.Named("functionapp").Resource("app").Property("appSettings"), StringComparison.Ordinal);
        Assert.Equal("union(identitySettings, settings)", BicepFiles.Named("functionapp").Variables.Single(variable => variable.Name == "allSettings").Text);
        Assert.All(new[] { BicepFiles.Main.Parameters.Single(parameter => parameter.Name == "extraSettings"), BicepFiles.Named("functionapp").Parameters.Single(parameter => parameter.Name == "settings") },
            parameter => Assert.True(parameter.Secure));
    }

    [Fact]
    public void The_local_sample_has_every_setting_as_text()
    {
        var values = LocalSample();
        Assert.Empty(AppSettings.Local.Except(values.Keys));
        Assert.Contains(values.Keys, name => name.StartsWith("Sluice__Destinations__", StringComparison.Ordinal));
        Assert.Equal("UseDevelopmentStorage=true", values["AzureWebJobsStorage"]);
        Assert.Equal("UseDevelopmentStorage=true", values["Tables"]);
        Assert.Contains("UseDevelopmentEmulator=true", values["ServiceBus"], StringComparison.Ordinal);
        Assert.Equal("dotnet-isolated", values["FUNCTIONS_WORKER_RUNTIME"]);
    }

    [Fact]
    public void The_local_sample_is_a_configuration_without_faults()
    {
        var settings = LocalSample().ToDictionary(pair => pair.Key.Replace("__", ":", StringComparison.Ordinal), pair => (string?)pair.Value);
        var errors = new List<ConfigurationError>();
        var built = SluiceConfiguration.Build(
            new ConfigurationBuilder().AddInMemoryCollection(settings).Build(), ProviderCatalog.Default, new HandlerCatalog(new LogHandler(NullLogger<LogHandler>.Instance)), new SecretResolver(_ => null, "/"), errors);
        Assert.Empty(errors);
        Assert.Single(built.Sources);
        Assert.Single(built.Destinations);
    }

    private static Dictionary<string, string> LocalSample()
    {
        using var sample = JsonDocument.Parse(Checkout.Read("local.settings.sample.json"));
        return sample.RootElement.GetProperty("Values").Deserialize<Dictionary<string, string>>()!;
    }

    private static BicepVariable VariableOf(string app) => BicepFiles.Main.Variables.Single(variable => variable.Name == BicepFiles.Main.Module(app).Argument("settings"));

    /// <summary>What main.bicep composes for the app, and what its module adds.</summary>
    private static HashSet<string> SettingsOf(string app)
    {
        var names = new HashSet<string>();
        var open = new Queue<(BicepFile File, BicepVariable Variable)>([(BicepFiles.Main, VariableOf(app)), (BicepFiles.Named("functionapp"), BicepFiles.Named("functionapp").Variables.Single(variable => variable.Name == "allSettings"))]);
        while (open.TryDequeue(out var at))
        {
            var strings = at.Variable.Strings.Where(text => text.StartsWith("Sluice__", StringComparison.Ordinal));
            names.UnionWith(at.Variable.Keys.Select(key => key.Name).Concat(strings).Select(name => Regex.Replace(name, @"\$\{[^}]*\}", "*")));
            foreach (var used in at.File.Variables.Where(variable => at.Variable.Uses.Contains(variable.Name))) open.Enqueue((at.File, used));
        }

        return names;
    }
}
