using Sluice.Events;
using Sluice.LocalHost.Workers;
using Sluice.Processing;

namespace Sluice.Hosts.Tests.Workers;

/// <summary>How the workers are shared among destinations.</summary>
public sealed class SharesTests
{
    private readonly Dictionary<string, int> limits = [];

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(3, 2)]
    [InlineData(4, 3)]
    [InlineData(16, 9)]
    [InlineData(64, 33)]
    [InlineData(1024, 513)]
    public void A_destination_alone_has_more_than_half_of_the_workers_and_leaves_the_others_one(int workers, int most) => Assert.Equal(most, TakeAll(Of(workers), "billing"));

    [Fact]
    public void When_one_has_its_half_each_other_has_its_share()
    {
        var shares = Of(64);
        Assert.Equal(33, TakeAll(shares, "a"));
        foreach (var name in new[] { "b", "c", "d", "e", "f", "g", "h" }) Assert.Equal(4, TakeAll(shares, name));
        Assert.Equal(3, TakeAll(shares, "i"));
        Assert.Equal(0, shares.Free);
    }

    [Fact]
    public void A_destination_has_never_more_than_its_concurrency()
    {
        limits["billing"] = 2;
        var shares = Of(64);
        Assert.Equal(2, TakeAll(shares, "billing"));
        Wait(shares, "billing", 5);
        Assert.Null(shares.Next());

        shares.GiveBack(shares.Of("billing"));
        Assert.NotNull(shares.Next());
        Assert.Null(shares.Next());
        limits["billing"] = 3;
        Assert.NotNull(shares.Next());
    }

    [Fact]
    public void Whose_bells_wait_are_served_in_turn_and_each_in_its_own_order()
    {
        var shares = Of(1);
        Assert.Equal(1, TakeAll(shares, "a"));
        Wait(shares, "a", 3);
        Wait(shares, "b", 2);
        Wait(shares, "c", 1);

        var (served, last) = (new List<string>(), "a");
        for (shares.GiveBack(shares.Of("a")); shares.Next() is { } bell; shares.GiveBack(shares.Of(last))) served.Add($"{last = bell.Delivery.Destination}{bell.Attempt}");
        Assert.Equal(["a1", "b1", "c1", "a2", "b2", "a3"], served);
    }

    [Fact]
    public void Who_has_its_share_waits_and_holds_up_nobody_behind_it()
    {
        var shares = Of(4);
        TakeAll(shares, "a");
        Wait(shares, "a", 2);
        Wait(shares, "b", 1);
        Assert.Equal("b", shares.Next()!.Delivery.Destination);
        Assert.Null(shares.Next());
    }

    [Fact]
    public void No_more_wait_than_there_is_room_for_and_no_destination_is_left_without()
    {
        var shares = Of(1);
        TakeAll(shares, "a");
        Assert.Equal(Shares.MostOfOne, Wait(shares, "a", 10_000));
        for (var i = 0; i < 30; i++) Assert.InRange(Wait(shares, $"destination_{i}", 10_000), 4, Shares.MostOfOne);
        Assert.InRange(shares.Waiting, 1, Shares.MostWaiting + (4 * 30));
    }

    [Fact]
    public void Who_is_behind_has_room_again_when_half_of_its_bells_are_served()
    {
        var shares = Of(1);
        TakeAll(shares, "a");
        Wait(shares, "a", 10_000);
        shares.Of("a").IsBehind = true;
        for (var left = Shares.MostOfOne; left > Shares.MostOfOne / 2; left--)
        {
            Assert.Empty(shares.TakeRoom());
            shares.GiveBack(shares.Of("a"));
            Assert.NotNull(shares.Next());
        }

        Assert.Equal([new Room("a", Shares.MostOfOne + 1)], shares.TakeRoom());
        Assert.Empty(shares.TakeRoom());
        Assert.True(shares.Of("a").IsBehind);
        shares.Of("a").Fetched(isMore: false);
        Assert.False(shares.Of("a").IsBehind);
        Assert.Empty(shares.TakeRoom());
    }

    private Shares Of(int workers) => new(workers, name => limits.TryGetValue(name, out var limit) ? limit : null);

    private static int TakeAll(Shares shares, string destination)
    {
        var taken = 0;
        while (shares.TryTake(shares.Of(destination))) taken++;
        return taken;
    }

    private static int Wait(Shares shares, string destination, int bells)
    {
        var waiting = 0;
        for (var i = 1; i <= bells; i++) waiting += shares.TryWait(shares.Of(destination), new Bell(new DeliveryId(EventId.Of("stripe", "evt_1"), destination), i)) ? 1 : 0;
        return waiting;
    }
}
