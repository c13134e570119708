using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Sluice.Configuration;
using Sluice.Destinations;
using Sluice.Processing;
using Sluice.Storage;

namespace Sluice.AzureServices.Hosting;

/// <summary>Opens both connections before the first webhook needs them, and says at the start what accepts nothing. A service that is away does not keep the app from starting.</summary>
internal sealed partial class WarmUp(LiveConfiguration configuration, SharedDestinations shared, IEventStore store, ITaskQueue queue, ILogger<WarmUp> logger) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var source in configuration.Current.Sources)
        {
            if (source is { ChecksSignatures: true, Fault: { } fault }) Log.AcceptsNothing(logger, source.Name, fault);
            if (source.Learns) Log.Learns(logger, source.Name);
        }

        await Task.WhenAll(TryAsync(store.PingAsync, cancellationToken), TryAsync(shared.EnsureAsync, cancellationToken), TryAsync(queue.PingAsync, cancellationToken));
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task TryAsync(Func<CancellationToken, ValueTask> ping, CancellationToken cancellationToken)
    {
        try
        {
            await ping(cancellationToken);
        }
        catch (Exception e) when (e is StoreUnavailableException or QueueUnavailableException)
        {
            Log.Away(logger, e.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Source {Source} accepts nothing and answers 503: {Fault}")]
        public static partial void AcceptsNothing(ILogger logger, string source, string fault);

        [LoggerMessage(2, LogLevel.Warning, "{Reason}; readiness says so until it is there")]
        public static partial void Away(ILogger logger, string reason);

        [LoggerMessage(3, LogLevel.Information, "Source {Source} has no Secrets: it goes by the secret that its sender's first handshake brings")]
        public static partial void Learns(ILogger logger, string source);
    }
}
