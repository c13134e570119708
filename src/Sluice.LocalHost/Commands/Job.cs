using Spectre.Console;

namespace Sluice.LocalHost.Commands;

/// <summary>Work that may take longer than a second: a person at a terminal sees it move.</summary>
internal static class Job
{
    /// <param name="work">Is given how to say how much is done.</param>
    /// <param name="of">How much there is to do; null when nobody knows.</param>
    public static async Task RunAsync(string what, Func<Action<long>, Task> work, long? of = null)
    {
        if (Console.IsOutputRedirected)
        {
            await work(static _ => { });
            return;
        }

        await Output.Person.Progress().AutoClear(true).HideCompleted(true).Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new ElapsedTimeColumn(), new SpinnerColumn()).StartAsync(async context =>
        {
            var task = context.AddTask(what, maxValue: of ?? 1);
            task.IsIndeterminate = of is null;
            await work(done =>
            {
                task.Description = of is null ? $"{what}: {done}" : $"{what}: {done} of {of}";
                if (of is not null) task.Value = done;
            });
        });
    }
}
