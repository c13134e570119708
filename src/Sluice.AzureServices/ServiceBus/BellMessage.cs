using System.Globalization;
using System.Text.RegularExpressions;
using Azure.Messaging.ServiceBus;
using Sluice.Events;
using Sluice.Processing;

namespace Sluice.AzureServices.ServiceBus;

/// <summary>A bell as a message: everything stands in properties, so that the portal shows what it is about.</summary>
internal static partial class BellMessage
{
    /// <summary>The version of the form. A reader takes every 1.x and ignores what it does not know.</summary>
    public const string Kind = "bell/1";

    /// <summary>Names what a message is, in every message of ours.</summary>
    public const string KindProperty = "sluice";

    /// <summary>On a message in the dead-letter queue: the attempt that its delivery died of.</summary>
    public const string DeadProperty = "sluice-dead";

    public static ServiceBusMessage Write(Bell bell, DateTimeOffset? scheduled)
    {
        var id = bell.Delivery.Event.ToString();
        var message = new ServiceBusMessage
        {
            // Sent again it is the same; rung again for another moment it is not, or the queue would take a look at a lease for a repetition.
            MessageId = string.Create(CultureInfo.InvariantCulture, $"{id}/{bell.Delivery.Destination}/{bell.Attempt}{((scheduled ?? bell.AgainAt) is { } moment ? $"/{moment.ToUnixTimeMilliseconds()}" : "")}"),
            Subject = bell.Label?.Type,
            ApplicationProperties =
            {
                [KindProperty] = Kind, ["event"] = id, ["destination"] = bell.Delivery.Destination, ["attempt"] = bell.Attempt,
            },
        };
        if (scheduled is not null) message.ScheduledEnqueueTime = scheduled.Value;
        if (bell.Label is { } label)
        {
            message.ApplicationProperties["source"] = label.Source;
            if (label.LastStatus is not null) message.ApplicationProperties["last-status"] = label.LastStatus;
        }

        if (bell.TraceParent is not null) message.ApplicationProperties["traceparent"] = bell.TraceParent;
        return message;
    }

    /// <summary>The bell, or null for a message that is none.</summary>
    public static Bell? Read(ServiceBusReceivedMessage message)
    {
        var properties = message.ApplicationProperties;
        if (!IsKind(message, "bell") || Text(properties, "destination") is not { } destination || !Names().IsMatch(destination)) return null;
        if (!EventId.TryParse(Text(properties, "event"), out var id) || Number(properties, "attempt") is not { } attempt) return null;
        return new Bell(new DeliveryId(id, destination), attempt)
        {
            TraceParent = Text(properties, "traceparent"),
            Label = Text(properties, "source") is { } source ? new BellLabel(source, message.Subject ?? WebhookEvent.UnknownType, Text(properties, "last-status")) : null,
        };
    }

    /// <summary>The attempt that a message in the dead-letter queue, or one resubmitted from there, says its delivery died of.</summary>
    public static int? DiedOf(ServiceBusReceivedMessage message) => Number(message.ApplicationProperties, DeadProperty);

    public static bool IsKind(ServiceBusReceivedMessage message, string kind) =>
        Text(message.ApplicationProperties, KindProperty) is { } said && (said == $"{kind}/1" || said.StartsWith($"{kind}/1.", StringComparison.Ordinal));

    private static string? Text(IReadOnlyDictionary<string, object> properties, string name) => properties.TryGetValue(name, out var value) ? value as string : null;

    // Whoever resubmits a message with a tool may have made another kind of number of it, or a text.
    public static int? Number(IReadOnlyDictionary<string, object> properties, string name) => properties.TryGetValue(name, out var value)
        && int.TryParse(Convert.ToString(value, CultureInfo.InvariantCulture), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    [GeneratedRegex(@"\A[a-z][a-z0-9_]{0,39}\z")]
    private static partial Regex Names();
}
