using Azure.Messaging.ServiceBus;

namespace Sluice.Functions.Tests.Broker;

/// <summary>What the client library itself refuses before it asks the broker.</summary>
internal static class Settlement
{
    private const int LongestReason = 4096;

    public static string TokenOf(ServiceBusReceivedMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return Guid.Parse(message.LockToken) == Guid.Empty
            ? throw new InvalidOperationException("The operation is only supported on messages that were received under a lock")
            : message.LockToken;
    }

    public static void CheckReason(IEnumerable<KeyValuePair<string, object>>? properties, string? reason, string? description)
    {
        if (reason?.Length > LongestReason || description?.Length > LongestReason)
            throw new ArgumentOutOfRangeException(nameof(reason), $"A dead-letter reason or description has at most {LongestReason} characters");
        foreach (var (name, value) in properties ?? [])
        {
            if ((name == "DeadLetterReason" && reason is not null && reason != value as string)
                || (name == "DeadLetterErrorDescription" && description is not null && description != value as string))
                throw new InvalidOperationException($"{name} is given twice, and differently");
        }
    }
}
