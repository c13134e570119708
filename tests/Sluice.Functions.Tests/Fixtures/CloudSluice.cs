using System.Diagnostics.CodeAnalysis;
using System.Text;
using Azure.Data.Tables;
using Azure.Messaging.ServiceBus;
using IngestFunction;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using ProcessFunction;
using RetryFunction;
using Sluice.AzureServices.Hosting;
using Sluice.AzureServices.Tables;
using Sluice.Configuration;
using Sluice.Contracts;
using Sluice.Delivery;
using Sluice.Destinations;
using Sluice.Functions.Tests.Broker;
using Sluice.Functions.Tests.Tables;
using Sluice.Inspection;
using Sluice.Providers;
using Sluice.Storage;

namespace Sluice.Functions.Tests.Fixtures;

/// <summary>The three apps with their own services, over one storage account and one namespace in memory, on a clock that moves when told to.</summary>
internal sealed class CloudSluice : IAsyncDisposable
{
    public const string Queue = "events";
    public const string Secret = "whsec_of_the_test";

    private static readonly DateTimeOffset Begin = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly List<ServiceProvider> ingests = [];
    private readonly List<ServiceProvider> processes = [];
    private int? hearing;
    private int turn;
    private ServiceProvider ingest;
    private ServiceProvider retry;

    public CloudSluice(params (string Name, string Value)[] settings)
    {
        Tables = new TablesDouble(Time);
        Broker = new BrokerDouble(Time).AddQueue(Queue);
        Settings = new()
        {
            ["Tables"] = "UseDevelopmentStorage=true",
            ["ServiceBus"] = "Endpoint=sb://double.servicebus.windows.net/;SharedAccessKeyName=test;SharedAccessKey=dGVzdA==",
            ["EventQueue"] = Queue,
            ["RetrySchedule"] = "0 * * * * *",
            ["Sluice:Sources:stripe:Provider"] = "stripe",
            ["Sluice:Destinations:billing:Handler"] = RecordingHandler.HandlerName,
            ["Sluice:Retry:Jitter"] = "0",
        };
        foreach (var (name, value) in settings) Settings[name] = value;
        Start();
    }

    public VirtualTime Time { get; } = new(Begin);

    public DateTimeOffset Now => Time.GetUtcNow();

    public TablesDouble Tables { get; }

    public BrokerDouble Broker { get; }

    public RecordingHandler Handler { get; } = new();

    public Dictionary<string, string?> Settings { get; }

    /// <summary>Whether instances know the registered destinations before their first request, as a start has them; for those started from then on.</summary>
    public bool IsWarm { get; set; } = true;

    public TableEventStore Store => retry.GetRequiredService<TableEventStore>();

    public IServiceProvider Ingest => ingest;

    public IServiceProvider Process => processes[0];

    public IServiceProvider Retry => retry;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>What Stripe posts for an event.</summary>
    public static byte[] StripeBody(string id, string type = "invoice.paid") => Encoding.UTF8.GetBytes($$"""{"id":"{{id}}","object":"event","type":"{{type}}"}""");

    public static EventId IdOf(string id) => EventId.Of("stripe", id);

    /// <summary>Starts the apps anew over the same services, with other app settings.</summary>
    public async Task DeployAsync(params (string Name, string Value)[] settings)
    {
        await DisposeAsync();
        foreach (var (name, value) in settings) Settings[name] = value;
        Start();
    }

    /// <summary>Posts a signed Stripe event to the function.</summary>
    public Task<CloudAnswer> PostAsync(string id) => PostAsync(StripeBody(id));

    /// <param name="secret">What signs; the source's own where none is named.</param>
    public Task<CloudAnswer> PostAsync(byte[] body, string secret = Secret)
    {
        Assert.True(ProviderCatalog.Default.TryGet("stripe", out var provider));
        var scheme = (HmacScheme)provider.Scheme(new SourceSettings { Name = "stripe", Provider = "stripe" }, []);
        var key = HmacKey.Create(new SecretSettings(secret), scheme, out _)!;
        return PostAsync("stripe", body, [new("Content-Type", "application/json"), .. HmacSigner.Headers(scheme, key, "", Now, body)]);
    }

