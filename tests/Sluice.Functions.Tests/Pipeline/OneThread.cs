using Sluice.Contracts;

namespace Sluice.Functions.Tests.Pipeline;

/// <summary>Runs work on the calling thread. When nothing is ready, the clock moves to the next timer: what waits for time is given it, and nothing else passes.</summary>
internal sealed class OneThread : SynchronizationContext
{
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    private readonly Queue<(SendOrPostCallback Callback, object? State)> ready = [];

    public static T Run<T>(VirtualTime time, Func<Task<T>> work)
    {
        var before = Current;
        var thread = new OneThread();
        SetSynchronizationContext(thread);
        try
        {
            var task = work();
            for (var until = time.Elapsed + Longest; !task.IsCompleted;)
            {
                if (thread.ready.TryDequeue(out var next)) next.Callback(next.State);
                else if (!time.MoveToNext(until)) throw new InvalidOperationException("the work waits for something that time does not bring");
            }

            return task.GetAwaiter().GetResult();
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }

    public static void Run(VirtualTime time, Func<Task> work) => Run(time, async () =>
    {
        await work();
        return true;
    });

    public override void Post(SendOrPostCallback d, object? state) => ready.Enqueue((d, state));

    public override SynchronizationContext CreateCopy() => this;
}
