using Azure.Core;
using Azure.Data.Tables;
using Azure.Messaging.ServiceBus;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Sluice.AzureServices.ServiceBus;
using Sluice.AzureServices.Tables;
using Sluice.Configuration;
using Sluice.Delivery;
using Sluice.Processing;
using Sluice.Providers;
using Sluice.Quarantine;
using Sluice.Storage;

namespace Sluice.AzureServices.Hosting;

/// <summary>The core with its book on Table Storage and its bell on Service Bus, one client of each for the process. The app adds its <see cref="TimeProvider"/> and <see cref="Random"/>.</summary>
public static class AzureRegistration
{
    // A sender waits: booking and, where that fails, handing the event over take a second and a half in all.
    private static readonly TimeSpan AnswerBooking = TimeSpan.FromMilliseconds(900);
    private static readonly TimeSpan AnswerCarrying = TimeSpan.FromMilliseconds(600);
    private static readonly TimeSpan AnswerRinging = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan Unhurried = TimeSpan.FromSeconds(10);

    /// <exception cref="AppSettingsException">Settings that this app uses are missing or wrong; the message names each.</exception>
    public static IServiceCollection AddSluiceOnAzure(this IServiceCollection services, IConfiguration configuration, FunctionApp app)
    {
        var settings = new AppSettings(configuration);
        var isIngest = app == FunctionApp.Ingest;
        var tables = settings.NewTables(TableOptions(isIngest));
        var bus = settings.NewServiceBus(BusOptions(isIngest));
        var (queue, prefix) = (settings.EventQueue, settings.TablePrefix);
        if (app == FunctionApp.Retry) settings.Required("RetrySchedule", "when the timer looks for what is due, such as '0 * * * * *' for every minute");
        if (settings.Faults.Count > 0)
        {
            // Everything at once: what the section Sluice gets wrong too, as far as it can be told before there are handlers.
            Build(configuration, app, handlers: null, out var others);
            throw new AppSettingsException([.. settings.Faults, .. others]);
        }

        // A test that brings its own clients has registered them before.
        services.TryAddSingleton(_ => tables!);
        services.TryAddSingleton(_ => bus!);
        services.AddSingleton(provider => new BookTables(provider.GetRequiredService<TableServiceClient>(), prefix, isIngest ? AnswerBooking : Unhurried, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<TableEventStore>().AddSingleton<IEventStore>(provider => provider.GetRequiredService<TableEventStore>());
        services.AddSingleton<IQuarantine, TableQuarantine>();
        services.AddSingleton<ILearnedSecrets, TableLearnedSecrets>();
        services.AddSingleton<ISharedState, TableSharedState>();
        services.AddSingleton(provider => new ServiceBusTaskQueue(
            provider.GetRequiredService<ServiceBusClient>().CreateSender(queue), isIngest ? AnswerRinging : Unhurried, isIngest ? AnswerCarrying : Unhurried, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<ITaskQueue>(provider => provider.GetRequiredService<ServiceBusTaskQueue>());
        services.AddSingleton<IEnvelopeCarrier>(provider => provider.GetRequiredService<ServiceBusTaskQueue>());
        services.AddSingleton(provider => provider.GetRequiredService<ServiceBusClient>().CreateReceiver(queue, new ServiceBusReceiverOptions { SubQueue = SubQueue.DeadLetter }));
        services.AddSingleton(provider => new LiveConfiguration(Read(configuration, app, provider)));
        services.AddSluice();
        services.AddSingleton<MessageProcessor>().AddSingleton<DeadLetterQueue>().AddSingleton<TimerRound>();
        services.AddHostedService<WarmUp>();
        return services;
    }

    private static SluiceConfiguration Read(IConfiguration configuration, FunctionApp app, IServiceProvider services)
    {
        var read = Build(configuration, app, app == FunctionApp.Process ? services.GetRequiredService<HandlerCatalog>() : null, out var faults);
        return faults.Count == 0 ? read : throw new AppSettingsException(faults);
    }

    // A source with a fault accepts nothing and readiness names it; what concerns the whole stops the app.
    private static SluiceConfiguration Build(IConfiguration configuration, FunctionApp app, HandlerCatalog? handlers, out List<string> faults)
    {
        var errors = new List<ConfigurationError>();
        // Only the retry app asks the senders' logs, and only it is given their tokens. It also verifies refused requests again when an operator asks (ADR 10); the process app checks nothing, and signs what it delivers.
        var secrets = new SecretResolver(Environment.GetEnvironmentVariable, AppContext.BaseDirectory);
        var read = SluiceConfiguration.Build(configuration, ProviderCatalog.Default, handlers, app == FunctionApp.Process ? null : secrets, errors, deliverySecrets: secrets, tokens: app == FunctionApp.Retry ? secrets : null);
        faults = [.. errors.Where(error => error.Source is null).Select(error => (error with { Entry = error.Entry.Replace(":", "__", StringComparison.Ordinal) }).ToString())];
        return read;
    }

    private static TableClientOptions TableOptions(bool isIngest)
    {
        var options = new TableClientOptions();
        options.Retry.Mode = RetryMode.Exponential;
        options.Retry.MaxRetries = isIngest ? 1 : 3;
        options.Retry.Delay = TimeSpan.FromMilliseconds(isIngest ? 100 : 400);
        options.Retry.NetworkTimeout = isIngest ? TimeSpan.FromMilliseconds(600) : TimeSpan.FromSeconds(5);
        return options;
    }

    private static ServiceBusClientOptions BusOptions(bool isIngest) => new()
    {
        RetryOptions = new ServiceBusRetryOptions
        {
            Mode = ServiceBusRetryMode.Exponential, MaxRetries = isIngest ? 1 : 3, Delay = TimeSpan.FromMilliseconds(isIngest ? 100 : 800), TryTimeout = TimeSpan.FromSeconds(isIngest ? 2 : 10),
        },
    };
}
