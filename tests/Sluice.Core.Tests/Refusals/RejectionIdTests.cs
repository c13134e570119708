using Sluice.Quarantine;

namespace Sluice.Core.Tests.Refusals;

public sealed class RejectionIdTests
{
    private static readonly DateTimeOffset Moment = new(2026, 3, 1, 12, 0, 0, 123, TimeSpan.Zero);

    [Fact]
    public void An_id_says_when_and_sorts_by_it_as_text_and_as_bytes()
    {
        var random = new Random(1);
        var ids = Enumerable.Range(0, 100).Select(i => RejectionId.Create(Moment.AddMilliseconds(i), random)).ToList();

        Assert.Equal(ids, ids.OrderByDescending(id => id).Reverse());
        Assert.Equal(ids, ids.OrderBy(id => id.ToString(), StringComparer.Ordinal));
        Assert.Equal(Moment.AddMilliseconds(99), ids[^1].ReceivedAt);
        Assert.All(ids, id => Assert.True(RejectionId.TryParse(id.ToString(), out var read) && read == id));
        Assert.NotEqual(RejectionId.Create(Moment, random), RejectionId.Create(Moment, random));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("0123456789abcdef0123456789abcde")]
    [InlineData("0123456789abcdef0123456789abcdeg")]
    [InlineData(" 123456789abcdef0123456789abcdef")]
    [InlineData("0123456789abcdef0123456789abcdef0")]
    public void Anything_else_is_no_id(string? text) => Assert.False(RejectionId.TryParse(text, out _));

    [Fact]
    public void A_moment_that_no_clock_has_is_the_last_there_is() => Assert.Equal(DateTimeOffset.MaxValue.ToUnixTimeMilliseconds(), RejectionId.Last.ReceivedAt.ToUnixTimeMilliseconds());
}
