using Azure.Data.Tables;
using Azure.Messaging.ServiceBus;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Sluice.AzureServices.Hosting;
using Sluice.AzureServices.Tables;
using Sluice.Contracts.Simulation;
using Sluice.Delivery;

namespace Sluice.Functions.Tests.Simulation;

/// <summary>
/// One life of one app: its own services over this life's ways to tables and queue. It dies between any two of its calls; then nothing
/// of it runs again, and what it had sent off may still arrive.
/// </summary>
internal sealed partial class SimulatedProcess : IDisposable
{
    private readonly World world;
    private readonly Actor actor;
    private readonly ServiceProvider services;
    private readonly CancellationTokenSource stopping = new();
    private readonly TaskCompletionSource death = new();
    private bool isStopping;

    public SimulatedProcess(World world, FunctionApp app, string name)
    {
        (this.world, App, Name) = (world, app, name);
        actor = new Actor(world.Pump);
        var services = new ServiceCollection()
            .AddSingleton<ILoggerFactory>(new TraceLoggers(world.Trace, name)).AddSingleton(typeof(ILogger<>), typeof(Logger<>))
            .AddSingleton<TimeProvider>(world.Time).AddSingleton(new Random(world.Random.Next()))
            .AddSingleton<TableServiceClient>(new ProcessTables(world, this)).AddSingleton<ServiceBusClient>(new ProcessBus(world, this));
        if (app == FunctionApp.Process) services.AddSingleton(new HandlerCatalog(new SimulatedHandler(world, this)));
        this.services = services.AddSluiceOnAzure(world.Setting.Of(app), app).BuildServiceProvider();
        actor.Start(async () =>
        {
            foreach (var hosted in this.services.GetServices<IHostedService>()) await hosted.StartAsync(CancellationToken.None);
        });
    }

    public FunctionApp App { get; }

    public string Name { get; }

    /// <summary>Completes with the end of this life.</summary>
    public Task Death => death.Task;

    public bool IsAlive => actor.IsAlive;

    public bool IsAccepting => !isStopping && actor.IsAlive;

    /// <summary>How many invocations run here now.</summary>
    public int Busy { get; private set; }

    /// <summary>A place where the process may die.</summary>
    public async ValueTask PassAsync(string where)
    {
        if (!world.Faults.Strikes(Fault.Crash)) return;
        world.Trace.Add(Name, "crashes at", where);
        Die();
        // After its death nothing of this is ever run again.
        await Task.Yield();
    }

    /// <summary>One call over the network: from here on it belongs to nobody, and its answer reaches this process only while it lives.</summary>
    public async Task<T> SendAsync<T>(string what, Func<Task<T>> send, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!world.Faults.AreOn) return await send();
        await PassAsync(what);
        var reply = new TaskCompletionSource<T>();
        world.Travelling++;
        world.Network.Start(async () =>
        {
            try
            {
                reply.SetResult(await send());
            }
#pragma warning disable CA1031 // Whatever it is, it is the answer.
            catch (Exception e)
#pragma warning restore CA1031
            {
                reply.SetException(e);
            }

            world.Travelling--;
        });
        var result = await reply.Task.WaitAsync(cancellationToken);
        await PassAsync(what);
        return result;
    }

    public Task SendAsync(string what, Func<Task> send, CancellationToken cancellationToken) => SendAsync(what, async () =>
    {
        await send();
        return true;
    }, cancellationToken);

    /// <summary>Stops as a host does: takes nothing new, interrupts what runs, waits a little, ends.</summary>
    public void Stop()
    {
        world.Trace.Add(Name, "stops");
        isStopping = true;
        actor.Start(async () =>
        {
            // Not CancelAsync: it would leave for the thread pool.
            stopping.Cancel();
            await world.DelayAsync(0.1, 40);
            // The container's own way to dispose of it leaves for the thread pool.
            if (Busy == 0) await services.GetRequiredService<TableEventStore>().DisposeAsync();
            Die();
        });
    }

    public void Dispose() => stopping.Dispose();

    private void Die()
    {
        if (!actor.IsAlive) return;
        actor.Kill();
        death.SetResult();
        Dispose();
    }
}
