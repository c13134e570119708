using System.Text.Json.Nodes;
using Sluice.Events;
using Sluice.Hosts.Tests.Fixtures;

namespace Sluice.Hosts.Tests.Reload;

/// <summary>A changed configuration is taken up within a few seconds and without a restart; a broken one never is.</summary>
public sealed class ReloadTests
{
    public static TheoryData<string, string> Broken => new()
    {
        { "", "is not valid JSON" },
        { "{", "is not valid JSON" },
        { """{ "Sluice": { "Sources": { "stripe": { "Provider": "stripe", "Secrets": ["x" """, "is not valid JSON" },
        { "null", "" },
        { "{}", "Sluice is missing" },
        { """{ "Sluice": { "Sources": { "stripe": { "Provider": "stripe", "Secrets": [] } } } }""", "has no secret" },
        { """{ "Sluice": { "Sources": { "stripe": { "Provider": "stripe", "Secrets": [""] } } } }""", "Sluice:Sources:stripe:Secrets:0 is empty" },
        { """{ "Sluice": { "Sources": { "stripe": { "Provider": "strip", "Secrets": ["x"] } } } }""", "'strip', which is not known" },
        { """{ "Sluice": { "Destinatons": {} } }""", "did you mean Destinations?" },
    };

    [Fact]
    public async Task A_new_source_is_there_after_the_watchers_next_look()
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        Assert.Equal(404, (await sluice.PostAsync(sluice.Stripe().To("/api/webhooks/second"))).Status);
        sluice.Write(SluiceFile.Stripe.Source("second").ToString());
        await sluice.PassAsync(RunningSluice.WatchPeriod);

        await sluice.UntilAsync(async () => (await sluice.PostAsync(sluice.Stripe().To("/api/webhooks/second"))).Status == 200);
    }

    [Fact]
    public async Task A_source_that_is_removed_or_paused_takes_nothing_more()
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe.Source("second"));
        sluice.Write(new SluiceFile().Source(settings: new() { ["Paused"] = true }).ToString());
        await TakenUpAsync(sluice);

        Assert.Equal(503, (await sluice.PostAsync(sluice.Stripe())).Status);
        Assert.Equal(404, (await sluice.PostAsync(sluice.Stripe().To("/api/webhooks/second"))).Status);
    }

    [Fact]
    public async Task A_retry_goes_to_the_destinations_new_address()
    {
        await using var old = await Sink.StartAsync(500);
        await using var moved = await Sink.StartAsync(200);
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe.Destination("billing", old.Url));
        var id = await sluice.AcceptAsync();
        await sluice.UntilAsync(id, DeliveryStatus.Retrying, 1);
        sluice.Write(SluiceFile.Stripe.Destination("billing", moved.Url).ToString());
        await TakenUpAsync(sluice);
        await sluice.ToNextAttemptAsync(id, 1);

        await sluice.UntilAsync(id, DeliveryStatus.Delivered, 2);
        Assert.Equal((1, 1), (old.Count, moved.Count));
    }

    [Theory]
    [MemberData(nameof(Broken))]
    public async Task A_broken_configuration_is_not_taken_up_and_the_last_good_one_stays(string broken, string fault)
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        sluice.Write(broken);
        await sluice.PassAsync(RunningSluice.WatchPeriod);
        await sluice.UntilAsync(() => sluice.Log.Lines.Any(line => line.Message.StartsWith("The changed configuration is not taken up", StringComparison.Ordinal)));

        Assert.Contains(fault, sluice.Log.Text, StringComparison.Ordinal);
        await sluice.AcceptAsync();
    }

    [Fact]
    public async Task After_a_broken_one_the_mended_one_is_taken_up()
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        sluice.Write("""{ "Sluice": { "Nonsense": 1 } }""");
        await sluice.PassAsync(RunningSluice.WatchPeriod);
        await sluice.UntilAsync(() => sluice.Log.Text.Contains("is not taken up", StringComparison.Ordinal));
        sluice.Write(SluiceFile.Stripe.Source("second").ToString());
        await TakenUpAsync(sluice);

        await sluice.AcceptAsync(sluice.Stripe().To("/api/webhooks/second"));
    }

    [Fact]
    public async Task A_file_that_is_gone_for_a_moment_changes_nothing()
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        File.Delete(sluice.ConfigurationPath);
        await sluice.PassAsync(RunningSluice.WatchPeriod);
        await sluice.UntilAsync(() => sluice.Log.Text.Contains("is not taken up", StringComparison.Ordinal));
        await sluice.AcceptAsync();
        sluice.Write(SluiceFile.Stripe.Source("second").ToString());
        await TakenUpAsync(sluice);

        await sluice.AcceptAsync(sluice.Stripe().To("/api/webhooks/second"));
    }

    [Fact]
    public async Task A_secret_in_a_file_is_rotated_without_a_restart()
    {
        using var folder = new TemporaryFolder();
        var secret = folder.Write("stripe.secret", Sender.SecretOf("stripe") + "\n");
        await using var sluice = await RunningSluice.StartAsync(new SluiceFile().Source(settings: new() { ["Secrets"] = new JsonArray($"file:{secret}") }));
        await sluice.AcceptAsync();
        folder.Write("stripe.secret", "the rotated secret\n");
        await TakenUpAsync(sluice);

        Assert.Equal(401, (await sluice.PostAsync(sluice.Stripe("evt_2"))).Status);
        await sluice.AcceptAsync(new Sender("stripe", "the rotated secret").Sign("""{"id":"evt_3"}""", sluice.Now));
    }

    [Fact]
    public async Task A_secret_file_that_is_emptied_closes_nothing_and_opens_nothing()
    {
        using var folder = new TemporaryFolder();
        var secret = folder.Write("stripe.secret", Sender.SecretOf("stripe"));
        await using var sluice = await RunningSluice.StartAsync(new SluiceFile().Source(settings: new() { ["Secrets"] = new JsonArray($"file:{secret}") }));
        folder.Write("stripe.secret", "");
        await sluice.PassAsync(RunningSluice.WatchPeriod);
        await sluice.UntilAsync(() => sluice.Log.Text.Contains("is not taken up", StringComparison.Ordinal));

        await sluice.AcceptAsync();
        Assert.Equal(401, (await sluice.PostAsync(sluice.Stripe("evt_2").Carrying("{}"))).Status);
    }

    [Fact]
    public async Task A_change_between_the_reading_and_the_first_look_is_not_missed()
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe, beforeStart: sluice => sluice.Write(SluiceFile.Stripe.Source("second").ToString()));
        await sluice.PassAsync(RunningSluice.WatchPeriod);

        await sluice.UntilAsync(async () => (await sluice.PostAsync(sluice.Stripe().To("/api/webhooks/second"))).Status == 200);
    }

    private static async Task TakenUpAsync(RunningSluice sluice)
    {
        await sluice.PassAsync(RunningSluice.WatchPeriod);
        await sluice.UntilAsync(() => sluice.Log.Text.Contains("configuration is in force", StringComparison.Ordinal));
    }
}