    public async Task<CloudAnswer> PostAsync(string source, byte[] body, IEnumerable<KeyValuePair<string, string>> headers, string method = "POST")
    {
        var context = NewContext(ingest, method, $"/api/webhooks/{source}", body);
        foreach (var (name, value) in headers) context.Request.Headers.Append(name, value);
        var result = await ActivatorUtilities.CreateInstance<WebhookFunction>(ingest).RunAsync(context.Request, source);
        return await CloudAnswer.OfAsync(context, result);
    }

    public async Task<CloudAnswer> ReadyAsync()
    {
        var context = NewContext(ingest, "GET", "/api/health/ready", []);
        return await CloudAnswer.OfAsync(context, await ActivatorUtilities.CreateInstance<HealthFunction>(ingest).ReadyAsync(context.Request));
    }

    /// <summary>Calls one of the operator's functions.</summary>
    public async Task<CloudAnswer> OpsAsync(Func<OpsFunction, HttpRequest, Task<IResult>> ask, string query = "")
    {
        var context = NewContext(retry, "GET", "/api/ops", []);
        context.Request.QueryString = new QueryString(query);
        return await CloudAnswer.OfAsync(context, await ask(ActivatorUtilities.CreateInstance<OpsFunction>(retry), context.Request));
    }

    /// <summary>Lets the process app handle the next message; false when there is none.</summary>
    public Task<bool> HearOneAsync() => Broker.DeliverAsync(Queue, (message, actions) => HearAsync(message, actions));

    public Task HearAsync(ServiceBusReceivedMessage message, ServiceBusMessageActions actions, CancellationToken cancellationToken = default) =>
        ActivatorUtilities.CreateInstance<BellFunction>(NextProcess()).RunAsync(message, actions, cancellationToken);

    /// <summary>Lets one instance of the process app handle the next message; false when there is none.</summary>
    public Task<bool> HearOneAsync(int instance) =>
        Broker.DeliverAsync(Queue, (message, actions) => ActivatorUtilities.CreateInstance<BellFunction>(processes[instance]).RunAsync(message, actions, CancellationToken.None));

    /// <summary>Lets the process app handle every message that is there.</summary>
    public async Task<int> HearAllAsync()
    {
        var heard = 0;
        while (await HearOneAsync()) heard++;
        return heard;
    }

    /// <summary>The timer for gaps goes off once.</summary>
    public Task CompareAsync() => ActivatorUtilities.CreateInstance<CompareFunction>(retry).RunAsync(new TimerInfo(), Cancellation);

    /// <summary>One tick of the timer.</summary>
    public Task TickAsync() => ActivatorUtilities.CreateInstance<SweepFunction>(retry).RunAsync(new TimerInfo(), Cancellation);

    /// <summary>Lets time pass minute by minute, as the apps live through it: the timer ticks, messages are handled when they come.</summary>
    public async Task PassAsync(TimeSpan by)
    {
        for (var until = Now + by; Now < until;)
        {
            var step = until - Now < TimeSpan.FromSeconds(10) ? until - Now : TimeSpan.FromSeconds(10);
            Time.Advance(step);
            await HearAllAsync();
            if (Now.Second == 0) await TickAsync();
            await HearAllAsync();
        }
    }

    public async Task<EventRecord> FindAsync(EventId id)
    {
        var record = await Store.FindAsync(id, Cancellation);
        Assert.NotNull(record);
        return record;
    }

    public async Task<DeliveryRecord> DeliveryAsync(EventId id) => Assert.Single((await FindAsync(id)).Deliveries);

    /// <summary>Calls one of the operator's functions for refused requests.</summary>
    public async Task<CloudAnswer> OpsAsync(Func<QuarantineFunction, HttpRequest, Task<IResult>> ask, string query = "")
    {
        var context = NewContext(retry, "GET", "/api/ops", []);
        context.Request.QueryString = new QueryString(query);
        return await CloudAnswer.OfAsync(context, await ask(ActivatorUtilities.CreateInstance<QuarantineFunction>(retry), context.Request));
    }

