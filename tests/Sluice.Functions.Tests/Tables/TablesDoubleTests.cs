using Azure;
using Azure.Data.Tables;
using static Sluice.Functions.Tests.Tables.TableTranscript;

namespace Sluice.Functions.Tests.Tables;

/// <summary>What the double has beyond the service, and what Azurite cannot show.</summary>
public sealed class TablesDoubleTests
{
    private const string Name = "SluiceBook";

    private readonly TablesDouble account = new(new Frozen());

    private TableClient Table => account.GetTableClient(Name);

    private static CancellationToken None => TestContext.Current.CancellationToken;

    [Fact]
    public void With_hooks_that_finish_at_once_every_call_finishes_at_once()
    {
        var created = Table.CreateIfNotExistsAsync(None);
        var added = Table.AddEntityAsync(Entity("p", "r"), None);
        var read = ReadAllAsync(Table.QueryAsync<TableEntity>(cancellationToken: None));
        Assert.All<Task>([created, added, read], task => Assert.True(task.IsCompletedSuccessfully));
    }

    [Fact]
    public async Task A_call_goes_on_on_the_scheduler_it_was_made_on()
    {
        await Table.CreateAsync(None);
        for (var i = 0; i < 3; i++) await Table.AddEntityAsync(Entity("p", $"{i}"), None);
        var held = new Queue<TaskCompletionSource>();
        account.Before = account.After = _ =>
        {
            var hold = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            held.Enqueue(hold);
            return new(hold.Task);
        };
        account.PageEntities = 1;
        var steps = new Steps();
        var read = Task.Factory.StartNew(() => ReadAllAsync(Table.QueryAsync<TableEntity>(cancellationToken: None)), None, TaskCreationOptions.None, steps).Unwrap();
        for (var i = 0; i < 6; i++)
        {
            steps.RunAll();
            held.Dequeue().SetResult();
        }

        steps.RunAll();
        Assert.True(read.IsCompletedSuccessfully);
        Assert.Equal(3, (await read).Count);
    }

    [Fact]
    public async Task Each_request_is_counted_a_page_as_one_and_a_transaction_as_one()
    {
        await Table.CreateAsync(None);
        await Table.SubmitTransactionAsync(Enumerable.Range(0, 5).Select(i => new TableTransactionAction(TableTransactionActionType.Add, Entity("p", $"{i}"))), None);
        Assert.Equal(2, account.Requests);
        await ReadAllAsync(Table.QueryAsync<TableEntity>(maxPerPage: 2, cancellationToken: None));
        Assert.Equal(5, account.Requests);
        await Table.GetEntityIfExistsAsync<TableEntity>("p", "none", cancellationToken: None);
        Assert.Equal(6, account.Requests);
    }

    [Fact]
    public async Task What_a_test_throws_before_keeps_the_request_from_having_an_effect()
    {
        await Table.CreateAsync(None);
        account.Before = request => throw TableFailure.Of(503, "ServerBusy", $"{request.Table} {request.Kind} {request.PartitionKey} {string.Join(',', request.RowKeys)}");
        var failure = await Assert.ThrowsAsync<RequestFailedException>(() => Table.AddEntityAsync(Entity("p", "r"), None));
        Assert.Equal("SluiceBook Add p r", failure.Message);
        account.Before = null;
        Assert.Empty(account.Rows(Name));
    }

    [Fact]
    public async Task What_a_test_throws_after_loses_the_answer_but_not_the_effect()
    {
        await Table.CreateAsync(None);
        account.After = _ => throw TableFailure.Of(500, "OperationTimedOut", "lost");
        await Assert.ThrowsAsync<RequestFailedException>(() => Table.AddEntityAsync(Entity("p", "r"), None));
        Assert.Single(account.Rows(Name));
    }

    [Fact]
    public async Task A_repetition_by_the_SDK_meets_the_effect_of_the_request_whose_answer_was_lost()
    {
        await Table.CreateAsync(None);
        account.SdkRetries = 3;
        account.After = request => request.Try == 1 ? throw new IOException("lost") : default;
        var added = await Assert.ThrowsAsync<RequestFailedException>(() => Table.AddEntityAsync(Entity("p", "r"), None));
        Assert.Equal("EntityAlreadyExists", added.ErrorCode);
        Assert.Equal(3, account.Requests);

        var updated = await Assert.ThrowsAsync<RequestFailedException>(() => Table.UpdateEntityAsync(Entity("p", "r"), account.Rows(Name)[0].ETag, cancellationToken: None));
        Assert.Equal("UpdateConditionNotSatisfied", updated.ErrorCode);
        Assert.Equal(404, (await Table.DeleteEntityAsync("p", "r", cancellationToken: None)).Status);
        var twice = await Assert.ThrowsAsync<TableTransactionFailedException>(() => Table.SubmitTransactionAsync([new(TableTransactionActionType.Add, Entity("p", "r"))], None));
        Assert.Equal((409, 0), (twice.Status, twice.FailedTransactionActionIndex));
    }

