using Sluice.LocalHost.Workers;

namespace Sluice.Hosts.Tests.Workers;

/// <summary>How the workers are shared among destinations.</summary>
public sealed class SharesTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly Dictionary<string, int> limits = [];
    private bool isAlone;

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(3, 2)]
    [InlineData(4, 3)]
    [InlineData(16, 9)]
    [InlineData(64, 33)]
    [InlineData(1024, 513)]
    public void A_destination_that_works_alone_has_more_than_half_of_the_workers_and_leaves_the_others_one(int workers, int most)
    {
        Assert.Equal(most, TakeAll(Of(workers), "billing"));
        var shares = Of(workers);
        Due(shares, "billing");
        Assert.Equal([("billing", most)], Grant(shares));
    }

    [Fact]
    public void The_only_destination_there_is_has_all_workers_until_there_is_another()
    {
        isAlone = true;
        var shares = Of(16);
        Assert.Equal(16, TakeAll(shares, "billing"));
        isAlone = false;
        Due(shares, "billing", "crm");
        Assert.Empty(Grant(shares));
        shares.GiveBack(shares.Of("billing"));
        Assert.Equal([("crm", 1)], Grant(shares));
    }

    [Fact]
    public void When_one_has_its_half_each_other_has_its_share()
    {
        var shares = Of(64);
        Assert.Equal(33, TakeAll(shares, "a"));
        for (var i = 0; i < 15; i++) Assert.Equal(2, TakeAll(shares, $"other_{i}"));
        Assert.Equal(1, TakeAll(shares, "last"));
        Assert.Equal(0, shares.Free);
    }

    [Fact]
    public void Of_many_that_have_something_due_at_once_each_gets_as_much()
    {
        var shares = Of(64);
        string[] names = [.. Enumerable.Range(0, 32).Select(i => $"destination_{i}")];
        Due(shares, names);
        Assert.Equal(names.Select(name => (name, 2)), Grant(shares));
        Assert.Equal(0, shares.Free);
    }

    [Fact]
    public void One_that_gives_nothing_back_gets_no_more_than_its_share_while_others_are_there()
    {
        var shares = Of(64);
        string[] others = [.. Enumerable.Range(0, 63).Select(i => $"other_{i}")];
        Due(shares, ["hanging", .. others]);
        for (var turn = 0; turn < 100; turn++)
        {
            foreach (var (name, workers) in Grant(shares))
            {
                shares.Answered(shares.Of(name), workers, isMore: true);
                for (var i = 0; name != "hanging" && i < workers; i++) shares.GiveBack(shares.Of(name));
            }
        }

        Assert.InRange(shares.Of("hanging").Held, 1, 2);
    }

    [Fact]
    public void A_destination_has_never_more_than_its_concurrency()
    {
        limits["billing"] = 2;
        var shares = Of(64);
        Due(shares, "billing");
        Assert.Equal([("billing", 2)], Grant(shares));
        shares.Answered(shares.Of("billing"), 2, isMore: true);
        Assert.Empty(Grant(shares));

        shares.GiveBack(shares.Of("billing"));
        Assert.Equal([("billing", 1)], Grant(shares));
        shares.Answered(shares.Of("billing"), 1, isMore: true);
        limits["billing"] = 3;
        Assert.Equal([("billing", 1)], Grant(shares));
    }

    [Fact]
    public void Who_has_something_due_is_served_in_turn()
    {
        var shares = Of(1);
        Due(shares, "a", "b", "c");
        var served = new List<string>();
        for (var i = 0; i < 7; i++)
        {
            var (name, workers) = Assert.Single(Grant(shares));
            served.Add(name);
            shares.Answered(shares.Of(name), workers, isMore: name != "c");
            shares.GiveBack(shares.Of(name));
        }

        Assert.Equal(["a", "b", "c", "a", "b", "a", "b"], served);
    }

    [Fact]
    public void Who_has_its_share_waits_and_holds_up_nobody_behind_it()
    {
        var shares = Of(4);
        TakeAll(shares, "a");
        Due(shares, "a", "b");
        Assert.Equal([("b", 1)], Grant(shares));
        Assert.Empty(Grant(shares));
    }

    [Fact]
    public void Workers_for_which_the_book_had_nothing_are_free_again()
    {
        var shares = Of(64);
        Due(shares, "billing");
        Grant(shares);
        shares.Answered(shares.Of("billing"), 3, isMore: false);
        Assert.Equal((61, 3), (shares.Free, shares.Of("billing").Held));
        Assert.Empty(Grant(shares));
    }

    [Fact]
    public void What_becomes_due_while_the_book_is_asked_is_asked_for_once_more()
    {
        var shares = Of(64);
        Due(shares, "billing");
        Grant(shares);
        Due(shares, "billing");
        Assert.Empty(Grant(shares));
        shares.Answered(shares.Of("billing"), 0, isMore: false);
        Assert.Equal([("billing", 33)], Grant(shares));
        shares.Answered(shares.Of("billing"), 0, isMore: false);
        Assert.Empty(Grant(shares));
    }

    [Fact]
    public void What_is_due_later_is_due_when_its_moment_comes()
    {
        var shares = Of(64);
        shares.Of("a").DueAt(Now.AddSeconds(2));
        shares.Of("a").DueAt(Now.AddSeconds(1));
        shares.Of("a").DueAt(null);
        shares.Of("b").DueAt(Now.AddSeconds(3));
        Assert.Equal(Now.AddSeconds(1), shares.Elapsed(Now));
        Assert.Empty(Grant(shares));
        Assert.Equal(Now.AddSeconds(3), shares.Elapsed(Now.AddSeconds(1)));
        Assert.Equal([("a", 33)], Grant(shares));
        Assert.Null(shares.Elapsed(Now.AddSeconds(3)));
    }

    private Shares Of(int workers) => new(workers, name => limits.TryGetValue(name, out var limit) ? limit : null, () => isAlone);

    private static void Due(Shares shares, params string[] destinations)
    {
        foreach (var name in destinations) shares.Due(shares.Of(name));
    }

    private static IReadOnlyList<(string Destination, int Workers)> Grant(Shares shares) => [.. shares.Grant().Select(share => (share.Destination, share.Granted))];

    private static int TakeAll(Shares shares, string destination)
    {
        var taken = 0;
        while (shares.TryTake(shares.Of(destination))) taken++;
        return taken;
    }
}
