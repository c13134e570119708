using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Sluice.Configuration;

namespace Sluice.Functions.Tests.Infra;

public sealed partial class DeploymentTests
{
    [Fact]
    public void Azd_is_given_only_parameters_that_exist_and_all_that_are_required()
    {
        using var given = JsonDocument.Parse(Checkout.Read("infra/bicep/main.parameters.json"));
        var names = given.RootElement.GetProperty("parameters").EnumerateObject().Select(parameter => parameter.Name).ToArray();
        Assert.Empty(names.Except(BicepFiles.Main.Parameters.Select(parameter => parameter.Name)));
        Assert.Empty(BicepFiles.Main.Parameters.Where(parameter => parameter.Required).Select(parameter => parameter.Name).Except(names));
        Assert.Equal("${AZURE_ENV_NAME}", given.RootElement.GetProperty("parameters").GetProperty("environmentName").GetProperty("value").GetString());
        Assert.Equal("${AZURE_LOCATION}", given.RootElement.GetProperty("parameters").GetProperty("location").GetProperty("value").GetString());
    }

    [Fact]
    public void Plain_az_needs_a_name_and_a_location_and_nothing_else() =>
        Assert.Equal(["environmentName", "location"], BicepFiles.Main.Parameters.Where(parameter => parameter.Required).Select(parameter => parameter.Name));

    [Theory]
    [InlineData("ingest", "./src/IngestFunction")]
    [InlineData("process", "./src/ProcessFunction")]
    [InlineData("retry", "./src/RetryFunction")]
    public void A_service_of_azd_is_a_project_here_and_a_tag_there(string service, string project)
    {
        var services = Services().Matches(Checkout.Read("azure.yaml")).ToDictionary(match => match.Groups["name"].Value, match => match.Groups["settings"].Value);
        Assert.Equal(3, services.Count);
        Assert.Contains($"project: {project}\n", services[service], StringComparison.Ordinal);
        Assert.Contains("language: dotnet\n", services[service], StringComparison.Ordinal);
        Assert.Contains("host: function\n", services[service], StringComparison.Ordinal);
        Assert.Single(Directory.GetFiles(Checkout.PathOf(project), "*.csproj"));

        Assert.Equal($"'{service}'", BicepFiles.Main.Module(service).Argument("serviceName"));
        Assert.Equal("serviceName", BicepFiles.Named("functionapp").Resource("app").Property("azd-service-name"));
        Assert.Equal("environmentName", BicepFiles.Main.Variables.Single(variable => variable.Name == "tags").Keys.Single(key => key.Name == "azd-env-name").Text);
    }

    [Fact]
    public void What_reads_is_deployed_before_what_writes()
    {
        var text = Checkout.Read("azure.yaml");
        Assert.Matches(@"  retry:\n(    .*\n)*    uses:\n      - process\n", text);
        Assert.Matches(@"  ingest:\n(    .*\n)*    uses:\n      - retry\n", text);
    }

    [Theory]
    [InlineData("AZURE_LOCATION")]
    [InlineData("AZURE_TENANT_ID")]
    [InlineData("AZURE_RESOURCE_GROUP")]
    [InlineData("SERVICE_INGEST_NAME")]
    [InlineData("SERVICE_INGEST_URI")]
    [InlineData("SERVICE_PROCESS_NAME")]
    [InlineData("SERVICE_RETRY_NAME")]
    [InlineData("SERVICE_RETRY_URI")]
    [InlineData("WEBHOOK_URL")]
    [InlineData("OPS_URL")]
    [InlineData("VAULT_NAME")]
    public void The_deployment_says(string output) => Assert.Contains(BicepFiles.Main.Outputs, found => found.Name == output);

    [Fact]
    public void The_hosts_file_leaves_settling_to_the_code_and_renews_locks_for_the_longest_handler()
    {
        using var host = JsonDocument.Parse(Checkout.Read("host.json"));
        var root = host.RootElement;
        Assert.Equal("2.0", root.GetProperty("version").GetString());
        Assert.False(root.TryGetProperty("extensionBundle", out _));
        Assert.Equal("api", root.GetProperty("extensions").GetProperty("http").GetProperty("routePrefix").GetString());
        var bus = root.GetProperty("extensions").GetProperty("serviceBus");
        Assert.False(bus.GetProperty("autoCompleteMessages").GetBoolean());
        Assert.Equal(0, bus.GetProperty("prefetchCount").GetInt32());
        var renewed = TimeSpan.Parse(bus.GetProperty("maxAutoLockRenewalDuration").GetString()!, CultureInfo.InvariantCulture);
        Assert.InRange(renewed, DestinationSettings.LongestTimeout + TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(10));
    }

    [GeneratedRegex(@"^  (?<name>[a-z]+):\n(?<settings>(?:    .*\n)+)", RegexOptions.Multiline)]
    private static partial Regex Services();
}
