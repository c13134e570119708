using System.Security.Cryptography;
using Sluice.Hosts.Tests.Fixtures;
using Sluice.LocalHost.Sqlite;

namespace Sluice.Hosts.Tests.Ingest;

/// <summary>A flood of forgeries costs next to no disk: neither the log's nor the book's.</summary>
public sealed class FloodTests
{
    private const int Requests = 500;

    [Fact]
    public async Task Five_hundred_forgeries_are_twenty_lines_in_the_log_and_twenty_rows_without_a_byte_of_theirs_in_the_book()
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        await sluice.AcceptAsync("evt_before");
        var lines = sluice.Log.Lines.Count;
        var answers = await FloodAsync(sluice);

        Assert.All(answers, answer => Assert.Equal(401, answer.Status));
        Assert.Equal(20, sluice.Log.Lines.Count - lines);
        var told = (await sluice.OpsJsonAsync("rejections?limit=500")).GetProperty("items");
        Assert.Equal((20, 1), (told.GetArrayLength(), (int)(await sluice.StatsAsync()).Events));
        var book = Book(sluice);
        await FloodAsync(sluice);
        Assert.Equal(book, Book(sluice));
    }

    [Fact]
    public async Task The_next_minute_tells_how_many_were_not_told()
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        await FloodAsync(sluice);
        sluice.Time.Advance(TimeSpan.FromMinutes(1));
        await sluice.PostAsync(sluice.Stripe().Carrying("{}"));

        Assert.Contains(sluice.Log.Lines, line => line.Message == "480 more requests were refused and not logged one by one");
    }

    [Fact]
    public async Task During_the_flood_real_webhooks_are_kept()
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        var flood = FloodAsync(sluice);
        for (var i = 0; i < 20; i++) await sluice.AcceptAsync($"evt_{i}");
        await flood;

        Assert.Equal(20, (await sluice.StatsAsync()).Events);
    }

    private static Task<Answered[]> FloodAsync(RunningSluice sluice) =>
        Task.WhenAll(Enumerable.Range(0, Requests).Select(i => sluice.PostAsync(sluice.Stripe().Carrying($$"""{"id":"evt_{{i}}"}"""))));

    private static string Book(RunningSluice sluice) => string.Join(' ', new[] { "", "-wal" }.Select(suffix =>
    {
        using var stream = new FileStream(Path.Combine(sluice.Data, Database.FileName + suffix), FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        return $"{stream.Length}:{Convert.ToHexStringLower(SHA256.HashData(stream))}";
    }));
}
