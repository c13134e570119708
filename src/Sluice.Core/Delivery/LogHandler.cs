using Microsoft.Extensions.Logging;
using Sluice.Events;

namespace Sluice.Delivery;

/// <summary>Handler <c>log</c>: one log line for each event, for looking and for trying out.</summary>
public sealed partial class LogHandler(ILogger<LogHandler> logger) : IHandler
{
    public string Name => "log";

    public ValueTask<Outcome> HandleAsync(WebhookEvent webhook, DeliveryContext context, CancellationToken cancellationToken)
    {
        Log.Delivered(logger, webhook.Source, webhook.Type, webhook.Id, webhook.Body.Length);
        return ValueTask.FromResult(Outcome.Done);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "{Source} {Type} {Event} ({Bytes} bytes)")]
        public static partial void Delivered(ILogger logger, string source, string type, EventId @event, int bytes);
    }
}
