using Handlers;
using IngestFunction;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ProcessFunction;
using RetryFunction;
using Sluice.AzureServices.Hosting;
using Sluice.Configuration;

namespace Sluice.Functions.Tests.Wiring;

/// <summary>What an app says of its settings before it starts: each fault once, by its name, and no more than it uses.</summary>
public sealed class AppSettingsFaultTests
{
    private const string Key = "c2VjcmV0X2tleQ==";
    private const string TablesText = $"DefaultEndpointsProtocol=https;AccountName=book;AccountKey={Key};EndpointSuffix=core.windows.net";
    private const string BusText = $"Endpoint=sb://name.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey={Key}";

    public static TheoryData<FunctionApp> Apps => [FunctionApp.Ingest, FunctionApp.Process, FunctionApp.Retry];

    [Theory]
    [MemberData(nameof(Apps))]
    public void With_connection_strings_an_app_is_built_and_its_functions_resolve(FunctionApp app) => Resolves(app, Settings(app));

    [Theory]
    [MemberData(nameof(Apps))]
    public void With_identities_an_app_is_built_and_its_functions_resolve(FunctionApp app)
    {
        var settings = Settings(app);
        settings.Remove("Tables");
        settings.Remove("ServiceBus");
        settings["Tables__serviceUri"] = "https://book.table.core.windows.net";
        settings["Tables__clientId"] = "11111111-1111-1111-1111-111111111111";
        settings["ServiceBus__fullyQualifiedNamespace"] = "name.servicebus.windows.net";
        settings["ServiceBus__credential"] = "managedidentity";
        settings["ServiceBus__clientId"] = "11111111-1111-1111-1111-111111111111";
        Resolves(app, settings);
    }

