using Sluice.Configuration;
using Sluice.Processing;
using Sluice.Storage;

namespace Sluice.Core.Tests.Delivery;

/// <summary>When deliveries that gather are sent, and how many.</summary>
public sealed class BatchPlanTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly BatchOptions Options = new() { Events = 3, Bytes = 100, Wait = TimeSpan.FromSeconds(5) };

    [Fact]
    public void Nothing_waits_for_nothing() => Assert.Equal(new BatchPlan(0, null), Of(0));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Too_few_wait_until_the_first_has_waited_long_enough(int parked)
    {
        int[] sizes = [.. Enumerable.Repeat(10, parked)];
        Assert.Equal(new BatchPlan(0, Start.AddSeconds(5)), Of(0, sizes));
        Assert.Equal(new BatchPlan(0, Start.AddSeconds(5)), Of(4.999, sizes));
        Assert.Equal(new BatchPlan(parked, null), Of(5, sizes));
    }

    [Fact]
    public void As_many_as_go_in_one_go_at_once_and_what_is_left_waits() => Assert.Equal([new(3, null), new(3, null)], new[] { Of(0, 1, 1, 1), Of(0, 1, 1, 1, 1) });

    [Theory]
    [InlineData(2, 50, 50)]
    [InlineData(1, 60, 41)]
    [InlineData(2, 60, 40, 1)]
    [InlineData(0, 50, 49)]
    [InlineData(1, 100)]
    [InlineData(0, 99)]
    public void The_bytes_are_filled_to_the_edge_and_not_beyond(int count, params int[] sizes) => Assert.Equal(count, Of(0, sizes).Count);

    [Fact]
    public void One_that_is_too_large_goes_alone_and_nothing_with_it()
    {
        Assert.Equal(new BatchPlan(1, null), Of(0, 101));
        Assert.Equal(new BatchPlan(1, null), Of(0, 1_000_000, 1));
        // Those before it go without it.
        Assert.Equal(new BatchPlan(2, null), Of(0, 1, 1, 1_000_000));
    }

    [Fact]
    public void Bytes_are_summed_beyond_what_an_int_holds() =>
        Assert.Equal(2, BatchPlan.Of(Rows(3), [int.MaxValue - 1, 1, int.MaxValue], Options with { Bytes = int.MaxValue }, Start).Count);

    private static BatchPlan Of(double seconds, params int[] sizes) => BatchPlan.Of(Rows(sizes.Length), [.. sizes.Take(Options.Events)], Options, Start.AddSeconds(seconds));

    private static DueRow[] Rows(int count) => [.. Enumerable.Range(0, count).Select(i => new DueRow(new Bell(new(EventId.Of("shop", $"{i}"), "billing"), 1), Start.AddSeconds(i)))];
}
