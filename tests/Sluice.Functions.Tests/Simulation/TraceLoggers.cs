using Microsoft.Extensions.Logging;
using Sluice.Contracts.Simulation;

namespace Sluice.Functions.Tests.Simulation;

/// <summary>What a process writes into its log, as lines of the trace.</summary>
internal sealed class TraceLoggers(Trace trace, string name) : ILoggerFactory, ILogger
{
    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public void Dispose()
    {
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => trace.IsOn && logLevel >= LogLevel.Information;

    public void Log<TState>(LogLevel logLevel, Microsoft.Extensions.Logging.EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        trace.Add(name, "writes", formatter(state, exception), exception);
}
