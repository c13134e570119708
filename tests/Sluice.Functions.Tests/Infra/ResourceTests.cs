using System.Text.Json;

namespace Sluice.Functions.Tests.Infra;

public sealed class ResourceTests
{
    private static readonly string[] Apps = ["ingest", "process", "retry"];

    [Theory]
    [InlineData("storage", "account", "allowSharedKeyAccess", "false")]
    [InlineData("storage", "account", "allowBlobPublicAccess", "false")]
    [InlineData("storage", "account", "minimumTlsVersion", "'TLS1_2'")]
    [InlineData("servicebus", "bus", "disableLocalAuth", "true")]
    [InlineData("servicebus", "bus", "minimumTlsVersion", "'1.2'")]
    [InlineData("keyvault", "vault", "enableRbacAuthorization", "true")]
    [InlineData("monitoring", "applicationInsights", "DisableLocalAuth", "true")]
    [InlineData("functionapp", "app", "httpsOnly", "true")]
    public void Nothing_is_reached_with_a_key_or_in_the_clear(string module, string resource, string property, string value) =>
        Assert.Equal(value, BicepFiles.Named(module).Resource(resource).Property(property));

    [Theory]
    [InlineData("requiresDuplicateDetection", "true")]
    [InlineData("duplicateDetectionHistoryTimeWindow", "'PT30S'")]
    [InlineData("lockDuration", "'PT1M'")]
    [InlineData("maxDeliveryCount", "10")]
    [InlineData("deadLetteringOnMessageExpiration", "true")]
    [InlineData("requiresSession", "false")]
    [InlineData("enablePartitioning", "false")]
    public void The_queue_is_as_the_code_expects_it_here_and_in_the_emulator(string property, string value)
    {
        Assert.Equal(value, BicepFiles.Named("servicebus").Resource("queue").Property(property));
        using var config = JsonDocument.Parse(Checkout.Read(".github/emulator/config.json"));
        var queue = config.RootElement.GetProperty("UserConfig").GetProperty("Namespaces")[0].GetProperty("Queues")[0];
        Assert.Equal("events", queue.GetProperty("Name").GetString());
        // The emulator has no partitioned queues and no property for them.
        if (!queue.GetProperty("Properties").TryGetProperty(char.ToUpperInvariant(property[0]) + property[1..], out var emulated)) Assert.Equal("enablePartitioning", property);
        else Assert.Equal(value.Trim('\''), emulated.ToString(), ignoreCase: true);
    }

    [Fact]
    public void The_book_has_its_two_tables_and_the_hosts_have_an_account_of_their_own()
    {
        var book = BicepFiles.Main.Module("bookStorage").Argument("tables");
        Assert.Contains("'SluiceBook'", book, StringComparison.Ordinal);
        Assert.Contains("'SluiceIndex'", book, StringComparison.Ordinal);
        Assert.Contains("'SluiceQuarantine'", book, StringComparison.Ordinal);
        Assert.NotEqual(BicepFiles.Main.Module("bookStorage").Argument("name"), BicepFiles.Main.Module("hostStorage").Argument("name"));
    }

    [Theory]
    [InlineData("name", "'FC1'")]
    [InlineData("tier", "'FlexConsumption'")]
    public void A_plan_is_flex_consumption(string property, string value) =>
        Assert.Contains(BicepFiles.Named("functionapp").Resource("plan").Keys, key => key.Name == property && key.Text == value);

    [Fact]
    public void An_app_runs_dotnet_10_on_the_smallest_instance_with_sixteen_requests_at_once()
    {
        var app = BicepFiles.Named("functionapp").Resource("app");
        Assert.Contains(app.Keys, key => key is { Name: "name", Text: "'dotnet-isolated'" });
        Assert.Equal("'10.0'", app.Property("version"));
        Assert.Equal("512", BicepFiles.Main.Variables.Single(variable => variable.Name == "instanceMemoryMB").Text);
        Assert.Equal("16", BicepFiles.Main.Variables.Single(variable => variable.Name == "httpConcurrency").Text);
        Assert.Equal("httpConcurrency", app.Property("perInstanceConcurrency"));
    }

    [Theory]
    [InlineData("name")]
    [InlineData("planName")]
    [InlineData("hostId")]
    [InlineData("serviceName")]
    [InlineData("identityId")]
    [InlineData("clientId")]
    [InlineData("settings")]
    [InlineData("deploymentContainer")]
    [InlineData("subnetId")]
    public void Each_app_has_its_own(string argument) =>
        Assert.Equal(3, Apps.Select(app => BicepFiles.Main.Module(app).Argument(argument)).Distinct().Count());

    [Fact]
    public void Only_ingest_is_kept_warm()
    {
        Assert.Equal("alwaysReady", BicepFiles.Main.Module("ingest").Argument("alwaysReady"));
        Assert.DoesNotContain(BicepFiles.Main.Module("process").Arguments, argument => argument.Name == "alwaysReady");
        Assert.DoesNotContain(BicepFiles.Main.Module("retry").Arguments, argument => argument.Name == "alwaysReady");
    }

    [Fact]
    public void Packages_have_their_container_and_roles_are_given_before_an_app_is_made()
    {
        var text = Checkout.Read("infra/bicep/main.bicep");
        foreach (var app in Apps)
        {
            Assert.Contains(BicepFiles.Main.Module(app).Argument("deploymentContainer"), BicepFiles.Main.Module("hostStorage").Argument("containers"), StringComparison.Ordinal);
            Assert.Equal("hostStorage.outputs.name", BicepFiles.Main.Module(app).Argument("hostStorageName"));
            Assert.Contains($"dependsOn: [\n    {app}Roles\n  ]", text, StringComparison.Ordinal);
        }
    }
}
