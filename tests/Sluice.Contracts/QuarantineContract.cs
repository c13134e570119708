using System.Net;
using System.Text;
using Sluice.Configuration;
using Sluice.Events;
using Sluice.Inspection;
using Sluice.Providers;
using Sluice.Quarantine;
using Sluice.Storage;

namespace Sluice.Contracts;

/// <summary>
/// The promises of <see cref="IQuarantine"/>, each a test. A store's test class derives from this and says how to open an empty one on the test's
/// clock; it changes nothing else. What concerns room and age stands in the other part.
/// </summary>
public abstract partial class QuarantineContract : IAsyncLifetime
{
    protected static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, 123, TimeSpan.Zero);

    private readonly Random random = new(5);

    protected VirtualTime Time { get; } = new(Start);

    protected IQuarantine Store { get; private set; } = null!;

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    protected DateTimeOffset Now => Time.GetUtcNow();

    /// <summary>Opens an empty store on <see cref="Time"/>.</summary>
    protected abstract ValueTask<IQuarantine> OpenAsync();

    /// <summary>Closes it and removes what it left behind.</summary>
    protected virtual ValueTask CloseAsync(IQuarantine store) => ValueTask.CompletedTask;

    public async ValueTask InitializeAsync() => Store = await OpenAsync();

    public async ValueTask DisposeAsync()
    {
        if (Store is not null) await CloseAsync(Store);
        GC.SuppressFinalize(this);
    }

    public static TheoryData<string> Bodies => ["nothing", "text", "zeros", "noise"];

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task What_is_kept_comes_back_to_the_byte(string kind)
    {
        byte[] body = kind switch { "nothing" => [], "text" => Encoding.UTF8.GetBytes("{\"id\":\"ä\",\r\n}"), "zeros" => new byte[900_000], _ => Noise(600_000) };
        var headers = new HeaderList([new("Stripe-Signature", "t=1,v1=2"), new("X-Twice", "one"), new("x-twice", ""), new("X-Odd", "ä: \"quoted\"")]);
        var kept = Rejection(finding: "Mismatch: the body was written anew") with
        {
            Request = new("/api/webhooks/stripe?a=%20b&c", headers, body), BodyBytes = body.Length, RemoteAddress = IPAddress.Parse("2001:db8::1"), Result = SignatureResult.TimestampTooOld,
        };
        Assert.Equal(new Keeping(true), await KeepAsync(kept));

        var found = (await FindAsync(kept.Id))!;
        Assert.Equal(kept with { Request = null }, found with { Request = null });
        Assert.Equal(("/api/webhooks/stripe?a=%20b&c", headers.Encode()), (found.Request!.Target, found.Request.Headers.Encode()));
        Assert.Equal(body, found.Request.Body.ToArray());
    }

    [Fact]
    public async Task One_without_bytes_has_its_finding_and_nothing_else()
    {
        var noted = Rejection(finding: "Mismatch: another secret", isKept: false);
        Assert.False((await KeepAsync(noted)).IsKept);

        Assert.Equal(noted, await FindAsync(noted.Id));
        Assert.Equal([noted], (await ListAsync(new())).Items);
        Assert.Empty((await ListAsync(new() { OnlyKept = true })).Items);
    }

    [Fact]
    public async Task What_is_not_there_is_not_found()
    {
        Assert.Null(await FindAsync(NewId()));
        Assert.False(await Store.RemoveAsync(NewId(), Cancellation));
        Assert.Equal(new Page<Rejection>([], null), await ListAsync(new()), SamePage);
        Assert.Empty(await Store.SourcesAsync(Cancellation));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_list_is_in_order_and_goes_on_where_its_last_page_ended(bool oldestFirst)
    {
        var expected = new List<RejectionId>();
        for (var i = 0; i < 7; i++)
        {
            expected.Add(await KeptAsync(i % 2 == 0 ? "stripe" : "github"));
            Time.Advance(TimeSpan.FromMilliseconds(i % 3));
        }

        expected.Sort();
        if (!oldestFirst) expected.Reverse();
        Assert.Equal(expected, await AllAsync(new() { OldestFirst = oldestFirst, Limit = 3 }));
        Assert.Equal(expected, await AllAsync(new() { OldestFirst = oldestFirst, Limit = 7 }));
        var ofOne = expected.ToHashSet();
        ofOne.ExceptWith(await AllAsync(new() { Source = "github" }));
        Assert.Equal(4, ofOne.Count);
        Assert.Equal(expected.Where(ofOne.Contains), await AllAsync(new() { Source = "stripe", OldestFirst = oldestFirst, Limit = 1 }));
    }

    [Fact]
    public async Task A_list_has_no_bytes_and_is_of_what_is_asked_for()
    {
        var kept = await KeptAsync();
        var noted = Rejection(finding: "MissingSignature", isKept: false);
        await KeepAsync(noted);

        Assert.Equal([kept], await AllAsync(new() { OnlyKept = true }));
        Assert.Equal(2, (await AllAsync(new() { Source = "stripe" })).Count);
        Assert.Empty(await AllAsync(new() { Source = "nobody" }));
        Assert.Empty(await AllAsync(new() { Source = "a/b?c#d'e" }));
        Assert.All((await ListAsync(new())).Items, item => Assert.Null(item.Request));
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("zz000000000000000000000000000000")]
    public async Task A_cursor_that_is_none_is_refused(string cursor) =>
        await Assert.ThrowsAsync<CursorException>(() => ListAsync(new() { Before = cursor }));

    [Fact]
    public async Task Of_any_number_who_remove_one_at_once_exactly_one_has_done_it()
    {
        var id = await KeptAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Store.RemoveAsync(id, Cancellation).AsTask()));

        Assert.Single(answers, answer => answer);
        Assert.Null(await FindAsync(id));
        Assert.Empty(await AllAsync(new()));
    }

    [Fact]
    public async Task One_that_is_removed_leaves_the_others()
    {
        var (first, second) = (await KeptAsync(), await KeptAsync("github"));
        Assert.True(await Store.RemoveAsync(first, Cancellation));

        Assert.Equal([second], await AllAsync(new()));
        Assert.NotNull(await FindAsync(second));
        Assert.Contains("github", await Store.SourcesAsync(Cancellation));
    }

    protected RejectionId NewId() => RejectionId.Create(Now, random);

    protected Rejection Rejection(string source = "stripe", string? finding = null, bool isKept = true, int bytes = 10) => new()
    {
        Id = NewId(), Source = source, ReceivedAt = Now, Result = SignatureResult.Mismatch, Finding = finding, BodyBytes = bytes, IsKept = isKept,
        Request = isKept ? new("", HeaderList.Empty, Noise(bytes)) : null,
    };

    protected byte[] Noise(int bytes)
    {
        var noise = new byte[bytes];
        random.NextBytes(noise);
        return noise;
    }

    protected async Task<Keeping> KeepAsync(Rejection rejection, QuarantineSettings? bounds = null) => Assert.Single(await KeepAsync([rejection], bounds));

    protected async Task<IReadOnlyList<Keeping>> KeepAsync(IReadOnlyList<Rejection> rejections, QuarantineSettings? bounds = null)
    {
        var keepings = await Store.KeepAsync(rejections, bounds ?? new(), Cancellation);
        Assert.Equal(rejections.Count, keepings.Count);
        return keepings;
    }

    protected async Task<RejectionId> KeptAsync(string source = "stripe", int bytes = 10, QuarantineSettings? bounds = null)
    {
        var rejection = Rejection(source, bytes: bytes);
        Assert.True((await KeepAsync(rejection, bounds)).IsKept);
        return rejection.Id;
    }

    protected Task<Rejection?> FindAsync(RejectionId id) => Store.FindAsync(id, Cancellation).AsTask();

    protected Task<Page<Rejection>> ListAsync(RejectionFilter filter) => Store.ListAsync(filter, Cancellation).AsTask();

    protected async Task<List<RejectionId>> AllAsync(RejectionFilter filter)
    {
        var all = new List<RejectionId>();
        while (true)
        {
            var page = await ListAsync(filter);
            Assert.True(page.Items.Count <= filter.Limit);
            all.AddRange(page.Items.Select(item => item.Id));
            if (page.Next is null) return all;
            filter = filter with { Before = page.Next };
        }
    }

    private static bool SamePage(Page<Rejection> one, Page<Rejection> other) => one.Next == other.Next && one.Items.SequenceEqual(other.Items);
}
