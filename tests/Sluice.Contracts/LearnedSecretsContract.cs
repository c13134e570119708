using Sluice.Storage;

namespace Sluice.Contracts;

/// <summary>
/// The promises of <see cref="ILearnedSecrets"/>, each a test. A test class derives from this and says how to open an empty store, and how to
/// open the same one once more, as another process does.
/// </summary>
public abstract class LearnedSecretsContract : IAsyncLifetime
{
    private const string Source = "asana";

    protected ILearnedSecrets Secrets { get; private set; } = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Opens an empty store.</summary>
    protected abstract ValueTask<ILearnedSecrets> OpenAsync();

    /// <summary>Opens what <see cref="OpenAsync"/> opened as the next process would, or one beside it.</summary>
    protected abstract ValueTask<ILearnedSecrets> OpenAgainAsync();

    /// <summary>Closes it and removes what it left behind.</summary>
    protected virtual ValueTask CloseAsync() => ValueTask.CompletedTask;

    public async ValueTask InitializeAsync() => Secrets = await OpenAsync();

    public async ValueTask DisposeAsync()
    {
        if (Secrets is not null) await CloseAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Before_anything_was_learned_there_is_nothing() => Assert.Null(await Secrets.FindAsync(Source, Cancellation));

    [Fact]
    public async Task What_was_learned_is_found()
    {
        Assert.Equal("first", await Secrets.LearnAsync(Source, "first", Cancellation));
        Assert.Equal("first", await Secrets.FindAsync(Source, Cancellation));
    }

    [Fact]
    public async Task The_first_secret_stands_whatever_comes_after()
    {
        await Secrets.LearnAsync(Source, "first", Cancellation);
        Assert.Equal("first", await Secrets.LearnAsync(Source, "second", Cancellation));
        Assert.Equal("first", await Secrets.LearnAsync(Source, "first", Cancellation));
        Assert.Equal("first", await Secrets.FindAsync(Source, Cancellation));
    }

    [Fact]
    public async Task Each_source_learns_its_own()
    {
        await Secrets.LearnAsync(Source, "first", Cancellation);
        Assert.Null(await Secrets.FindAsync("asana_2", Cancellation));
        Assert.Equal("second", await Secrets.LearnAsync("asana_2", "second", Cancellation));
        Assert.Equal("first", await Secrets.FindAsync(Source, Cancellation));
    }

    [Fact]
    public async Task Of_32_secrets_at_once_one_stands_and_all_are_told_which()
    {
        var told = await Task.WhenAll(Enumerable.Range(0, 32).Select(i => Secrets.LearnAsync(Source, $"secret {i}", Cancellation).AsTask()));
        var stands = Assert.Single(told.Distinct());
        Assert.Equal(stands, await Secrets.FindAsync(Source, Cancellation));
    }

    [Fact]
    public async Task It_is_exactly_what_was_offered()
    {
        var secret = new string('a', 200) + "-._~+/=éÄ漢";
        await Secrets.LearnAsync(Source, secret, Cancellation);
        Assert.Equal(secret, await Secrets.FindAsync(Source, Cancellation));
    }

    [Fact]
    public async Task Another_process_finds_it_and_learns_no_other()
    {
        await Secrets.LearnAsync(Source, "first", Cancellation);
        var another = await OpenAgainAsync();
        Assert.Equal("first", await another.FindAsync(Source, Cancellation));
        Assert.Equal("first", await another.LearnAsync(Source, "second", Cancellation));
    }
}
