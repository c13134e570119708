using Sluice.Contracts;

namespace Sluice.Hosts.Tests.Processes;

/// <summary><c>sluice backup FILE</c>.</summary>
[Collection(SlowCollection.Name)]
public sealed class BackupTests(ITestOutputHelper output)
{
    [Fact]
    public async Task A_backup_under_load_is_whole_and_holds_what_was_acknowledged_before_it()
    {
        await using var destination = await LoopbackDestination.StartAsync();
        using var folder = new WorkFolder(WorkFolder.Http("loopback", destination.Url));
        await using var sluice = await RunningSluice.StartAsync(folder);
        using var sender = new StripeSender(sluice.Url);
        var ledger = new Ledger();
        using var stop = new CancellationTokenSource();
        var load = ledger.SendAsync(sender, 4, stop.Token);
        for (var round = 1; round <= 3; round++)
        {
            var least = round * 500;
            await Eventually.TrueAsync(() => ledger.Acknowledged >= least, RealTime.Longest, () => sluice.Errors);
            var before = ledger.AcknowledgedKeys.ToList();
            var file = Path.Combine(folder.Path, $"copy-{round}.db");
            Assert.Contains(file, (await folder.RunAsync("backup", file)).Success, StringComparison.Ordinal);
            using var copy = new BookFile(file);
            copy.AssertSound();
            Assert.Empty(before.Except(copy.Keys()));
            output.WriteLine($"{before.Count} acknowledged before the backup, {copy.Keys().Count} in it");
        }

        await stop.CancelAsync();
        await load;
        Assert.Empty(ledger.Refusals);
    }

    [Fact]
    public async Task A_backup_serves_as_the_book_of_an_empty_data_folder()
    {
        using var folder = new WorkFolder(""" "log": { "Handler": "log" } """);
        var file = Path.Combine(folder.Path, "copy.db");
        await using (var sluice = await RunningSluice.StartAsync(folder))
        {
            using var sender = new StripeSender(sluice.Url);
            Assert.True((await sender.SendAsync("evt_1")).IsAcknowledged);
            Assert.Equal(0, await sluice.TerminateAsync());
        }

        Assert.Equal("", (await folder.RunAsync("backup", file, "--json")).Success);
        folder.Data = Path.Combine(folder.Path, "other");
        Directory.CreateDirectory(folder.Data);
        File.Move(file, folder.Database);
        await using var other = await RunningSluice.StartAsync(folder);
        Assert.Equal(1, (await other.AskAsync("stats"))["events"]!.GetValue<long>());
    }

    [Fact]
    public async Task A_file_that_exists_is_refused_and_left_as_it_is()
    {
        using var folder = new WorkFolder(""" "log": { "Handler": "log" } """);
        await using var sluice = await RunningSluice.StartAsync(folder);
        var file = folder.Write("precious.txt", "precious");
        foreach (var target in (string[])[file, folder.Database, folder.Path, Path.Combine(folder.Path, "missing", "copy.db")])
        {
            var ended = await folder.RunAsync("backup", target);
            Assert.Equal(1, ended.ExitCode);
            Assert.Contains(target, Assert.Single(ended.ErrorLines), StringComparison.Ordinal);
        }

        Assert.Equal("precious", File.ReadAllText(file));
        Assert.Empty(Directory.GetFiles(folder.Path, "*.unfinished"));
    }
}
