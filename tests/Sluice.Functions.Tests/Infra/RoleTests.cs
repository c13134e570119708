using System.Text.RegularExpressions;

namespace Sluice.Functions.Tests.Infra;

public sealed partial class RoleTests
{
    private static readonly Dictionary<string, string> Roles = new()
    {
        ["69a216fc-b8fb-44d8-bc22-1f3c2cd27a39"] = "Azure Service Bus Data Sender",
        ["4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0"] = "Azure Service Bus Data Receiver",
        ["b7e6dc6d-f1e8-4753-8033-0f276bb0955b"] = "Storage Blob Data Owner",
        ["0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3"] = "Storage Table Data Contributor",
        ["3913510d-42f4-4e42-8a64-420c390055eb"] = "Monitoring Metrics Publisher",
        ["4633458b-17de-408a-b874-0445c86b69e6"] = "Key Vault Secrets User",
        ["b86a8fe4-44ce-4948-aee5-eccb2c155cd7"] = "Key Vault Secrets Officer",
    };

    [Fact]
    public void A_role_is_known_and_says_its_name_in_the_line_before()
    {
        var found = new HashSet<string>();
        foreach (var file in BicepFiles.All)
        {
            var lines = File.ReadAllLines(file.File);
            for (var i = 0; i < lines.Length; i++)
            {
                foreach (Match match in Guids().Matches(lines[i]))
                {
                    Assert.True(Roles.TryGetValue(match.Value, out var name), $"{file}:{i + 1}: {match.Value} is no role that Sluice needs");
                    Assert.Equal($"// {name}", lines[i - 1].Trim());
                    found.Add(match.Value);
                }
            }
        }

        Assert.Equal(Roles.Keys.Order(), found.Order());
    }

    [Theory]
    [InlineData("ingestRoles", "true", "false", true)]
    [InlineData("processRoles", "true", "true", false)]
    [InlineData("retryRoles", "true", "true", true)]
    public void An_app_holds_only_the_roles_it_needs(string module, string sends, string receives, bool readsSecrets)
    {
        var roles = BicepFiles.Main.Module(module);
        var app = module.Replace("Roles", "", StringComparison.Ordinal);
        Assert.Equal(sends, roles.Argument("sends"));
        Assert.Equal(receives, roles.Argument("receives"));
        Assert.Equal(readsSecrets, roles.Arguments.Any(argument => argument.Name == "keyVaultName"));
        Assert.Equal($"{app}Identity.outputs.principalId", roles.Argument("principalId"));
        Assert.Equal($"concat(sharedContainers, [{app}Container])", roles.Argument("hostContainers"));
    }

    [Theory]
    [InlineData("hostBlobs", "blobDataOwner", "container[i]")]
    [InlineData("book", "tableDataContributor", "bookStorage")]
    [InlineData("sender", "serviceBusDataSender", "queue")]
    [InlineData("receiver", "serviceBusDataReceiver", "queue")]
    [InlineData("secrets", "keyVaultSecretsUser", "vault")]
    [InlineData("telemetry", "monitoringMetricsPublisher", "applicationInsights")]
    public void A_role_is_given_on_the_one_thing_it_is_for(string resource, string role, string scope)
    {
        var assignment = BicepFiles.Named("roles").Resource(resource);
        Assert.Equal(scope, assignment.Property("scope"));
        Assert.Equal($"guid({scope}.id, principalId, {role})", assignment.Property("name"));
        Assert.Contains(role, assignment.Property("roleDefinitionId"), StringComparison.Ordinal);
        Assert.Equal("'ServicePrincipal'", assignment.Property("principalType"));
    }

    [Theory]
    [InlineData("sender", "sends")]
    [InlineData("receiver", "receives")]
    [InlineData("secrets", "!empty(keyVaultName)")]
    public void A_role_that_not_every_app_needs_is_conditional(string resource, string condition) =>
        Assert.Contains($"= if ({condition}) {{", BicepFiles.Named("roles").Resource(resource).Text, StringComparison.Ordinal);

    [Fact]
    public void Who_deploys_may_look_at_the_queue_and_send_a_dead_letter_again()
    {
        var assignment = BicepFiles.Named("servicebus").Resource("operator");
        Assert.Equal(("queue", "guid(queue.id, operatorId, role)"), (assignment.Property("scope"), assignment.Property("name")));
        Assert.Contains("[serviceBusDataReceiver, serviceBusDataSender]: if (!empty(operatorId))", assignment.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_assignment_has_a_name_made_of_what_it_says()
    {
        var assignments = BicepFiles.All.SelectMany(file => file.Resources).Where(resource => resource.Type.StartsWith("Microsoft.Authorization/roleAssignments@", StringComparison.Ordinal)).ToArray();
        Assert.Equal(8, assignments.Length);
        Assert.All(assignments, assignment => Assert.StartsWith("guid(", assignment.Property("name"), StringComparison.Ordinal));
    }

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")]
    private static partial Regex Guids();
}
