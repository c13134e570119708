namespace Sluice.Functions.Tests.Infra;

/// <summary>The settings that each app reads, as the platform names them; <c>*</c> stands for a name or a number. Kept here and nowhere else.</summary>
internal static class AppSettings
{
    public static IReadOnlyDictionary<string, string[]> Read { get; } = new Dictionary<string, string[]>
    {
        ["ingest"] = [.. Every, "Sluice__Sources__*__Secrets__*"],
        ["process"] = Every,
        ["retry"] = [.. Every, "Sluice__Sources__*__Secrets__*", "Sluice__Sources__*__Reconcile__Token", "RetrySchedule"],
    };

    /// <summary>What the platform's own host reads, on Azure.</summary>
    public static IReadOnlyList<string> Host { get; } =
    [
        "AzureWebJobsStorage__blobServiceUri",
        "AzureWebJobsStorage__queueServiceUri",
        "AzureWebJobsStorage__tableServiceUri",
        "AzureWebJobsStorage__credential",
        "AzureWebJobsStorage__clientId",
        "AzureFunctionsWebHost__hostid",
        "APPLICATIONINSIGHTS_CONNECTION_STRING",
        "APPLICATIONINSIGHTS_AUTHENTICATION_STRING",
    ];

    /// <summary>On one machine: connection strings of the emulators in place of identities.</summary>
    public static IReadOnlyList<string> Local { get; } =
    [
        "FUNCTIONS_WORKER_RUNTIME",
        "AzureWebJobsStorage",
        "Tables",
        "TablePrefix",
        "ServiceBus",
        "EventQueue",
        "RetrySchedule",
        "Sluice__Sources__stripe__Provider",
        "Sluice__Sources__stripe__Secrets__0",
    ];

    /// <summary>Refused or ignored by Flex Consumption: they are part of functionAppConfig there.</summary>
    public static IReadOnlyList<string> ForbiddenOnFlex { get; } =
    [
        "FUNCTIONS_WORKER_RUNTIME",
        "FUNCTIONS_EXTENSION_VERSION",
        "FUNCTIONS_MAX_HTTP_CONCURRENCY",
        "WEBSITE_RUN_FROM_PACKAGE",
        "WEBSITE_CONTENTSHARE",
        "WEBSITE_CONTENTAZUREFILECONNECTIONSTRING",
        "WEBSITE_MAX_DYNAMIC_APPLICATION_SCALE_OUT",
        "WEBSITE_USE_PLACEHOLDER_DOTNETISOLATED",
        "WEBSITE_VNET_ROUTE_ALL",
        "SCM_DO_BUILD_DURING_DEPLOYMENT",
        "ENABLE_ORYX_BUILD",
        "linuxFxVersion",
        "netFrameworkVersion",
    ];

    private static string[] Every =>
    [
        "Tables__serviceUri",
        "Tables__clientId",
        "TablePrefix",
        "ServiceBus__fullyQualifiedNamespace",
        "ServiceBus__credential",
        "ServiceBus__clientId",
        "EventQueue",
        "Sluice__Sources__*__Provider",
    ];
}
