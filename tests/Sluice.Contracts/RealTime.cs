using System.Runtime.CompilerServices;

namespace Sluice.Contracts;

/// <summary>Waits on real time, and not for ever: a test that waits for what never comes says what that was.</summary>
public static class RealTime
{
    /// <summary>More than anything takes, on a machine that is busy with much else.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(90);

    /// <exception cref="TimeoutException">It did not end in time.</exception>
    public static async Task InTimeAsync(this Task task, [CallerArgumentExpression(nameof(task))] string what = "")
    {
        try
        {
            await task.WaitAsync(Longest).ConfigureAwait(false);
        }
        catch (TimeoutException) when (!task.IsCompleted)
        {
            throw new TimeoutException($"not within {Longest.TotalSeconds} s: {what}");
        }
    }

    /// <exception cref="TimeoutException">It did not end in time.</exception>
    public static async Task<T> InTimeAsync<T>(this Task<T> task, [CallerArgumentExpression(nameof(task))] string what = "")
    {
        await ((Task)task).InTimeAsync(what).ConfigureAwait(false);
        return await task.ConfigureAwait(false);
    }
}
