using Azure.Core;

namespace Azure.Data.Tables;

public class TableClientOptions : ClientOptions
{
    public TableClientOptions(ServiceVersion serviceVersion = ServiceVersion.V2020_12_06)
    {
        if (!Enum.IsDefined(serviceVersion)) throw new ArgumentOutOfRangeException(nameof(serviceVersion));
    }

    public TableAudience? Audience { get; set; }

    public bool EnableTenantDiscovery { get; set; }

    public enum ServiceVersion
    {
        V2019_02_02 = 1,
        V2020_12_06 = 2,
    }
}