    /// <summary>Calls one of the operator's functions for destinations.</summary>
    public async Task<CloudAnswer> OpsAsync(Func<DestinationFunction, HttpRequest, Task<IResult>> ask, string query = "", string body = "")
    {
        var context = NewContext(retry, "POST", "/api/ops", Encoding.UTF8.GetBytes(body));
        context.Request.QueryString = new QueryString(query);
        return await CloudAnswer.OfAsync(context, await ask(ActivatorUtilities.CreateInstance<DestinationFunction>(retry), context.Request));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var instance in ingests) await instance.DisposeAsync();
        foreach (var instance in processes) await instance.DisposeAsync();
        await retry.DisposeAsync();
    }

    /// <summary>Starts one more instance of the ingest app beside those that are there; the answer is its number.</summary>
    public int StartIngest()
    {
        ingests.Add(Build(FunctionApp.Ingest, WithSecret()));
        return ingests.Count - 1;
    }

    /// <summary>Starts one more instance of the process app; the answer is its number. Messages are then handled by all of them in turn.</summary>
    public int StartProcess()
    {
        processes.Add(Build(FunctionApp.Process, Settings));
        return processes.Count - 1;
    }

    /// <summary>Has one instance of the process app hear all messages from now on.</summary>
    public void HearWith(int instance) => hearing = instance;

    /// <summary>Which instance of the ingest app gets the next requests; 0 at first.</summary>
    public void GoTo(int instance) => ingest = ingests[instance];

    private ServiceProvider NextProcess() => processes[hearing ?? (turn++ % processes.Count)];

    // The secret is the apps' that verify; where the settings name one it is theirs.
    private List<KeyValuePair<string, string?>> WithSecret() => [.. Settings.Prepend(new("Sluice:Sources:stripe:Secrets:0", Secret)).GroupBy(pair => pair.Key).Select(group => group.Last())];

    [MemberNotNull(nameof(ingest), nameof(retry))]
    private void Start()
    {
        ingests.Clear();
        ingest = ingests[StartIngest()];
        processes.Clear();
        hearing = null;
        StartProcess();
        retry = Build(FunctionApp.Retry, WithSecret());
    }

    private ServiceProvider Build(FunctionApp app, IEnumerable<KeyValuePair<string, string?>> settings)
    {
        var services = new ServiceCollection().AddLogging()
            .AddSingleton<TimeProvider>(Time).AddSingleton<Random>(new SharedRandom((int)app + (app == FunctionApp.Ingest ? 10 * ingests.Count : app == FunctionApp.Process ? 10 * processes.Count : 0)))
            .AddSingleton<TableServiceClient>(Tables).AddSingleton(Broker.CreateClient());
        if (app == FunctionApp.Process) services.AddSingleton<IHandler>(Handler).AddHandler<SplitHandler>().AddSingleton(provider => new HandlerCatalog(provider.GetServices<IHandler>()));
        var provider = services.AddSluiceOnAzure(new ConfigurationBuilder().AddInMemoryCollection(settings).Build(), app).BuildServiceProvider();
        // A start with wrong settings is found out when something is asked for, as the test wants it.
        if (IsWarm) _ = WarmAsync(provider);
        return provider;
    }

    // As an app's start does before the first request; a store that is away does not keep it from starting.
    private static async Task WarmAsync(ServiceProvider app)
    {
        try
        {
            await app.GetRequiredService<SharedDestinations>().EnsureAsync(CancellationToken.None);
        }
        catch (Exception e) when (e is StoreUnavailableException or AppSettingsException)
        {
        }
    }

    private static DefaultHttpContext NewContext(IServiceProvider services, string method, string path, byte[] body)
    {
        var context = new DefaultHttpContext { RequestServices = services };
        (context.Request.Method, context.Request.Path) = (method, path);
        context.Features.Get<IHttpRequestFeature>()!.RawTarget = path;
        (context.Request.Body, context.Request.ContentLength) = (new MemoryStream(body), body.Length);
        context.Response.Body = new MemoryStream();
        return context;
    }
}
