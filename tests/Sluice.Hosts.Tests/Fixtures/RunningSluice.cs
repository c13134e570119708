using System.Diagnostics;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Sluice.Configuration;
using Sluice.Contracts;
using Sluice.Delivery;
using Sluice.Ingestion;
using Sluice.LocalHost.Hosting;
using Sluice.LocalHost.Sqlite;
using Sluice.LocalHost.Workers;
using Sluice.Storage;

namespace Sluice.Hosts.Tests.Fixtures;

/// <summary>
/// The host of <c>sluice up</c> inside the test: the real services, the real file, a real port, a virtual clock. Only the server's own
/// limits run on real time. What a test asks it stands in the other part.
/// </summary>
internal sealed partial class RunningSluice : IAsyncDisposable
{
    public const string OpsToken = "ops-token-of-the-test";

    public static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>How often the configuration file is looked at.</summary>
    public static readonly TimeSpan WatchPeriod = TimeSpan.FromSeconds(3);

    private readonly TemporaryFolder folder = new();
    private readonly IHandler[] handlers;
    private readonly IAnswer[] answers;
    private ObservedStore.Calls? calls;
    private WebApplication? app;

    private RunningSluice(IHandler[] handlers, IAnswer[]? answers = null) => (this.handlers, this.answers) = (handlers, answers ?? []);

    public ObservedTime Time { get; } = new(Start);

    public DateTimeOffset Now => Time.GetUtcNow();

    public CapturedLog Log { get; } = new();

    public HttpClient Http { get; private set; } = null!;

    public string Data => folder.File("data");

    public IServiceProvider Services => app!.Services;

    public string ConfigurationPath => folder.File("sluice.json");

    /// <param name="handlers">Handlers of the test's own, beside those of the house.</param>
    public static Task<RunningSluice> StartAsync(SluiceFile file, params IHandler[] handlers) => StartAsync(file, static _ => { }, handlers);

    /// <param name="beforeStart">What happens between the reading of the configuration and the start of the services.</param>
    public static Task<RunningSluice> StartAsync(SluiceFile file, Action<RunningSluice> beforeStart, params IHandler[] handlers) => StartAsync(new RunningSluice(handlers), file, beforeStart);

    /// <param name="answers">Answers of the test's own.</param>
    public static Task<RunningSluice> AnsweringAsync(SluiceFile file, params IAnswer[] answers) => StartAsync(new RunningSluice([], answers), file, static _ => { });

    /// <param name="calls">Gets what the core asks of the book.</param>
    public static Task<RunningSluice> ObservedAsync(SluiceFile file, ObservedStore.Calls calls) => StartAsync(new RunningSluice([]) { calls = calls }, file, static _ => { });

    private static async Task<RunningSluice> StartAsync(RunningSluice sluice, SluiceFile file, Action<RunningSluice> beforeStart)
    {
        try
        {
            sluice.Build(file);
            beforeStart(sluice);
            await sluice.ListenAsync();
            return sluice;
        }
        catch
        {
            await sluice.DisposeAsync();
            throw;
        }
    }

    /// <summary>Stops gracefully and starts again over the same data folder.</summary>
    public async Task RestartAsync(SluiceFile file)
    {
        await DownAsync();
        Build(file);
        await ListenAsync();
    }

    /// <summary>Changes the configuration file. The watcher goes by its time of writing, which is made to differ.</summary>
    public void Write(string configuration)
    {
        var last = File.Exists(ConfigurationPath) ? File.GetLastWriteTimeUtc(ConfigurationPath) : DateTime.UnixEpoch;
        File.WriteAllText(ConfigurationPath, configuration);
        File.SetLastWriteTimeUtc(ConfigurationPath, last.AddSeconds(1));
    }

    /// <summary>Waits, for a bounded time, until something is so; whoever has waited for this moment meanwhile is woken.</summary>
    public async Task UntilAsync(Func<ValueTask<bool>> condition, [CallerArgumentExpression(nameof(condition))] string what = "")
    {
        for (var started = Stopwatch.GetTimestamp(); !await condition(); Time.Advance(TimeSpan.Zero))
        {
            if (Stopwatch.GetElapsedTime(started) > RealTime.Longest) Assert.Fail($"not within {RealTime.Longest.TotalSeconds} s: {what}\n{Log.Text}");
            await Task.Delay(TimeSpan.FromMilliseconds(1), TestContext.Current.CancellationToken);
        }
    }

    public Task UntilAsync(Func<bool> condition, [CallerArgumentExpression(nameof(condition))] string what = "") =>
        UntilAsync(() => ValueTask.FromResult(condition()), what);

    /// <summary>Lets time pass once somebody waits for its end.</summary>
    public async Task PassAsync(TimeSpan time)
    {
        await UntilAsync(() => Time.IsAwaited(Now + time), $"somebody waits for {time}");
        Time.Advance(time);
    }

    public async Task DownAsync()
    {
        if (app is null) return;
        Http.Dispose();
        var (stopped, began, patienceEnds) = (app, Stopwatch.GetTimestamp(), Now + DeliveryService.Patience);
        app = null;
        var stopping = stopped.StopAsync(CancellationToken.None);
        // Attempts under way are waited for in virtual time, so it has to pass; where there are none it stands, however slow the machine is.
        for (var passes = false; !stopping.IsCompleted; Time.Advance(passes ? TimeSpan.FromMilliseconds(100) : TimeSpan.Zero))
        {
            var waited = Stopwatch.GetElapsedTime(began);
            if (waited > RealTime.Longest) Assert.Fail($"the host does not stop: not within {RealTime.Longest.TotalSeconds} s\n{Log.Text}");
            passes |= Time.IsAwaited(patienceEnds) || waited > RealTime.Longest / 9;
            await Task.WhenAny(stopping, Task.Delay(TimeSpan.FromMilliseconds(2), CancellationToken.None));
        }

        await stopping;
        // Waits for the writer's thread, and so on a thread of its own.
        await Task.Run(async () => await stopped.DisposeAsync(), CancellationToken.None).InTimeAsync("the host puts its services away");
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await DownAsync();
        }
        finally
        {
            folder.Dispose();
        }
    }

    private void Build(SluiceFile file)
    {
        var data = new DataFolder(Data);
        data.Create();
        // Handlers of the test's own are not known while the container is built: they come with a second reading, before the start.
        Write(handlers.Length == 0 ? file.ToString() : SluiceFile.Stripe.ToString());
        var configuration = ConfigurationFile.Find(ConfigurationPath, data);
        app = SluiceHost.Build(new StartOptions(data, configuration, ["http://127.0.0.1:0"], reason => Assert.Fail(reason))
        {
            Time = Time,
            AddMore = services =>
            {
                foreach (var answer in answers) services.AddSingleton(answer);
                if (calls is not null) services.AddSingleton<IEventStore>(provider => ObservedStore.Over(provider.GetRequiredService<SqliteEventStore>(), calls));
            },
        });
        app.Services.GetRequiredService<ILoggerFactory>().AddProvider(Log);
        if (handlers.Length > 0)
        {
            Write(file.ToString());
            Services.GetRequiredService<LiveConfiguration>().Replace(configuration.ReadOrThrow(new HandlerCatalog([.. Services.GetServices<IHandler>(), .. handlers])));
        }

    }

    private async Task ListenAsync()
    {
        await app!.StartAsync(TestContext.Current.CancellationToken);
        Http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri(app.Urls.Single()) };
        // Background services begin after the start has answered; a change of the configuration is one from the first look on.
        await UntilAsync(() => Time.IsAwaited(Now + WatchPeriod), "the configuration is watched");
    }
}
