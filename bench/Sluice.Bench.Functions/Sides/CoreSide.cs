using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Configuration;
using Sluice.Contracts;
using Sluice.Ingestion;
using Sluice.Processing;
using Sluice.Providers;
using Sluice.Storage;

namespace Sluice.Bench.Sides;

/// <summary>The core alone: its endpoint over the book in memory and a queue that does nothing.</summary>
public sealed class CoreSide : Side
{
    private readonly InMemoryEventStore store = new();
    private readonly SilentQueue queue = new();
    private readonly ServiceProvider services;
    private readonly IngestEndpoint endpoint;

    public CoreSide()
    {
        var errors = new List<ConfigurationError>();
        var configuration = SluiceConfiguration.Build(Settings, ProviderCatalog.Default, null, new SecretResolver(_ => null, AppContext.BaseDirectory), errors);
        if (errors.Count > 0) throw new BenchException(string.Join('\n', errors));
        services = NewServices().AddSingleton<Quarantine.IQuarantine, InMemoryQuarantine>().AddSingleton<ILearnedSecrets, InMemoryLearnedSecrets>().AddSingleton<ISharedState, ProcessState>()
            .AddSingleton<IEventStore>(store).AddSingleton<ITaskQueue>(queue).AddSingleton(new LiveConfiguration(configuration))
            .AddSluice().BuildServiceProvider();
        endpoint = services.GetRequiredService<IngestEndpoint>();
    }

    public override IServiceProvider Services => services;

    public override Task HandleAsync(HttpContext context) => endpoint.HandleAsync(context, "stripe");

    public override async ValueTask<long> CountAsync() => Math.Min((await store.CountAsync(CancellationToken.None)).Events, queue.Rung);

    public override ValueTask DisposeAsync() => services.DisposeAsync();

    private sealed class SilentQueue : ITaskQueue
    {
        public long Rung { get; private set; }

        // As on Azure, where the workers are elsewhere: both sides book the same.
        public TimeSpan Grace => TimeSpan.FromMinutes(2);

        public TimeSpan Horizon => TimeSpan.FromMinutes(2);

        public bool TryReserve() => false;

        public void Release()
        {
        }

        public ValueTask RingAsync(Bell bell, DateTimeOffset at, CancellationToken cancellationToken)
        {
            Rung++;
            return ValueTask.CompletedTask;
        }

        public ValueTask PingAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;
    }
}
