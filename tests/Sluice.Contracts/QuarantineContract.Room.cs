using Sluice.Configuration;
using Sluice.Quarantine;
using Sluice.Storage;

namespace Sluice.Contracts;

public abstract partial class QuarantineContract
{
    private static readonly QuarantineSettings Three = new() { MaxCount = 3 };

    [Fact]
    public async Task A_flood_pushes_out_nothing_of_the_last_hour_and_is_told_when_to_ask_again()
    {
        var first = new List<RejectionId>();
        for (var i = 0; i < 3; i++)
        {
            first.Add(await KeptAsync(bounds: Three));
            Time.Advance(TimeSpan.FromMinutes(1));
        }

        for (var i = 0; i < 20; i++) Assert.Equal(new Keeping(false, Start.AddHours(1)), await KeepAsync(Rejection(), Three));
        Time.Advance(TimeSpan.FromMinutes(56));
        Assert.False((await KeepAsync(Rejection(), Three)).IsKept);
        Assert.Equal(first, await AllAsync(new() { OldestFirst = true }));
        foreach (var id in first) Assert.NotNull((await FindAsync(id))!.Request);
    }

    [Fact]
    public async Task After_an_hour_the_oldest_makes_way()
    {
        var first = await KeptAsync(bounds: Three);
        Time.Advance(TimeSpan.FromMinutes(30));
        var (second, third) = (await KeptAsync(bounds: Three), await KeptAsync(bounds: Three));
        Time.Advance(TimeSpan.FromMinutes(30));
        var fourth = await KeptAsync(bounds: Three);

        Assert.Null(await FindAsync(first));
        Assert.Equal(new[] { second, third }.Order().Append(fourth), await AllAsync(new() { OldestFirst = true }));
        Assert.Equal(new Keeping(false, Start.AddMinutes(90)), await KeepAsync(Rejection(), Three));
    }

    [Fact]
    public async Task No_more_bytes_are_kept_than_the_bound_says()
    {
        var bounds = new QuarantineSettings { MaxBytes = 10_000 };
        for (var i = 0; i < 3; i++) await KeptAsync(bytes: 3000, bounds: bounds);
        Assert.False((await KeepAsync(Rejection(bytes: 3000), bounds)).IsKept);
        Time.Advance(TimeSpan.FromMilliseconds(1));
        await KeptAsync(bytes: 900, bounds: bounds);
        Time.Advance(TimeSpan.FromHours(1));

        // As many of the oldest as it takes, and no more.
        await KeptAsync(bytes: 5000, bounds: bounds);
        Assert.Equal(3, (await AllAsync(new())).Count);
    }

    [Fact]
    public async Task One_that_is_larger_than_the_bound_pushes_out_nothing()
    {
        var bounds = new QuarantineSettings { MaxBytes = 2000 };
        var small = await KeptAsync(bounds: bounds);
        Time.Advance(TimeSpan.FromHours(2));

        Assert.Equal(new Keeping(false, IsTooLarge: true), await KeepAsync(Rejection(bytes: 2001), bounds));
        Assert.Equal([small], await AllAsync(new()));
    }

    [Fact]
    public async Task One_that_would_push_out_very_many_pushes_out_none()
    {
        var bounds = new QuarantineSettings { MaxBytes = 2 * (Room.MostPushedOut + 6) * 10 };
        for (var i = 0; i < Room.MostPushedOut + 6; i++) await KeptAsync(bytes: 10, bounds: bounds);
        Time.Advance(TimeSpan.FromHours(2));
        var large = (int)bounds.MaxBytes - 10;

        Assert.False((await KeepAsync(Rejection(bytes: large), bounds)).IsKept);
        Assert.Equal(Room.MostPushedOut + 6, (await AllAsync(new())).Count);
    }

    [Fact]
    public async Task Where_there_is_no_room_a_finding_is_written_down_all_the_same()
    {
        for (var i = 0; i < 3; i++) await KeptAsync(bounds: Three);
        var told = Rejection(finding: "Mismatch: another secret");
        Assert.False((await KeepAsync(told, Three)).IsKept);
        Assert.False((await KeepAsync(Rejection(), Three)).IsKept);

        Assert.Equal(4, (await AllAsync(new())).Count);
        Assert.Equal(told with { IsKept = false, Request = null }, await FindAsync(told.Id));
    }

    [Fact]
    public async Task Of_those_without_bytes_the_newest_two_hundred_stay_and_cost_those_with_bytes_nothing()
    {
        var kept = await KeptAsync();
        for (var i = 0; i < Quarantine.Rejection.MostNoted + 5; i++)
        {
            Time.Advance(TimeSpan.FromSeconds(1));
            await KeepAsync(Rejection(finding: $"{i}", isKept: false));
        }

        var page = await ListAsync(new() { Limit = 500 });
        Assert.Equal(Quarantine.Rejection.MostNoted + 1, page.Items.Count);
        Assert.Equal(("204", "5", kept), (page.Items[0].Finding, page.Items[^2].Finding, page.Items[^1].Id));
    }

    [Fact]
    public async Task Each_source_has_room_of_its_own()
    {
        for (var i = 0; i < 3; i++) await KeptAsync(bounds: Three);
        Assert.False((await KeepAsync(Rejection(), Three)).IsKept);

        await KeptAsync("github", bounds: Three);
    }

