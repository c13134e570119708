using Sluice.Storage;

namespace Sluice.Contracts;

/// <summary>
/// The promises of <see cref="ISharedState"/>, each a test. A test class derives from this and says how to open an empty store, and how to
/// open the same one once more, as another process does.
/// </summary>
public abstract class SharedStateContract : IAsyncLifetime
{
    private const string Kind = "destination";
    private const string Name = "billing";

    protected ISharedState State { get; private set; } = null!;

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Opens an empty store.</summary>
    protected abstract ValueTask<ISharedState> OpenAsync();

    /// <summary>Opens what <see cref="OpenAsync"/> opened as the next process would, or one beside it.</summary>
    protected abstract ValueTask<ISharedState> OpenAgainAsync();

    /// <summary>Closes it and removes what it left behind.</summary>
    protected virtual ValueTask CloseAsync() => ValueTask.CompletedTask;

    public async ValueTask InitializeAsync() => State = await OpenAsync();

    public async ValueTask DisposeAsync()
    {
        if (State is not null) await CloseAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Before_anything_was_written_there_is_nothing()
    {
        Assert.Null(await FindAsync());
        Assert.Empty(await State.ListAsync(Kind, Cancellation));
    }

    [Fact]
    public async Task A_document_is_found_as_it_was_written_with_the_version_that_was_told()
    {
        var written = await AddAsync("{\"state\":\"Paused\"}");
        Assert.Equal(new SharedDocument(Kind, Name, "{\"state\":\"Paused\"}", written.Version), written);
        Assert.NotNull(written.Version);
        Assert.Equal(written, await FindAsync());
    }

    [Fact]
    public async Task A_document_is_changed_by_whoever_has_read_its_last_version()
    {
        var first = await AddAsync("{}");
        var second = await WriteAsync(first with { Json = "{\"a\":1}" });
        Assert.NotNull(second);
        Assert.NotEqual(first.Version, second.Version);
        Assert.Equal(second, await FindAsync());
        Assert.NotNull(await WriteAsync(second with { Json = "{\"a\":2}" }));
    }

    [Fact]
    public async Task The_same_words_written_again_are_a_new_version()
    {
        var first = await AddAsync("{}");
        Assert.NotNull(await WriteAsync(first));
        Assert.Null(await WriteAsync(first));
    }

    [Fact]
    public async Task Whoever_has_read_an_older_version_changes_and_removes_nothing()
    {
        var first = await AddAsync("{}");
        var second = await WriteAsync(first with { Json = "{\"a\":1}" });
        Assert.Null(await WriteAsync(first with { Json = "{\"a\":2}" }));
        Assert.False(await State.RemoveAsync(first, Cancellation));
        Assert.Equal(second, await FindAsync());
    }

    [Fact]
    public async Task What_is_there_is_not_added_again_nor_removed_without_its_version()
    {
        var first = await AddAsync("{}");
        Assert.Null(await WriteAsync(new(Kind, Name, "{\"a\":1}")));
        Assert.False(await State.RemoveAsync(new(Kind, Name, "{}"), Cancellation));
        Assert.Equal(first, await FindAsync());
    }

    [Fact]
    public async Task What_was_removed_is_gone_for_whoever_still_has_it()
    {
        var first = await AddAsync("{}");
        Assert.True(await State.RemoveAsync(first, Cancellation));
        Assert.Null(await FindAsync());
        Assert.Empty(await State.ListAsync(Kind, Cancellation));
        Assert.False(await State.RemoveAsync(first, Cancellation));
        Assert.Null(await WriteAsync(first));
        Assert.Null(await FindAsync());
    }

    [Fact]
    public async Task What_was_removed_and_added_again_is_another_version()
    {
        var first = await AddAsync("{}");
        await State.RemoveAsync(first, Cancellation);
        var again = await AddAsync("{}");
        Assert.Null(await WriteAsync(first));
        Assert.False(await State.RemoveAsync(first, Cancellation));
        Assert.Equal(again, await FindAsync());
    }

    [Fact]
    public async Task Kinds_and_names_are_apart()
    {
        await AddAsync("1");
        await AddAsync("2", name: "billing_2");
        await AddAsync("3", kind: "breaker");
        await AddAsync("4", kind: "breakers");

        Assert.Equal(["1", "2"], (await State.ListAsync(Kind, Cancellation)).Select(document => document.Json));
        Assert.Equal(["3"], (await State.ListAsync("breaker", Cancellation)).Select(document => document.Json));
        Assert.Equal("4", (await State.FindAsync("breakers", Name, Cancellation))!.Json);
        Assert.Null(await State.FindAsync("breaker", "billing_2", Cancellation));
    }

    [Fact]
    public async Task A_kind_is_listed_by_name_and_whole()
    {
        string[] names = ["b", "a_1", "a0", "a", "a_", new string('z', 60), .. Enumerable.Range(0, 1200).Select(i => $"d{i}")];
        foreach (var some in names.Chunk(100)) await Task.WhenAll(some.Select(name => AddAsync(name, name)));

        var listed = await State.ListAsync(Kind, Cancellation);
        Assert.Equal(names.Order(StringComparer.Ordinal), listed.Select(document => document.Name));
        Assert.All(listed, document => Assert.Equal(document.Name, document.Json));
        Assert.Equal(listed[7], await State.FindAsync(Kind, listed[7].Name, Cancellation));
    }

    [Theory]
    [InlineData("{\"name\":\"żółć 事件 🎉\"}")]
    [InlineData("{ \n}")]
    [InlineData("")]
    public async Task It_is_exactly_what_was_written(string json)
    {
        await AddAsync(json);
        Assert.Equal(json, (await FindAsync())!.Json);
    }

    [Theory]
    [InlineData('x')]
    [InlineData('事')]
    public async Task The_longest_document_is_kept_whole(char character)
    {
        var written = await AddAsync(new string(character, SharedDocument.MostCharacters));
        Assert.Equal(written, await FindAsync());
        Assert.Equal([written], await State.ListAsync(Kind, Cancellation));
    }

    [Fact]
    public async Task Of_32_that_add_it_at_once_one_does()
    {
        var told = await Task.WhenAll(Enumerable.Range(0, 32).Select(i => WriteAsync(new(Kind, Name, $"{i}"))));
        Assert.Equal(Assert.Single(told, document => document is not null), await FindAsync());
    }

    [Fact]
    public async Task Of_32_that_change_and_remove_one_version_at_once_one_does()
    {
        var first = await AddAsync("{}");
        var told = await Task.WhenAll(Enumerable.Range(0, 32).Select(async i => i % 2 == 0 ? await WriteAsync(first with { Json = $"{i}" }) is not null : await State.RemoveAsync(first, Cancellation)));
        Assert.Equal(1, told.Count(done => done));
    }

    [Fact]
    public async Task A_counter_that_many_raise_together_misses_nothing()
    {
        await AddAsync("0");
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            for (var raised = 0; raised < 10;)
            {
                var there = (await FindAsync())!;
                if (await WriteAsync(there with { Json = $"{int.Parse(there.Json, System.Globalization.CultureInfo.InvariantCulture) + 1}" }) is not null) raised++;
            }
        }));
        Assert.Equal("80", (await FindAsync())!.Json);
    }

    [Fact]
    public async Task Another_process_finds_it_and_its_version_holds_there()
    {
        var first = await AddAsync("{}");
        var another = await OpenAgainAsync();
        Assert.Equal(first, await another.FindAsync(Kind, Name, Cancellation));
        Assert.Null(await another.WriteAsync(new(Kind, Name, "{}"), Cancellation));
        var second = await another.WriteAsync(first with { Json = "{\"a\":1}" }, Cancellation);
        Assert.NotNull(second);
        Assert.True(await another.RemoveAsync(second, Cancellation));
        Assert.Null(await another.FindAsync(Kind, Name, Cancellation));
    }

    [Fact]
    public async Task What_must_not_be_shown_is_not_in_its_text() => Assert.DoesNotContain("whsec_", (await AddAsync("{\"secret\":\"whsec_1\"}")).ToString(), StringComparison.Ordinal);

    private Task<SharedDocument?> WriteAsync(SharedDocument document) => State.WriteAsync(document, Cancellation).AsTask();

    private Task<SharedDocument?> FindAsync() => State.FindAsync(Kind, Name, Cancellation).AsTask();

    private async Task<SharedDocument> AddAsync(string json, string name = Name, string kind = Kind)
    {
        var written = await WriteAsync(new(kind, name, json));
        Assert.NotNull(written);
        return written;
    }
}
