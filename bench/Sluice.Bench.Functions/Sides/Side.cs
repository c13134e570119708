using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Sluice.Bench.Sides;

/// <summary>One of the two that are compared, with services of its own.</summary>
public abstract class Side : IAsyncDisposable
{
    /// <summary>The app settings, the same for both.</summary>
    protected static IConfiguration Settings { get; } = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
    {
        ["Tables"] = "UseDevelopmentStorage=true",
        ["ServiceBus"] = "Endpoint=sb://bench.servicebus.windows.net/;SharedAccessKeyName=bench;SharedAccessKey=YmVuY2g=",
        ["EventQueue"] = "events",
        ["Sluice:Sources:stripe:Provider"] = "stripe",
        ["Sluice:Sources:stripe:Secrets:0"] = SignedContexts.Secret,
        ["Sluice:Destinations:billing:Handler"] = "http",
        ["Sluice:Destinations:billing:Url"] = "https://billing.example/hooks",
    }).Build();

    public abstract IServiceProvider Services { get; }

    public abstract Task HandleAsync(HttpContext context);

    /// <summary>How many events it has kept and rung.</summary>
    public abstract ValueTask<long> CountAsync();

    public abstract ValueTask DisposeAsync();

    // Logs are written as in production, from Information on, to nowhere.
    protected static IServiceCollection NewServices() => new ServiceCollection()
        .AddLogging(logging => logging.SetMinimumLevel(LogLevel.Information).AddProvider(new Nowhere()))
        .AddSingleton(TimeProvider.System)
        .AddSingleton(Random.Shared);

    private sealed class Nowhere : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, Microsoft.Extensions.Logging.EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
        }

        public void Dispose()
        {
        }
    }
}