    [Fact]
    public async Task What_is_removed_makes_room()
    {
        var first = await KeptAsync(bounds: Three);
        for (var i = 0; i < 2; i++) await KeptAsync(bounds: Three);
        Assert.True(await Store.RemoveAsync(first, Cancellation));

        await KeptAsync(bounds: Three);
    }

    [Fact]
    public async Task Of_any_number_at_once_no_more_are_kept_than_the_bound_says()
    {
        var kept = await Task.WhenAll(Enumerable.Range(0, 12).Select(async _ =>
        {
            try
            {
                return (await KeepAsync(Rejection(), Three)).IsKept;
            }
            catch (StoreUnavailableException)
            {
                // Others were faster each time: it is not kept.
                return false;
            }
        }));

        Assert.InRange(kept.Count(one => one), 1, 3);
        Assert.Equal(kept.Count(one => one), (await AllAsync(new())).Count);
    }

    [Fact]
    public async Task Several_that_come_together_are_decided_one_after_the_other()
    {
        Rejection[] together =
        [
            Rejection(bytes: 400), Rejection(finding: "told", isKept: false), Rejection(bytes: 1001), Rejection(bytes: 400),
            Rejection(finding: "Mismatch: no room", bytes: 400), Rejection(bytes: 200), Rejection(bytes: 1),
        ];
        var keepings = await KeepAsync(together, new() { MaxBytes = 1000 });

        Assert.Equal([true, false, false, true, false, true, false], keepings.Select(keeping => keeping.IsKept));
        Assert.Equal([2], Enumerable.Range(0, keepings.Count).Where(i => keepings[i].IsTooLarge));
        Assert.Equal([4, 6], Enumerable.Range(0, keepings.Count).Where(i => keepings[i].FullUntil is not null));
        Assert.Equal(together.Where((_, i) => i is 0 or 1 or 3 or 4 or 5).Select(rejection => rejection.Id).Order(), await AllAsync(new() { OldestFirst = true }));
        foreach (var i in new[] { 0, 3, 5 }) Assert.Equal(together[i].Request!.Body.ToArray(), (await FindAsync(together[i].Id))!.Request!.Body.ToArray());
    }

    [Fact]
    public async Task As_many_as_come_together_are_kept()
    {
        // More than one write of any store holds, by number and by bytes.
        Rejection[] together = [.. Enumerable.Range(0, 150).Select(i => Rejection(bytes: i % 10 == 0 ? 300_000 : 10))];
        Assert.All(await KeepAsync(together), keeping => Assert.Equal(new Keeping(true), keeping));

        Assert.Equal(together.Select(rejection => rejection.Id).Order(), await AllAsync(new() { OldestFirst = true, Limit = 500 }));
    }

    [Fact]
    public async Task Several_that_come_together_push_out_no_more_than_it_takes()
    {
        var bounds = new QuarantineSettings { MaxCount = 150 };
        for (var i = 0; i < 150; i++) await KeptAsync(bytes: 1, bounds: bounds);
        Time.Advance(TimeSpan.FromHours(2));
        Rejection[] together = [.. Enumerable.Range(0, 120).Select(_ => Rejection())];
        Assert.All(await KeepAsync(together, bounds), keeping => Assert.True(keeping.IsKept));

        var all = await AllAsync(new() { Limit = 500 });
        Assert.Equal(150, all.Count);
        Assert.Superset(together.Select(rejection => rejection.Id).ToHashSet(), all.ToHashSet());
    }

    [Fact]
    public async Task Where_the_bytes_are_used_up_it_says_which_size_still_fits()
    {
        var bounds = new QuarantineSettings { MaxBytes = 1000 };
        await KeptAsync(bytes: 900, bounds: bounds);
        Assert.Equal(new Keeping(false, Start.AddHours(1), FullFrom: 101), await KeepAsync(Rejection(bytes: 500), bounds));

        await KeptAsync(bytes: 100, bounds: bounds);
        Assert.Equal(new Keeping(false, Start.AddHours(1), FullFrom: 1), await KeepAsync(Rejection(bytes: 1), bounds));
    }

    [Fact]
    public async Task What_is_too_old_goes_in_small_steps()
    {
        for (var i = 0; i < 5; i++) await KeptAsync();
        await KeepAsync(Rejection(finding: "old", isKept: false));
        Time.Advance(TimeSpan.FromDays(6));
        var young = await KeptAsync();
        Assert.Equal(0, await AgeAsync(new()));
        Time.Advance(TimeSpan.FromDays(1));

        Assert.Equal((4, 2, 0), (await AgeAsync(new()), await AgeAsync(new()), await AgeAsync(new())));
        Assert.Equal([young], await AllAsync(new()));
    }

    [Fact]
    public async Task What_bounds_that_were_made_smaller_leave_out_goes_when_its_hour_is_over()
    {
        for (var i = 0; i < 4; i++) await KeptAsync();
        Assert.Equal(0, await AgeAsync(Three));
        Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal((1, 0), (await AgeAsync(Three), await AgeAsync(Three)));
        Assert.Equal(3, await AgeAsync(new() { MaxBytes = 9 }));
    }

    [Fact]
    public async Task A_source_of_which_something_is_written_down_is_named()
    {
        await KeptAsync("github");
        await KeepAsync(Rejection("stripe", finding: "Mismatch", isKept: false));

        Assert.Equal(["github", "stripe"], (await Store.SourcesAsync(Cancellation)).Order(StringComparer.Ordinal));
    }

    private Task<int> AgeAsync(QuarantineSettings bounds) => Store.AgeAsync("stripe", bounds, Now, 4, Cancellation).AsTask();
}
