using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Sluice.Configuration;
using Sluice.Delivery;
using Sluice.Delivery.Pacing;
using Sluice.Destinations;
using Sluice.Ingestion;
using Sluice.Inspection;
using Sluice.Processing;
using Sluice.Quarantine;
using Sluice.Reconciliation;
using Sluice.Retries;
using Sluice.Storage;

namespace Sluice;

/// <summary>The core's services, one line each. The host adds <see cref="LiveConfiguration"/>, <see cref="IEventStore"/>, <see cref="ISharedState"/>, <see cref="ILearnedSecrets"/>, <see cref="IQuarantine"/>, <see cref="ITaskQueue"/>, <see cref="TimeProvider"/> and <see cref="Random"/>.</summary>
public static class ServiceRegistration
{
    public static IServiceCollection AddSluice(this IServiceCollection services) => services
        .AddHttp().AddSingleton<RegistrationReader>().AddSingleton<SharedDestinations>().AddSingleton<Registrations>().AddSingleton<IStandings>(provider => provider.GetRequiredService<Registrations>())
        .AddSingleton<Ingestor>()
        .AddSingleton<Learning>()
        .AddSingleton<Rejections>()
        .AddSingleton<QuarantineAging>()
        .AddSingleton<IQuarantineOperations, QuarantineOperations>()
        .AddSingleton<QuarantineEndpoint>()
        .AddSingleton<Diagnosis.SignatureDoctor>()
        .AddSingleton<OwnAnswers>()
        .AddSingleton<IngestEndpoint>()
        .AddSingleton<Pacing>()
        .AddSingleton<Processor>()
        .AddSingleton<Sweeper>()
        .AddSingleton<Replayer>()
        .AddSingleton<Retention>()
        .AddSingleton(SenderLogs.Default).AddSingleton<SenderClient>().AddSingleton<Reconciler>().AddSingleton<ReconcileRound>().AddSingleton<IReconciliation, DirectReconciliation>().AddSingleton<ReconcileEndpoint>()
        .AddSingleton<IOperations, Operations>()
        .AddSingleton<OpsEndpoint>()
        .AddSingleton<HealthEndpoint>();

    /// <summary>The handlers that Sluice brings.</summary>
    public static IServiceCollection AddSluiceHandlers(this IServiceCollection services) => services
        .AddHttp().AddSingleton<IHandler>(provider => provider.GetRequiredService<HttpHandler>())
        .AddHandler<LogHandler>()
        .AddHandler<SplitHandler>()
        .AddSingleton(provider => new HandlerCatalog(provider.GetServices<IHandler>()) { Answers = [.. provider.GetServices<IAnswer>().Select(answer => answer.Name)] });

    // Every app checks what is registered by the rules of the handler that delivers it, also one that delivers nothing.
    private static IServiceCollection AddHttp(this IServiceCollection services)
    {
        services.TryAddSingleton(_ => new HttpClients());
        services.TryAddSingleton<HttpHandler>();
        return services;
    }

    /// <summary>Adds a way to deliver: a class of Sluice's or of the user's own. Its constructor may ask for services.</summary>
    public static IServiceCollection AddHandler<T>(this IServiceCollection services) where T : class, IHandler => services.AddSingleton<IHandler, T>();

    /// <summary>Adds code of the user's own that answers senders. Its constructor may ask for services.</summary>
    public static IServiceCollection AddAnswer<T>(this IServiceCollection services) where T : class, IAnswer => services.AddSingleton<IAnswer, T>();
}