    [Theory]
    [InlineData(FunctionApp.Ingest, "Tables__serviceUri ServiceBus__fullyQualifiedNamespace EventQueue")]
    [InlineData(FunctionApp.Process, "Tables__serviceUri ServiceBus__fullyQualifiedNamespace EventQueue")]
    [InlineData(FunctionApp.Retry, "Tables__serviceUri ServiceBus__fullyQualifiedNamespace EventQueue RetrySchedule")]
    public void Without_any_setting_all_that_an_app_needs_are_named_at_once_and_none_that_it_does_not(FunctionApp app, string names)
    {
        var lines = Refused(app, []).Split('\n');
        Assert.Equal(names.Split(' '), lines.Select(line => line.Split(' ')[3]));
        Assert.All(lines, line => Assert.Contains("is missing", line, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Tables", "Tables__serviceUri")]
    [InlineData("ServiceBus", "ServiceBus__fullyQualifiedNamespace")]
    [InlineData("EventQueue", "EventQueue")]
    [InlineData("RetrySchedule", "RetrySchedule")]
    public void One_missing_setting_is_named_alone(string removed, string named)
    {
        foreach (var app in new[] { FunctionApp.Ingest, FunctionApp.Process, FunctionApp.Retry })
        {
            var settings = Settings(app);
            if (!settings.Remove(removed)) continue;
            var message = Refused(app, settings);
            Assert.Contains($"the app setting {named} is missing", message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', message);
        }
    }

    [Theory]
    [InlineData("Tables", $"AccountName=book;AccountKey={Key};nonsense")]
    [InlineData("Tables", "secret_key")]
    [InlineData("ServiceBus", $"Endpoint=nowhere;SharedAccessKey={Key}")]
    [InlineData("ServiceBus", "secret_key")]
    [InlineData("ServiceBus", $"SharedAccessKeyName=Root;SharedAccessKey={Key}")]
    [InlineData("TablePrefix", "no-letters-and-digits")]
    [InlineData("TablePrefix", "1st")]
    public void A_setting_that_makes_no_sense_is_named_and_not_quoted_where_it_is_a_secret(string setting, string value)
    {
        var settings = Settings(FunctionApp.Ingest);
        settings[setting] = value;
        var message = Refused(FunctionApp.Ingest, settings);
        Assert.Contains($"the app setting {setting} ", message, StringComparison.Ordinal);
        Assert.DoesNotContain(Key, message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret_key", message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    [Theory]
    [InlineData("http://book.table.core.windows.net")]
    [InlineData("book.table.core.windows.net")]
    public void An_address_of_the_tables_that_is_no_https_address_is_refused(string address)
    {
        var settings = Settings(FunctionApp.Ingest);
        settings.Remove("Tables");
        settings["Tables__serviceUri"] = address;
        Assert.Contains("the app setting Tables__serviceUri is no https address", Refused(FunctionApp.Ingest, settings), StringComparison.Ordinal);
    }

    [Fact]
    public void Faults_of_connections_and_of_others_are_told_together()
    {
        var settings = Settings(FunctionApp.Retry);
        (settings["Tables"], settings["ServiceBus"], settings["TablePrefix"]) = ("secret_key", "secret_key", "no-letters-and-digits");
        settings.Remove("EventQueue");
        settings.Remove("RetrySchedule");
        var lines = Refused(FunctionApp.Retry, settings).Split('\n');
        Assert.Equal(["Tables", "ServiceBus", "EventQueue", "TablePrefix", "RetrySchedule"], lines.Select(line => line.Split(' ')[3]));
    }

    [Fact]
    public void Ingest_and_process_need_no_schedule_and_process_no_secrets()
    {
        foreach (var app in new[] { FunctionApp.Ingest, FunctionApp.Process, FunctionApp.Retry })
        {
            var settings = Settings(app);
            Assert.Equal(app == FunctionApp.Retry, settings.ContainsKey("RetrySchedule"));
            Assert.Equal(app != FunctionApp.Process, settings.ContainsKey("Sluice__Sources__stripe__Secrets__0"));
            Resolves(app, settings);
        }
    }

    [Fact]
    public void A_source_with_a_fault_does_not_keep_the_retry_app_from_starting()
    {
        var settings = Settings(FunctionApp.Retry);
        settings.Remove("Sluice__Sources__stripe__Secrets__0");
        settings["Sluice__Sources__stripe__Tolerance"] = "soon";
        Resolves(FunctionApp.Retry, settings);
        using var host = Build(FunctionApp.Retry, settings);
        Assert.True(host.Services.GetRequiredService<LiveConfiguration>().Current.TryGetSource("stripe", out var source));
        Assert.Null(source.Verifier);
    }

    [Fact]
    public void An_unknown_handler_stops_the_app_that_delivers_and_no_other()
    {
        foreach (var app in new[] { FunctionApp.Ingest, FunctionApp.Process, FunctionApp.Retry })
        {
            var settings = Settings(app);
            settings["Sluice__Destinations__billing__Handler"] = "nobody";
            if (app != FunctionApp.Process)
            {
                Resolves(app, settings);
                continue;
            }

            using var host = Build(app, settings);
            var fault = Assert.Throws<AppSettingsException>(() => host.Services.GetRequiredService<LiveConfiguration>());
            Assert.Contains("Sluice__Destinations__billing__Handler", fault.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Faults_of_the_configuration_as_a_whole_are_told_at_once_under_the_names_of_app_settings()
    {
        var settings = Settings(FunctionApp.Ingest);
        settings["Sluice__Retention"] = "soon";
        settings["Sluice__Retry__MaxAttempts"] = "many";
        using var host = Build(FunctionApp.Ingest, settings);
        var fault = Assert.Throws<AppSettingsException>(() => host.Services.GetRequiredService<LiveConfiguration>());
        Assert.Contains("Sluice__Retention is 'soon'", fault.Message, StringComparison.Ordinal);
        // Only the name is written as an app setting's.
        Assert.Contains("such as 00:00:30", fault.Message, StringComparison.Ordinal);
        Assert.Contains("Sluice__Retry__MaxAttempts", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("whsec_of_the_test", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Faults_of_the_configuration_are_told_together_with_those_of_the_other_settings()
    {
        var settings = Settings(FunctionApp.Ingest);
        settings.Remove("EventQueue");
        settings["Sluice__Retention"] = "soon";
        var message = Refused(FunctionApp.Ingest, settings);
        Assert.Contains("the app setting EventQueue is missing", message, StringComparison.Ordinal);
        Assert.Contains("Sluice__Retention is 'soon'", message, StringComparison.Ordinal);
        Assert.DoesNotContain("whsec_of_the_test", message, StringComparison.Ordinal);
    }

    private static Dictionary<string, string?> Settings(FunctionApp app)
    {
        var settings = new Dictionary<string, string?>
        {
            ["Tables"] = TablesText, ["ServiceBus"] = BusText, ["EventQueue"] = "events",
            ["Sluice__Sources__stripe__Provider"] = "stripe", ["Sluice__Destinations__billing__Handler"] = "log",
        };
        if (app != FunctionApp.Process) settings["Sluice__Sources__stripe__Secrets__0"] = "whsec_of_the_test";
        if (app == FunctionApp.Retry) settings["RetrySchedule"] = "0 * * * * *";
        return settings;
    }

    // As the app's own Program builds it; only that nothing starts.
    private static IHost Build(FunctionApp app, Dictionary<string, string?> settings)
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection(settings.Select(pair => new KeyValuePair<string, string?>(pair.Key.Replace("__", ":", StringComparison.Ordinal), pair.Value)));
        if (app == FunctionApp.Process) builder.Services.AddSluiceHandlers().AddUserHandlers();
        builder.Services.AddSingleton(TimeProvider.System).AddSingleton(Random.Shared).AddSluiceOnAzure(builder.Configuration, app);
        return builder.Build();
    }

    private static string Refused(FunctionApp app, Dictionary<string, string?> settings) => Assert.Throws<AppSettingsException>(() => Build(app, settings)).Message;

    private static void Resolves(FunctionApp app, Dictionary<string, string?> settings)
    {
        using var host = Build(app, settings);
        Type[] functions = app switch
        {
            FunctionApp.Ingest => [typeof(WebhookFunction), typeof(HealthFunction)],
            FunctionApp.Process => [typeof(BellFunction)],
            _ => [typeof(SweepFunction), typeof(CompareFunction), typeof(OpsFunction), typeof(QuarantineFunction), typeof(ReconcileFunction)],
        };
        Assert.All(functions, function => Assert.NotNull(ActivatorUtilities.CreateInstance(host.Services, function)));
        Assert.NotEmpty(host.Services.GetServices<IHostedService>());
    }
}
