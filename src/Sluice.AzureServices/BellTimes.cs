namespace Sluice.AzureServices;

/// <summary>How long bells may take on Azure.</summary>
internal static class BellTimes
{
    /// <summary>How long after its moment a bell may still be on its way; its due row stands that much later. Longer than the queue's duplicate detection.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromMinutes(2);

    /// <summary>How far ahead a bell is scheduled in the queue; a later retry waits as a due row.</summary>
    public static readonly TimeSpan Horizon = TimeSpan.FromMinutes(2);
}
