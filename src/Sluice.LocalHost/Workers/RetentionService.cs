using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Sluice.Quarantine;
using Sluice.Storage;

namespace Sluice.LocalHost.Workers;

/// <summary>Lets old events and refused requests go, every ten minutes.</summary>
internal sealed partial class RetentionService(Retention retention, QuarantineAging quarantine, TimeProvider time, ILogger<RetentionService> logger) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(Period, time, stoppingToken);
            try
            {
                await retention.RunAsync(stoppingToken);
                await quarantine.RunAsync(stoppingToken);
            }
            catch (StoreUnavailableException e)
            {
                Log.Failed(logger, e.Message);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Retention goes on later: {Reason}")]
        public static partial void Failed(ILogger logger, string reason);
    }
}
