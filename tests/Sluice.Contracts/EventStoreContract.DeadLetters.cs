using Sluice.Events;
using Sluice.Inspection;
using Sluice.Storage;

namespace Sluice.Contracts;

public abstract partial class EventStoreContract
{
    [Fact]
    public async Task A_dead_letter_says_what_died_when_and_why()
    {
        var id = await BookOneAsync();
        await Store.RecordAsync(Retrying(await ClaimAsync(id, 1), Now, Now), Cancellation);
        Time.Advance(TimeSpan.FromSeconds(5));
        await Store.RecordAsync(Dead(await ClaimAsync(id, 2), Now, "410 Gone", statusCode: 410), Cancellation);

        var dead = Assert.Single(await ListDeadAsync(new DeadLetterFilter()));
        Assert.Equal((id, "stripe", "invoice.paid", "410 Gone"), (dead.Id, dead.Source, dead.Type, dead.Reason));
        Assert.Equal((410, 2, Now), (dead.StatusCode!.Value, dead.Attempts, dead.DeadAt));
        Assert.Equal(TimeSpan.Zero, dead.DeadAt.Offset);
    }

    [Fact]
    public async Task Dead_letters_are_listed_by_their_death_the_newest_first()
    {
        foreach (var key in new[] { "evt_2", "evt_1", "evt_3" }) await BookOneAsync(key);
        foreach (var key in new[] { "evt_3", "evt_1", "evt_2" })
        {
            Time.Advance(TimeSpan.FromMilliseconds(1));
            await KillAsync(new(Event(key).Id, Billing));
        }

        Assert.Equal(["evt_2", "evt_1", "evt_3"], await DeadKeysAsync(new DeadLetterFilter()));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(50)]
    public async Task Pages_meet_every_dead_letter_exactly_once(int limit)
    {
        for (var i = 0; i < 13; i++)
        {
            await KillAsync(await BookOneAsync($"evt_{i}"));
            if (i % 3 == 0) Time.Advance(TimeSpan.FromMilliseconds(1));
        }

        var found = await ListDeadAsync(new DeadLetterFilter { Limit = limit });
        Assert.Equal(13, found.Count);
        Assert.Equal(13, found.Select(dead => dead.Id).Distinct().Count());
    }

    [Fact]
    public async Task Dead_letters_are_found_by_source_destination_type_and_event()
    {
        await BookAsync(Event("evt_1", source: "stripe", type: "invoice.paid"), Billing, Audit);
        await BookAsync(Event("evt_2", source: "shop", type: "orders/paid"), Billing);
        await KillAsync(new(Event("evt_1").Id, Billing));
        await KillAsync(new(Event("evt_1").Id, Audit));
        await KillAsync(new(Event("evt_2", source: "shop").Id, Billing));

        Assert.Equal(["evt_1", "evt_1"], await DeadKeysAsync(new DeadLetterFilter { Source = "stripe" }));
        Assert.Equal(["evt_1"], await DeadKeysAsync(new DeadLetterFilter { Destination = Audit }));
        Assert.Equal(["evt_2"], await DeadKeysAsync(new DeadLetterFilter { Type = "orders/*" }));
        Assert.Equal(3, (await DeadKeysAsync(new DeadLetterFilter { Type = "*paid" })).Count);
        Assert.Equal(["evt_2"], await DeadKeysAsync(new DeadLetterFilter { Event = Event("evt_2", source: "shop").Id }));
        Assert.Empty(await DeadKeysAsync(new DeadLetterFilter { Event = Event("evt_2", source: "shop").Id, Destination = Audit }));
    }

    [Fact]
    public async Task A_job_leaves_alone_what_died_after_its_start()
    {
        await KillAsync(await BookOneAsync("evt_1"));
        Time.Advance(TimeSpan.FromMilliseconds(1));
        var start = Now;
        await KillAsync(await BookOneAsync("evt_2"));

        Assert.Equal(["evt_1"], await DeadKeysAsync(new DeadLetterFilter { DeadBefore = start }));
    }

    [Fact]
    public async Task Replayed_and_purged_ones_leave_the_list_and_come_back_when_they_die_again()
    {
        var replayed = await BookOneAsync("evt_1");
        var purged = await BookOneAsync("evt_2");
        await KillAsync(replayed);
        await KillAsync(purged);
        await Store.ReplayAsync(replayed, Now, onlyDead: true, Cancellation);
        await Store.PurgeAsync(purged, "no use", Now, Cancellation);
        Assert.Empty(await DeadKeysAsync(new DeadLetterFilter()));

        await KillAsync(replayed, attempt: 2, reason: "again");
        var dead = Assert.Single(await ListDeadAsync(new DeadLetterFilter()));
        Assert.Equal((replayed, "again", 2), (dead.Id, dead.Reason, dead.Attempts));
    }

    [Fact]
    public async Task Going_on_after_a_page_works_although_its_items_have_left_the_list()
    {
        for (var i = 0; i < 9; i++)
        {
            await KillAsync(await BookOneAsync($"evt_{i}"));
            Time.Advance(TimeSpan.FromMilliseconds(1));
        }

        var replayed = new HashSet<DeliveryId>();
        var filter = new DeadLetterFilter { Limit = 2, DeadBefore = Now };
        do
        {
            var page = await Store.ListDeadAsync(filter, Cancellation);
            foreach (var dead in page.Items)
            {
                Assert.NotNull(await Store.ReplayAsync(dead.Id, Now, onlyDead: true, Cancellation));
                Assert.True(replayed.Add(dead.Id));
            }

            filter = filter with { Before = page.Next };
        }
        while (filter.Before is not null);
        Assert.Equal(9, replayed.Count);
    }

    private async Task<List<string>> DeadKeysAsync(DeadLetterFilter filter)
    {
        var keys = new List<string>();
        foreach (var dead in await ListDeadAsync(filter)) keys.Add((await FindAsync(dead.Id.Event)).IdempotencyKey);
        return keys;
    }
}
