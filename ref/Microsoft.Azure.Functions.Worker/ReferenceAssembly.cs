namespace Microsoft.Azure.Functions.Worker;

/// <summary>What this assembly cannot do: it has the shape of the packages, their attributes and builders, not their host.</summary>
internal static class ReferenceAssembly
{
    private const string Reason = "This is a reference assembly of Microsoft.Azure.Functions.Worker, which runs no functions: build with -p:AzureSdk=package";

    public static Task Refuse() => Task.FromException(new NotSupportedException(Reason));
}
