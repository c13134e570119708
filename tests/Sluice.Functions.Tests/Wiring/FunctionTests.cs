using System.Reflection;
using System.Text.Json;
using IngestFunction;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using ProcessFunction;
using RetryFunction;
using Sluice.Functions.Tests.Infra;

namespace Sluice.Functions.Tests.Wiring;

/// <summary>The functions of the three apps, as their hosts find them by reflection.</summary>
public sealed class FunctionTests
{
    private const string EveryMethod = "get head post put patch delete options";

    private static readonly (string App, Assembly Assembly)[] Apps =
        [("ingest", typeof(WebhookFunction).Assembly), ("process", typeof(BellFunction).Assembly), ("retry", typeof(SweepFunction).Assembly)];

    /// <summary>Each HTTP function: app, name, level, methods, route.</summary>
    public static TheoryData<string, string, AuthorizationLevel, string, string> HttpFunctions => new()
    {
        { "ingest", "Webhook", AuthorizationLevel.Anonymous, EveryMethod, "webhooks/{source}" },
        { "ingest", "WebhookWithSecret", AuthorizationLevel.Anonymous, EveryMethod, "webhooks/{source}/{secret}" },
        { "ingest", "Health", AuthorizationLevel.Anonymous, "get head", "health" },
        { "ingest", "HealthReady", AuthorizationLevel.Anonymous, "get head", "health/ready" },
        { "retry", "OpsEvents", AuthorizationLevel.Function, "get", "ops/events" },
        { "retry", "OpsEvent", AuthorizationLevel.Function, "get", "ops/events/{id}" },
        { "retry", "OpsEventBody", AuthorizationLevel.Function, "get", "ops/events/{id}/body" },
        { "retry", "OpsEventReplay", AuthorizationLevel.Function, "post", "ops/events/{id}/replay" },
        { "retry", "OpsDeadLetters", AuthorizationLevel.Function, "get", "ops/dead-letters" },
        { "retry", "OpsDeadLettersReplay", AuthorizationLevel.Function, "post", "ops/dead-letters/replay" },
        { "retry", "OpsDeadLettersPurge", AuthorizationLevel.Function, "post", "ops/dead-letters/purge" },
        { "retry", "OpsStats", AuthorizationLevel.Function, "get", "ops/stats" },
        { "retry", "OpsSources", AuthorizationLevel.Function, "get", "ops/sources" },
        { "retry", "OpsRejections", AuthorizationLevel.Function, "get", "ops/rejections" },
        { "retry", "OpsQuarantine", AuthorizationLevel.Function, "get", "ops/quarantine" },
        { "retry", "OpsQuarantined", AuthorizationLevel.Function, "get", "ops/quarantine/{id}" },
        { "retry", "OpsQuarantinedBody", AuthorizationLevel.Function, "get", "ops/quarantine/{id}/body" },
        { "retry", "OpsQuarantinedVerify", AuthorizationLevel.Function, "post", "ops/quarantine/{id}/verify" },
        { "retry", "OpsQuarantinedRelease", AuthorizationLevel.Function, "post", "ops/quarantine/{id}/release" },
        { "retry", "OpsQuarantinedPurge", AuthorizationLevel.Function, "post", "ops/quarantine/{id}/purge" },
        { "retry", "OpsQuarantineVerify", AuthorizationLevel.Function, "post", "ops/quarantine/verify" },
        { "retry", "OpsQuarantineRelease", AuthorizationLevel.Function, "post", "ops/quarantine/release" },
        { "retry", "OpsQuarantinePurge", AuthorizationLevel.Function, "post", "ops/quarantine/purge" },
        { "retry", "OpsDestinations", AuthorizationLevel.Function, "get", "ops/destinations" },
        { "retry", "OpsDestination", AuthorizationLevel.Function, "get", "ops/destinations/{name}" },
        { "retry", "OpsDestinationRegister", AuthorizationLevel.Function, "put", "ops/destinations/{name}" },
        { "retry", "OpsDestinationRemove", AuthorizationLevel.Function, "delete", "ops/destinations/{name}" },
        { "retry", "OpsDestinationPause", AuthorizationLevel.Function, "post", "ops/destinations/{name}/pause" },
        { "retry", "OpsDestinationResume", AuthorizationLevel.Function, "post", "ops/destinations/{name}/resume" },
        { "retry", "OpsDestinationTest", AuthorizationLevel.Function, "post", "ops/destinations/{name}/test" },
        { "retry", "OpsReconcileSources", AuthorizationLevel.Function, "get", "ops/reconcile" },
        { "retry", "OpsReconcile", AuthorizationLevel.Function, "post", "ops/sources/{name}/reconcile" },
    };

    [Theory]
    [MemberData(nameof(HttpFunctions))]
    public void An_HTTP_function_is_reached_as_documented_and_by_nobody_else(string app, string name, AuthorizationLevel level, string methods, string route)
    {
        var trigger = Assert.IsType<HttpTriggerAttribute>(Trigger(Assert.Single(FunctionsOf(app), function => NameOf(function) == name)));
        Assert.Equal((level, methods, route), (trigger.AuthLevel, string.Join(' ', trigger.Methods!), trigger.Route));
    }

    [Fact]
    public void There_are_no_other_functions()
    {
        string[] expected = [.. HttpFunctions.Select(row => row.Data.Item2), "Bell", "Compare", "Sweep"];
        Assert.Equal(expected.Order(), Apps.SelectMany(app => FunctionsOf(app.App)).Select(NameOf).Order());
    }

