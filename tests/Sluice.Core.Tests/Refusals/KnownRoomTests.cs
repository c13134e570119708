using Sluice.Configuration;
using Sluice.Contracts;
using Sluice.Quarantine;

namespace Sluice.Core.Tests.Refusals;

/// <summary>What a process remembers of sources without room: for the sizes that found none, for these bounds, and for a minute at the most.</summary>
public sealed class KnownRoomTests
{
    private static readonly QuarantineSettings Bounds = new();

    private readonly VirtualTime time = new(new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly KnownRoom room;

    public KnownRoomTests() => room = new(time);

    [Fact]
    public void What_was_too_large_is_not_asked_about_for_a_minute_nor_is_anything_larger()
    {
        Assert.True(room.Exceed("stripe", Bounds, 800_000));
        Assert.Equal((false, false, true), (MayFit(800_000), MayFit(900_000), MayFit(799_999)));
        Assert.True(room.MayFit("github", Bounds, 800_000));
        Assert.True(room.MayFit("stripe", Bounds with { MaxBytes = 5 }, 800_000));
        time.Advance(TimeSpan.FromMinutes(1));

        Assert.True(MayFit(900_000));
    }

    [Fact]
    public void A_source_that_is_full_for_a_size_is_full_for_larger_ones_until_it_is_said_to_have_room()
    {
        room.Fill("stripe", Bounds, 5000, time.GetUtcNow().AddSeconds(10));
        Assert.Equal((false, true), (MayFit(5000), MayFit(4999)));
        room.Fill("stripe", Bounds, 6000, time.GetUtcNow().AddSeconds(10));
        Assert.False(MayFit(5000));
        time.Advance(TimeSpan.FromSeconds(10));

        Assert.True(MayFit(5000));
    }

    [Fact]
    public void However_long_it_is_said_to_be_full_it_is_asked_about_after_a_minute()
    {
        room.Fill("stripe", Bounds, 0, time.GetUtcNow().AddHours(1));
        time.Advance(TimeSpan.FromSeconds(59));
        Assert.False(MayFit(0));
        time.Advance(TimeSpan.FromSeconds(1));

        Assert.True(MayFit(0));
    }

    [Fact]
    public void It_is_news_once_while_it_stays_so_and_again_when_there_is_no_room_at_all()
    {
        Assert.Equal((true, false), (Fill(5000), Fill(4000)));
        time.Advance(TimeSpan.FromSeconds(90));
        Assert.False(Fill(4000));
        Assert.Equal((true, false), (Fill(0), Fill(0)));
        time.Advance(TimeSpan.FromMinutes(3));

        Assert.True(Fill(0));
    }

    private bool MayFit(long bytes) => room.MayFit("stripe", Bounds, bytes);

    private bool Fill(long from) => room.Fill("stripe", Bounds, from, time.GetUtcNow().AddHours(1));
}
