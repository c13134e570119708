using Sluice.Reconciliation;

namespace Sluice.Core.Tests.Reconciliation;

public sealed class GapsTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(1, 5)]
    [InlineData(2, 10)]
    [InlineData(3, 20)]
    [InlineData(8, 640)]
    [InlineData(9, 720)]
    [InlineData(100, 720)]
    [InlineData(int.MaxValue, 720)]
    [InlineData(0, 5)]
    public void Each_further_try_is_waited_for_twice_as_long_and_never_longer_than_twelve_hours(int tries, int minutes) =>
        Assert.Equal(Now.AddMinutes(minutes), Gaps.ActAt(Now, tries, isAsked: false));

    [Theory]
    [InlineData(1)]
    [InlineData(50)]
    public void A_person_waits_five_minutes_however_often_it_was_tried(int tries) => Assert.Equal(Now.AddMinutes(5), Gaps.ActAt(Now, tries, isAsked: true));

    [Fact]
    public void What_has_no_moment_is_acted_on_at_once() => Assert.Equal(DateTimeOffset.MinValue, Gaps.ActAt(null, 7, isAsked: false));

    [Fact]
    public void A_moment_at_the_end_of_time_is_no_overflow() => Assert.Equal(DateTimeOffset.MaxValue, Gaps.ActAt(DateTimeOffset.MaxValue, 3, isAsked: false));

    [Theory]
    [InlineData(1, 3, 30, 1)]
    [InlineData(10, 3, 30, 3)]
    [InlineData(10, 30, 7, 7)]
    [InlineData(10, 30, 30, 10)]
    public void It_looks_back_no_further_than_asked_than_the_sender_and_than_the_book(int asked, int horizon, int retention, int days) =>
        Assert.Equal(Now.AddDays(-days), Gaps.Since(Now.AddDays(-asked), Now, TimeSpan.FromDays(horizon), TimeSpan.FromDays(retention) + Gaps.Margin));
}
