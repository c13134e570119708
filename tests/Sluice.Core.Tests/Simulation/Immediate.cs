namespace Sluice.Core.Tests.Simulation;

internal static class Immediate
{
    /// <summary>The answer of something that never waits, such as the book in memory.</summary>
    public static T AtOnce<T>(this ValueTask<T> task) => task.IsCompletedSuccessfully ? task.Result : throw new InvalidOperationException("this answers at once, or the simulation is wrong");
}