    [Fact]
    public async Task The_SDK_gives_up_after_its_repetitions()
    {
        account.SdkRetries = 3;
        account.Before = _ => throw TableFailure.Of(503, "ServerBusy", "busy");
        await Assert.ThrowsAsync<RequestFailedException>(() => Table.CreateAsync(None));
        Assert.Equal(4, account.Requests);
    }

    [Fact]
    public async Task Who_cancels_does_not_wait_for_a_slow_request_which_then_never_arrives()
    {
        await Table.CreateAsync(None);
        using var budget = new CancellationTokenSource();
        account.Before = _ => new(new TaskCompletionSource().Task);
        account.SdkRetries = 3;
        var add = Table.AddEntityAsync(Entity("p", "r"), budget.Token);
        Assert.False(add.IsCompleted);
        await budget.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => add);
        Assert.Empty(account.Rows(Name));
    }

    [Fact]
    public async Task Every_committed_change_is_told_in_order_and_none_of_a_failed_transaction()
    {
        var told = new List<string>();
        account.Committed = change => told.Add($"{change.Table} {change.Before?.RowKey}{change.Before?["A"]}>{change.After?.RowKey}{change.After?["A"]}");
        await Table.CreateAsync(None);
        await Table.AddEntityAsync(Entity("p", "r", ("A", 1)), None);
        await Table.SubmitTransactionAsync([new(TableTransactionActionType.UpsertMerge, Entity("p", "r", ("A", 2))), new(TableTransactionActionType.Add, Entity("p", "s", ("A", 3)))], None);
        await Assert.ThrowsAsync<TableTransactionFailedException>(() => Table.SubmitTransactionAsync(
            [new(TableTransactionActionType.Delete, Entity("p", "r")), new(TableTransactionActionType.Add, Entity("p", "s"))], None));
        await Table.DeleteEntityAsync("p", "r", cancellationToken: None);
        Assert.Equal(["SluiceBook >r1", "SluiceBook r1>r2", "SluiceBook >s3", "SluiceBook r2>"], told);
    }

    [Fact]
    public async Task Values_are_copied_on_write_and_on_read()
    {
        await Table.CreateAsync(None);
        var bytes = new byte[] { 1 };
        var entity = Entity("p", "r", ("Bytes", bytes), ("A", 1));
        await Table.AddEntityAsync(entity, None);
        bytes[0] = 2;
        entity["A"] = 2;
        var read = (await Table.GetEntityAsync<TableEntity>("p", "r", cancellationToken: None)).Value;
        Assert.Equal([1], read.GetBinary("Bytes"));
        Assert.Equal(1, read.GetInt32("A"));
        read.GetBinary("Bytes")[0] = 3;
        read["A"] = 3;
        account.Rows(Name)[0].GetBinary("Bytes")[0] = 4;
        Assert.Equal([1], (await Table.GetEntityAsync<TableEntity>("p", "r", cancellationToken: None)).Value.GetBinary("Bytes"));
    }

    [Fact]
    public async Task A_time_is_kept_as_UTC_and_to_the_tick()
    {
        await Table.CreateAsync(None);
        var time = new DateTimeOffset(2026, 11, 22, 3, 4, 5, TimeSpan.FromHours(-5)).AddTicks(1234567);
        await Table.AddEntityAsync(Entity("p", "r", ("Time", time), ("Other", time.UtcDateTime)), None);
        var read = (await Table.GetEntityAsync<TableEntity>("p", "r", cancellationToken: None)).Value;
        Assert.Equal((time, TimeSpan.Zero), (read.GetDateTimeOffset("Time")!.Value, read.GetDateTimeOffset("Time")!.Value.Offset));
        Assert.Equal(time, Assert.IsType<DateTimeOffset>(read["Other"]));
    }

    [Fact]
    public async Task Etags_and_timestamps_rise_with_every_write_even_when_the_clock_stands()
    {
        await Table.CreateAsync(None);
        var written = new List<ETag> { (await Table.AddEntityAsync(Entity("p", "r"), None)).Headers.ETag!.Value };
        for (var i = 0; i < 3; i++) written.Add((await Table.UpsertEntityAsync(Entity("p", "r"), TableUpdateMode.Replace, None)).Headers.ETag!.Value);
        Assert.Equal(4, written.Distinct().Count());
        Assert.Equal(written.Select(etag => etag.ToString()).Order(StringComparer.Ordinal), written.Select(etag => etag.ToString()));
        Assert.Equal(written[^1], account.Rows(Name)[0].ETag);
    }

    [Fact]
    public async Task A_page_holds_at_most_4_MiB()
    {
        await Table.CreateAsync(None);
        for (var i = 0; i < 60; i++) await Table.AddEntityAsync(Entity("p", $"{i:D2}", ("Bytes", new byte[64 * 1024])), None);
        var pages = new List<int>();
        await foreach (var page in Table.QueryAsync<TableEntity>(cancellationToken: None).AsPages()) pages.Add(page.Values.Count);
        Assert.Equal([47, 13], pages);
    }

    [Fact]
    public async Task A_continuation_goes_on_where_it_stopped_whatever_was_deleted_or_added_since()
    {
        await Table.CreateAsync(None);
        foreach (var row in "bdfh") await Table.AddEntityAsync(Entity("p", $"{row}"), None);
        var query = Table.QueryAsync<TableEntity>("PartitionKey eq 'p'", cancellationToken: None);
        string? continuation = null;
        await foreach (var page in query.AsPages(pageSizeHint: 2))
        {
            continuation = page.ContinuationToken;
            break;
        }

        await Table.DeleteEntityAsync("p", "f", cancellationToken: None);
        await Table.AddEntityAsync(Entity("p", "a"), None);
        await Table.AddEntityAsync(Entity("p", "g"), None);
        var rest = new List<string>();
        await foreach (var page in query.AsPages(continuation)) rest.AddRange(page.Values.Select(entity => entity.RowKey));
        Assert.Equal(["g", "h"], rest);
    }

    [Fact]
    public async Task What_is_selected_and_absent_comes_back_as_null()
    {
        await Table.CreateAsync(None);
        await Table.AddEntityAsync(Entity("p", "r", ("A", 1)), None);
        var read = (await Table.GetEntityAsync<TableEntity>("p", "r", ["A", "B"], None)).Value;
        Assert.Equal(["A", "B", "odata.etag"], read.Keys.Order(StringComparer.Ordinal));
        Assert.Null(read["B"]);
    }

    [Fact]
    public async Task Of_many_writers_at_once_one_wins_each_version()
    {
        await Table.CreateAsync(None);
        await Table.AddEntityAsync(Entity("p", "count", ("A", 0)), None);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(CountAsync, None)));
        Assert.Equal(800, account.Rows(Name)[0].GetInt32("A"));

        async Task CountAsync()
        {
            for (var done = 0; done < 100;)
            {
                var read = (await Table.GetEntityAsync<TableEntity>("p", "count", cancellationToken: None)).Value;
                try
                {
                    await Table.UpdateEntityAsync(Entity("p", "count", ("A", read.GetInt32("A") + 1)), read.ETag, cancellationToken: None);
                    done++;
                }
                catch (RequestFailedException e) when (e.Status == 412)
                {
                    // Another one was faster.
                }
            }
        }
    }

    [Fact]
    public async Task Arguments_the_SDK_refuses_are_no_request()
    {
        await Assert.ThrowsAsync<ArgumentNullException>(() => Table.AddEntityAsync(new TableEntity { PartitionKey = "p" }, None));
        await Assert.ThrowsAsync<ArgumentException>(() => Table.UpdateEntityAsync(Entity("p", "r"), default, cancellationToken: None));
        await Assert.ThrowsAsync<InvalidOperationException>(() => Table.SubmitTransactionAsync([], None));
        await Assert.ThrowsAsync<NotSupportedException>(() => Table.AddEntityAsync(Entity("p", "r", ("A", 1m)), None));
        Assert.Equal(0, account.Requests);
    }

    private static async Task<List<TableEntity>> ReadAllAsync(AsyncPageable<TableEntity> pages)
    {
        var all = new List<TableEntity>();
        await foreach (var entity in pages) all.Add(entity);
        return all;
    }

    private sealed class Frozen : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);
    }

    // Runs what is queued when told to, and nothing else. Without a lock: everything must come from the one thread.
    private sealed class Steps : TaskScheduler
    {
        private readonly Queue<Task> queued = new();

        public void RunAll()
        {
            Assert.NotEmpty(queued);
            while (queued.TryDequeue(out var task)) TryExecuteTask(task);
        }

        protected override IEnumerable<Task> GetScheduledTasks() => queued;

        protected override void QueueTask(Task task) => queued.Enqueue(task);

        protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;
    }
}
