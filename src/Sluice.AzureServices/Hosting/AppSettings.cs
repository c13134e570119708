using Azure.Core;
using Azure.Data.Tables;
using Azure.Identity;
using Azure.Messaging.ServiceBus;
using Microsoft.Extensions.Configuration;

namespace Sluice.AzureServices.Hosting;

/// <summary>
/// The app settings of a function app beside the section <c>Sluice</c>: where the book and the queue are. A connection is a
/// connection string under its bare name, or the service's address and a managed identity under its name and a part.
/// </summary>
public sealed class AppSettings(IConfiguration configuration)
{
    private readonly List<string> faults = [];

    /// <summary>What is missing or wrong, each with the setting's name and the fix.</summary>
    public IReadOnlyList<string> Faults => faults;

    public string TablePrefix => Plain("TablePrefix", Tables.BookTables.DefaultPrefix);

    public string EventQueue => Required("EventQueue", "the name of the Service Bus queue");

    /// <summary>Says that a setting is needed, though only the host reads it.</summary>
    public string Required(string name, string what)
    {
        if (configuration[name] is { Length: > 0 } value) return value;
        Fault($"the app setting {name} is missing; it is {what}");
        return "";
    }

    /// <summary>The storage account of the book: <c>Tables</c> or <c>Tables__serviceUri</c>. Null with a fault when neither makes sense.</summary>
    public TableServiceClient? NewTables(TableClientOptions options)
    {
        if (configuration["Tables"] is { Length: > 0 } text) return Open("Tables", () => new TableServiceClient(text, options));
        var address = configuration["Tables:serviceUri"];
        if (Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttps) return new TableServiceClient(uri, Credential("Tables"), options);
        Fault(address is null
            ? "the app setting Tables__serviceUri is missing; it is the table endpoint of the book's storage account, such as https://NAME.table.core.windows.net (or set Tables to a connection string)"
            : "the app setting Tables__serviceUri is no https address; write https://NAME.table.core.windows.net");
        return null;
    }

    /// <summary>The namespace of the queue: <c>ServiceBus</c> or <c>ServiceBus__fullyQualifiedNamespace</c>. Null with a fault when neither makes sense.</summary>
    public ServiceBusClient? NewServiceBus(ServiceBusClientOptions options)
    {
        if (configuration["ServiceBus"] is { Length: > 0 } text) return Open("ServiceBus", () => new ServiceBusClient(text, options));
        if (configuration["ServiceBus:fullyQualifiedNamespace"] is { Length: > 0 } name) return Open("ServiceBus__fullyQualifiedNamespace", () => new ServiceBusClient(name, Credential("ServiceBus"), options));
        Fault("the app setting ServiceBus__fullyQualifiedNamespace is missing; it is the namespace's host name, such as NAME.servicebus.windows.net (or set ServiceBus to a connection string)");
        return null;
    }

    // The identity that the setting names, or the app's own.
    private TokenCredential Credential(string connection) => configuration[$"{connection}:clientId"] is { Length: > 0 } id
        ? new ManagedIdentityCredential(ManagedIdentityId.FromUserAssignedClientId(id))
        : new DefaultAzureCredential();

    private string Plain(string name, string otherwise)
    {
        var value = configuration[name] is { Length: > 0 } text ? text : otherwise;
        if (value.Length <= 40 && char.IsAsciiLetter(value[0]) && value.All(char.IsAsciiLetterOrDigit)) return value;
        Fault($"the app setting {name} is '{value}'; write up to 40 letters and digits, a letter first");
        return otherwise;
    }

    // What an SDK says of a connection string may quote it: only the setting is named.
    private T? Open<T>(string setting, Func<T> open)
        where T : class
    {
        try
        {
            return open();
        }
        catch (Exception e) when (e is FormatException or ArgumentException or InvalidOperationException)
        {
            Fault($"the app setting {setting} cannot be read; copy it again from the portal");
            return null;
        }
    }

    private void Fault(string fault)
    {
        if (!faults.Contains(fault)) faults.Add(fault);
    }
}

/// <summary>App settings with faults: the app does not start.</summary>
public sealed class AppSettingsException(IEnumerable<string> faults) : Exception(string.Join('\n', faults));
