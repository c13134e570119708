using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Sluice.Configuration;
using Sluice.Delivery;
using Sluice.Events;

namespace Sluice.LocalHost.Hosting;

/// <summary>
/// Takes up changes of the configuration and of secret files without a restart. It looks at times and sizes every few seconds: that
/// works on every kind of mounted folder. A configuration with a fault is not taken up; the last good one stays in force.
/// </summary>
internal sealed partial class ConfigurationWatcher(
    ConfigurationFile file, LiveConfiguration live, HandlerCatalog handlers, TimeProvider time, ILogger<ConfigurationWatcher> logger) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(3);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(Period, time, stoppingToken);
            if (file.HasChanged) TakeUp();
        }
    }

    private void TakeUp()
    {
        try
        {
            live.Replace(file.ReadOrThrow(handlers));
            Log.TakenUp(logger);
        }
        catch (CommandException e)
        {
            Log.Refused(logger, e.Message.ReplaceLineEndings("; "));
        }
#pragma warning disable CA1031 // A user's handler checks its destinations' settings and may throw anything; a running host does not end over that.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Log.Refused(logger, $"{e.GetType().Name}: {SafeText.OneLine(e.Message)}");
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "The changed configuration is in force")]
        public static partial void TakenUp(ILogger logger);

        [LoggerMessage(2, LogLevel.Error, "The changed configuration is not taken up, the last good one stays in force: {Faults}")]
        public static partial void Refused(ILogger logger, string faults);
    }
}
