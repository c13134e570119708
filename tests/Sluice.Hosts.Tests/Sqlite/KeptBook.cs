using Microsoft.Data.Sqlite;
using Sluice.Events;
using Sluice.Hosts.Tests.Fixtures;
using Sluice.LocalHost.Sqlite;
using Sluice.Processing;
using Sluice.Storage;

namespace Sluice.Hosts.Tests.Sqlite;

/// <summary>A SQLite book in a folder of its own, opened as often as a test starts a process.</summary>
internal sealed class KeptBook : IDisposable
{
    public static readonly DateTimeOffset Now = RunningSluice.Start;
    public static readonly DateTimeOffset LeaseEnd = Now.AddMinutes(1);

    private readonly TemporaryFolder folder = new();

    public KeptBook() => Store = Open();

    public SqliteEventStore Store { get; private set; }

    public Database Database => new(folder.Path);

    public static WebhookEvent Event(string key) => new()
    {
        Id = EventId.Of("stripe", key), Source = "stripe", Type = "invoice.paid", IdempotencyKey = key, ReceivedAt = Now, Headers = HeaderList.Empty, Body = "{}"u8.ToArray(),
    };

    public static DeliveryId Delivery(string key, string destination = "billing") => new(Event(key).Id, destination);

    public Task<Booked> BookAsync(string key, params string[] destinations) =>
        Store.BookAsync(new(Event(key), [.. destinations.Select(name => new BookedDelivery(name, Now, null))]), TestContext.Current.CancellationToken).AsTask();

    /// <summary>Books an event whose one delivery is claimed at birth.</summary>
    public async Task<Claim> BookClaimedAsync(string key)
    {
        var lease = new Lease(key.GetHashCode(StringComparison.Ordinal), LeaseEnd);
        await Store.BookAsync(new(Event(key), [new("billing", LeaseEnd, lease)]), TestContext.Current.CancellationToken);
        return new Claim { Delivery = Delivery(key), Attempt = 1, CountedFrom = 0, Lease = lease };
    }

    public async Task<Claim> ClaimAsync(string key, int attempt = 1)
    {
        var answer = await Store.ClaimAsync(new Bell(Delivery(key), attempt), new Lease(attempt, LeaseEnd), Now, TestContext.Current.CancellationToken);
        Assert.Equal(ClaimResult.Claimed, answer.Result);
        return answer.Claim!;
    }

    public Task<Recorded> RecordAsync(Claim claim, DeliveryStatus status, AttemptOutcome outcome = AttemptOutcome.Done) => Store.RecordAsync(
        new Completion
        {
            Claim = claim,
            Attempt = new Attempt { Number = claim.Attempt, Outcome = outcome, StartedAt = Now, Duration = TimeSpan.FromMilliseconds(5) },
            Status = status,
            Reason = status == DeliveryStatus.Delivered ? null : "answered 500",
            NextAttemptAt = status.IsEnd() ? null : Now.AddSeconds(5),
            Due = status.IsEnd() ? null : Now.AddSeconds(5),
            At = Now,
        },
        TestContext.Current.CancellationToken).AsTask();

    /// <summary>The process ends, whatever is claimed, and another starts.</summary>
    public void Restart()
    {
        Store.Dispose();
        Store = Open();
    }

    /// <summary>A look at the file beside the store, as any program has it.</summary>
    public SqliteConnection Look()
    {
        var connection = new SqliteConnection($"Data Source={Database.File};Pooling=false");
        connection.Open();
        return connection;
    }

    public void Dispose()
    {
        Store.Dispose();
        folder.Dispose();
    }

    private SqliteEventStore Open() => new(Database, TimeProvider.System, Assert.Fail);
}
