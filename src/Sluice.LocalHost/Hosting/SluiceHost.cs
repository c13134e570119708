using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Sluice.Configuration;
using Handlers;
using Sluice.Delivery;
using Sluice.Ingestion;
using Sluice.Inspection;
using Sluice.LocalHost.Sqlite;
using Sluice.LocalHost.Workers;
using Sluice.Processing;
using Sluice.Quarantine;
using Sluice.Storage;

namespace Sluice.LocalHost.Hosting;

/// <summary>Puts the core, SQLite and Kestrel together.</summary>
internal static class SluiceHost
{
    /// <summary>The web application, not yet started. Its services own the store.</summary>
    public static WebApplication Build(StartOptions options)
    {
        var started = false;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        var connections = new LastConnections();
        builder.WebHost.UseKestrelCore().UseSockets(sockets => sockets.CreateBoundListenSocket = connections.Listen).ConfigureKestrel(Limit).UseUrls(options.Urls);
        builder.Logging.AddConsole(console =>
        {
            // Standard error is for logs, standard output for answers. A terminal that cannot keep up loses lines, never time.
            console.LogToStandardErrorThreshold = LogLevel.Trace;
            console.FormatterName = LineFormatter.FormatterName;
            console.QueueFullMode = ConsoleLoggerQueueFullMode.DropWrite;
        }).AddConsoleFormatter<LineFormatter, ConsoleFormatterOptions>().AddFilter("Microsoft", LogLevel.Warning).AddFilter("Microsoft.Hosting", LogLevel.Error)
            // Why a start failed is one line of the command's, not pages of the framework's.
            .AddFilter("Microsoft.Extensions.Hosting", level => started && level >= LogLevel.Error);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(22));
        builder.Services.AddRoutingCore();
        AddServices(builder.Services, options);
        options.AddMore(builder.Services);
        builder.Services.AddSingleton(connections).AddHostedService(provider => provider.GetRequiredService<LastConnections>());

        var app = builder.Build();
        app.Lifetime.ApplicationStarted.Register(() => started = true);
        LastConnections.Use(app);
        app.MapWebhooks();
        app.MapHealth();
        app.MapOps();
        return app;
    }

    /// <summary>The services without a web server: what a command needs that opens the book itself.</summary>
    public static void AddServices(IServiceCollection services, StartOptions options)
    {
        services.AddSluiceHandlers();
        services.AddUserHandlers();
        services.AddSluice();
        services.AddSingleton(options.Time);
        services.AddSingleton(Random.Shared);
        services.AddSingleton(options.File);
        services.AddSingleton(provider => new LiveConfiguration(options.File.ReadOrThrow(provider.GetRequiredService<HandlerCatalog>())));
        services.AddSingleton(provider => new OpsToken(OpsTokenText(provider.GetRequiredService<LiveConfiguration>())));
        services.AddSingleton(provider => new SqliteEventStore(new Database(options.Data.Path), provider.GetRequiredService<TimeProvider>(), options.Broken));
        services.AddSingleton<IEventStore>(provider => provider.GetRequiredService<SqliteEventStore>());
        services.AddSingleton<IQuarantine, SqliteQuarantine>();
        services.AddSingleton<ILearnedSecrets>(provider => provider.GetRequiredService<SqliteEventStore>());
        services.AddSingleton<ISharedState, SqliteSharedState>();
        services.AddSingleton<Wakeup>();
        services.AddSingleton<LocalQueue>();
        services.AddSingleton<ITaskQueue>(provider => provider.GetRequiredService<LocalQueue>());
        services.AddHostedService<RegistrationService>();
        services.AddHostedService<DeliveryService>();
        services.AddHostedService<RetentionService>();
        services.AddHostedService<ReconcileService>();
        services.AddHostedService<ConfigurationWatcher>();
    }

    /// <summary>The token of the configuration, or one for this start.</summary>
    public static string OpsTokenText(LiveConfiguration configuration) => configuration.Current.Settings.OpsToken ?? GeneratedToken.Value;

    private static readonly Lazy<string> GeneratedToken = new(() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24)));

    private static void Limit(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = HttpProtocols.Http1);
        kestrel.Limits.MaxConcurrentConnections = 10_000;
        // The exact limit is each source's own. This one counts a chunked body's framing too, up to five bytes for one.
        kestrel.Limits.MaxRequestBodySize = 8L * SourceSettings.LargestMaxBodyBytes;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
    }
}

/// <summary>What a start is made of.</summary>
/// <param name="Broken">Called once when an fsync failed.</param>
internal sealed record StartOptions(DataFolder Data, ConfigurationFile File, string[] Urls, Action<string> Broken)
{
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Services beside those of the house.</summary>
    public Action<IServiceCollection> AddMore { get; init; } = static _ => { };
}
