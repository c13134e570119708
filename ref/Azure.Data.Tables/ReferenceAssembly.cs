namespace Azure.Data.Tables;

internal static class ReferenceAssembly
{
    /// <summary>What a call to the service ends with.</summary>
    public static NotSupportedException NoService() =>
        new("This is a reference assembly of Azure.Data.Tables, without a service behind it: build with -p:AzureSdk=package to call Azure.");
}
