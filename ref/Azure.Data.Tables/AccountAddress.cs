namespace Azure.Data.Tables;

/// <summary>Which account a connection string names, and where its tables are.</summary>
internal sealed record AccountAddress(Uri Endpoint, string Name)
{
    private const string Development = "AccountName=devstoreaccount1;TableEndpoint=http://127.0.0.1:10002/devstoreaccount1";

    public static AccountAddress Of(string connectionString)
    {
        ArgumentException.ThrowIfNullOrEmpty(connectionString);
        var settings = Settings(connectionString);
        if (settings.TryGetValue("UseDevelopmentStorage", out var use) && bool.TryParse(use, out var develop) && develop) settings = Settings(Development);
        settings.TryGetValue("AccountName", out var name);
        if (settings.TryGetValue("TableEndpoint", out var endpoint)) return Of(new Uri(endpoint), name);
        if (name is null) throw new InvalidOperationException("No valid combination of account information found.");
        return Of(new Uri($"{settings.GetValueOrDefault("DefaultEndpointsProtocol", "https")}://{name}.table.{settings.GetValueOrDefault("EndpointSuffix", "core.windows.net")}"), name);
    }

    public static AccountAddress Of(Uri endpoint, string name = null)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        return new(endpoint, name ?? (endpoint.IsLoopback ? endpoint.Segments.ElementAtOrDefault(1)?.TrimEnd('/') : endpoint.Host.Split('.')[0]));
    }

    public Uri Table(string table) => new($"{Endpoint.GetLeftPart(UriPartial.Path).TrimEnd('/')}/{table}{Endpoint.Query}");

    private static Dictionary<string, string> Settings(string connectionString)
    {
        var settings = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var part in connectionString.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var split = part.IndexOf('=', StringComparison.Ordinal);
            if (split <= 0) throw new FormatException("Settings must be of the form \"name=value\".");
            if (!settings.TryAdd(part[..split], part[(split + 1)..])) throw new FormatException($"Duplicate setting '{part[..split]}' found.");
        }

        return settings;
    }
}