    [Fact]
    public void No_two_functions_of_the_three_apps_share_a_name()
    {
        var names = Apps.SelectMany(app => FunctionsOf(app.App)).Select(NameOf).ToList();
        Assert.Equal(names.Distinct(StringComparer.OrdinalIgnoreCase), names);
    }

    [Fact]
    public void The_bell_is_heard_from_the_configured_queue_and_its_message_is_settled_by_the_function()
    {
        var trigger = Assert.IsType<ServiceBusTriggerAttribute>(Trigger(Assert.Single(FunctionsOf("process"))));
        Assert.Equal(("%EventQueue%", "ServiceBus", false), (trigger.QueueName, trigger.Connection, trigger.AutoCompleteMessages));
        // Said here, not left to a host.json that another may bring.
        var attribute = Parameter(Assert.Single(FunctionsOf("process"))).GetCustomAttributesData().Single(data => data.AttributeType == typeof(ServiceBusTriggerAttribute));
        Assert.Contains(attribute.NamedArguments, argument => argument.MemberName == nameof(ServiceBusTriggerAttribute.AutoCompleteMessages) && argument.TypedValue.Value is false);
        Assert.False(trigger.IsBatched);
        Assert.False(trigger.IsSessionsEnabled);
    }

    [Fact]
    public void The_timer_runs_on_the_configured_schedule()
    {
        var trigger = Assert.IsType<TimerTriggerAttribute>(Trigger(Assert.Single(FunctionsOf("retry"), function => NameOf(function) == "Sweep")));
        Assert.Equal(("%RetrySchedule%", false), (trigger.Schedule, trigger.RunOnStartup));
    }

    [Fact]
    public void Every_setting_and_connection_that_a_trigger_names_stands_in_the_local_sample_and_in_the_deployment()
    {
        using var sample = JsonDocument.Parse(Checkout.Read("local.settings.sample.json"));
        var local = sample.RootElement.GetProperty("Values");
        var bicep = string.Join('\n', Checkout.Files("infra/bicep", "*.bicep").Select(File.ReadAllText));
        foreach (var (name, isConnection) in Apps.SelectMany(app => FunctionsOf(app.App)).SelectMany(Settings).Distinct())
        {
            Assert.True(local.TryGetProperty(name, out _), $"{name} is missing in local.settings.sample.json");
            // On Azure a connection is an address and an identity.
            Assert.Contains(isConnection ? $"{name}__fullyQualifiedNamespace" : name, bicep, StringComparison.Ordinal);
        }

        Assert.Equal(["EventQueue", "RetrySchedule", "ServiceBus"], Apps.SelectMany(app => FunctionsOf(app.App)).SelectMany(Settings).Select(setting => setting.Name).Distinct().Order());
    }

    [Fact]
    public void Functions_are_public_methods_of_public_classes_and_return_what_their_host_understands()
    {
        foreach (var function in Apps.SelectMany(app => FunctionsOf(app.App)))
        {
            Assert.True(function.IsPublic && function.DeclaringType is { IsPublic: true, IsSealed: true, IsNested: false }, $"{function.DeclaringType}.{function.Name}");
            var expected = Trigger(function) is HttpTriggerAttribute ? typeof(Task<IResult>) : typeof(Task);
            Assert.Equal(expected, function.ReturnType);
            Assert.Single(function.GetParameters(), parameter => parameter.GetCustomAttributes().Any(IsTrigger));
        }
    }

    [Fact]
    public void The_parts_of_a_route_are_parameters_of_its_function()
    {
        foreach (var function in Apps.SelectMany(app => FunctionsOf(app.App)))
        {
            if (Trigger(function) is not HttpTriggerAttribute { Route: { } route }) continue;
            var parts = route.Split('/').Where(part => part.StartsWith('{')).Select(part => part.Trim('{', '}'));
            Assert.Equal(parts, function.GetParameters().Skip(1).Select(parameter => parameter.Name));
            Assert.Equal(typeof(HttpRequest), function.GetParameters()[0].ParameterType);
        }
    }

    // Everything that carries the attribute, wherever somebody puts it.
    private static IEnumerable<MethodInfo> FunctionsOf(string app) =>
        Apps.Single(one => one.App == app).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly))
            .Where(method => method.GetCustomAttribute<FunctionAttribute>() is not null);

    private static string NameOf(MethodInfo function) => function.GetCustomAttribute<FunctionAttribute>()!.Name;

    private static ParameterInfo Parameter(MethodInfo function) => function.GetParameters().Single(parameter => parameter.GetCustomAttributes().Any(IsTrigger));

    private static Attribute Trigger(MethodInfo function) => Parameter(function).GetCustomAttributes().Single(IsTrigger);

    private static bool IsTrigger(Attribute attribute) => attribute.GetType().Name.EndsWith("TriggerAttribute", StringComparison.Ordinal);

    private static IEnumerable<(string Name, bool IsConnection)> Settings(MethodInfo function) => Trigger(function) switch
    {
        ServiceBusTriggerAttribute bus => [(bus.QueueName!.Trim('%'), false), (bus.Connection!, true)],
        TimerTriggerAttribute timer => [(timer.Schedule.Trim('%'), false)],
        _ => [],
    };
}
