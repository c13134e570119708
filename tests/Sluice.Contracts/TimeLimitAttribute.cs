using System.Collections.Concurrent;
using System.Diagnostics;
using System.Reflection;
using Xunit;
using Xunit.v3;

namespace Sluice.Contracts;

/// <summary>
/// No test runs for ever. One that takes too long is cancelled, and fails where it waits; one that does not heed that ends the run, which
/// names it. Fixtures are no tests: <c>VSTestBlameHang</c> in tests/Directory.Build.props is the limit of what this does not see.
/// </summary>
[AttributeUsage(AttributeTargets.Assembly)]
public sealed class TimeLimitAttribute : BeforeAfterTestAttribute
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan LongestCancelled = TimeSpan.FromMinutes(4);

    // Of all tests: the attribute is made anew for each.
    private static readonly ConcurrentDictionary<string, Running> Underway = new();

    // A thread of its own: where the pool's threads are what is blocked, its timers do not fire.
    static TimeLimitAttribute() => new Thread(Watch) { Name = "time limit of tests", IsBackground = true }.Start();

    public override void Before(MethodInfo methodUnderTest, IXunitTest test) => Underway[test.UniqueID] = new(TestContext.Current, test.TestDisplayName, Stopwatch.GetTimestamp());

    public override void After(MethodInfo methodUnderTest, IXunitTest test) => Underway.TryRemove(test.UniqueID, out _);

    private static void Watch()
    {
        while (true)
        {
            Thread.Sleep(TimeSpan.FromSeconds(1));
            foreach (var (id, test) in Underway)
            {
                var taken = Stopwatch.GetElapsedTime(test.Since);
                if (taken > LongestCancelled) End(test);
                if (taken <= Longest || test.IsCancelled) continue;
                Underway.TryUpdate(id, test with { IsCancelled = true }, test);
                test.Context.TestOutputHelper?.WriteLine($"Cancelled: it did not end within {Longest.TotalMinutes} minutes.");
                test.Context.CancelCurrentTest();
            }
        }
    }

    private static void End(Running test)
    {
        var reason = $"{test.Name} did not end within {LongestCancelled.TotalMinutes} minutes";
        test.Context.SendDiagnosticMessage(reason);
        Thread.Sleep(TimeSpan.FromSeconds(1));
        Environment.FailFast(reason);
    }

    private sealed record Running(ITestContext Context, string Name, long Since, bool IsCancelled = false);
}
