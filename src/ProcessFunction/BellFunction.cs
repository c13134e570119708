using Azure.Messaging.ServiceBus;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using Sluice.AzureServices.ServiceBus;

namespace ProcessFunction;

/// <summary>Hears one message of the queue and settles it as it is told.</summary>
public sealed partial class BellFunction(MessageProcessor messages, ILogger<BellFunction> logger)
{
    [Function("Bell")]
    public async Task RunAsync(
        [ServiceBusTrigger("%EventQueue%", Connection = "ServiceBus", AutoCompleteMessages = false)] ServiceBusReceivedMessage message, ServiceBusMessageActions actions, CancellationToken cancellationToken)
    {
        var settlement = await messages.ProcessAsync(message, cancellationToken);
        try
        {
            // Not cancellable: what was done is settled even while the host stops.
            switch (settlement)
            {
                case Settlement.DeadLetter dead:
                    await actions.DeadLetterMessageAsync(message, dead.Properties, dead.Reason, dead.Description, CancellationToken.None);
                    await messages.DeadLetteredAsync(dead);
                    break;
                case Settlement.Abandon:
                    await actions.AbandonMessageAsync(message, cancellationToken: CancellationToken.None);
                    break;
                default:
                    await actions.CompleteMessageAsync(message, CancellationToken.None);
                    break;
            }
        }
#pragma warning disable CA1031 // A lock that was lost comes as one of several types across the worker's channel; the message is met again and is then harmless.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Log.NotSettled(logger, message.MessageId, e.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Message {Id} could not be settled and comes again, which is harmless: {Reason}")]
        public static partial void NotSettled(ILogger logger, string id, string reason);
    }
}
