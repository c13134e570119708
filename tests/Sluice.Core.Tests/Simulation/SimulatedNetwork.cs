using Sluice.Storage;

namespace Sluice.Core.Tests.Simulation;

/// <summary>One process's way to what is kept elsewhere: a call may be slow, fail before or after it was served, and outlive the process that called.</summary>
internal sealed class SimulatedNetwork(World world, SimulatedProcess process)
{
    public async ValueTask<T> CallAsync<T>(string call, Func<T> serve, CancellationToken cancellationToken)
    {
        await process.PassAsync(call);
        cancellationToken.ThrowIfCancellationRequested();
        var reply = new TaskCompletionSource<T>();
        world.Network.Start(() => ServeAsync(call, serve, reply));
        var result = cancellationToken.CanBeCanceled ? await reply.Task.WaitAsync(cancellationToken) : await reply.Task;
        await process.PassAsync(call);
        return result;
    }

    private async Task ServeAsync<T>(string call, Func<T> serve, TaskCompletionSource<T> reply)
    {
        if (world.IsThrottled)
        {
            Fail("is throttled");
            return;
        }

        if (world.Faults.Strikes(Fault.StoreSlow)) await world.DelayAsync(0.1, 40);
        if (world.Faults.Strikes(Fault.StoreFailedBefore))
        {
            Fail("failed before it did anything");
            return;
        }

        var result = serve();
        if (world.Faults.Strikes(Fault.StoreFailedAfter)) Fail("failed and nobody knows whether it did anything");
        else reply.SetResult(result);

        void Fail(string how)
        {
            world.Trace.Add("store", how, call);
            reply.SetException(new StoreUnavailableException($"the store {how}"));
        }
    }
}
