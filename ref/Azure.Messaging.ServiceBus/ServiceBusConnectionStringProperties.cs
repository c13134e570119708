#nullable disable
namespace Azure.Messaging.ServiceBus;

public class ServiceBusConnectionStringProperties
{
    public Uri Endpoint { get; private set; }

    public string EntityPath { get; private set; }

    public string FullyQualifiedNamespace => Endpoint?.Host;

    public string SharedAccessKey { get; private set; }

    public string SharedAccessKeyName { get; private set; }

    public string SharedAccessSignature { get; private set; }

    public static ServiceBusConnectionStringProperties Parse(string connectionString)
    {
        ArgumentException.ThrowIfNullOrEmpty(connectionString);
        var properties = new ServiceBusConnectionStringProperties();
        foreach (var part in connectionString.Split(';'))
        {
            if (part.Length == 0) continue;
            var at = part.IndexOf('=', StringComparison.Ordinal);
            var value = at < 0 ? "" : part[(at + 1)..].Trim();
            if (value.Length == 0) throw Malformed();
            properties.Take(part[..at].Trim(), value);
        }

        return properties;
    }

    // An unknown name is passed over, as new ones appear from time to time (UseDevelopmentEmulator was one).
    private void Take(string name, string value)
    {
        if (Is("Endpoint")) Endpoint = ParseEndpoint(value);
        else if (Is("EntityPath")) EntityPath = value;
        else if (Is("SharedAccessKeyName")) SharedAccessKeyName = value;
        else if (Is("SharedAccessKey")) SharedAccessKey = value;
        else if (Is("SharedAccessSignature")) SharedAccessSignature = value;

        bool Is(string known) => string.Equals(known, name, StringComparison.OrdinalIgnoreCase);
    }

    private static Uri ParseEndpoint(string value)
    {
        var absolute = Uri.TryCreate(value, UriKind.Absolute, out var uri);
        var host = absolute ? uri.Host : value.TrimEnd('/');
        if (Uri.CheckHostName(host) == UriHostNameType.Unknown) throw Malformed();
        return new UriBuilder { Scheme = "sb", Host = host, Port = !absolute || uri.IsDefaultPort ? -1 : uri.Port }.Uri;
    }

    private static FormatException Malformed() => new("The connection string used for a Service Bus client could not be parsed; it is malformed.");
}
