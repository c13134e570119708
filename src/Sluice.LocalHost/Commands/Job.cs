using System.Runtime.InteropServices;
using Spectre.Console;

namespace Sluice.LocalHost.Commands;

/// <summary>Work that may take longer than a second: a person at a terminal sees it move, and may end it.</summary>
internal static class Job
{
    /// <param name="work">Is given how to say how much is done.</param>
    /// <param name="of">How much there is to do; null when nobody knows.</param>
    /// <exception cref="OperationCanceledException">Somebody ended it (Ctrl+C) before its end. What it was about to do is left where it is.</exception>
    public static async Task RunAsync(string what, Func<Action<long>, Task> work, long? of = null)
    {
        // A process that ends at once leaves a terminal without its cursor. Asked a second time it does.
        var interrupted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Interrupt(PosixSignalContext context) => context.Cancel = interrupted.TrySetCanceled();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Interrupt);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Interrupt);
        async Task WorkAsync(Action<long> tell) => await await Task.WhenAny(work(tell), interrupted.Task);

        if (Console.IsOutputRedirected)
        {
            await WorkAsync(static _ => { });
            return;
        }

        await Output.Person.Progress().AutoClear(true).HideCompleted(true).Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new ElapsedTimeColumn(), new SpinnerColumn()).StartAsync(async context =>
        {
            var task = context.AddTask(what, maxValue: of ?? 1);
            task.IsIndeterminate = of is null;
            await WorkAsync(done =>
            {
                task.Description = of is null ? $"{what}: {done}" : $"{what}: {done} of {of}";
                if (of is not null) task.Value = done;
            });
        });
    }
}
