using Azure;
using Azure.Messaging.ServiceBus;
using Sluice.Events;
using Sluice.Functions.Tests.Broker;
using Sluice.Functions.Tests.Fixtures;
using Sluice.Inspection;

namespace Sluice.Functions.Tests.Pipeline;

/// <summary>The three apps, what can happen to their services, and what must be true when all is quiet again.</summary>
public abstract class PipelineTest : IAsyncDisposable
{
    private readonly List<CloudSluice> opened = [];

    internal static EventId Id { get; } = CloudSluice.IdOf("evt_1");

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    internal CloudSluice Open(params (string Name, string Value)[] settings)
    {
        var sluice = new CloudSluice(settings);
        opened.Add(sluice);
        return sluice;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var sluice in opened)
        {
            // What they still write on their way out is no part of the test.
            (sluice.Tables.Before, sluice.Tables.After, sluice.Broker.Before, sluice.Broker.After) = (null, null, null, null);
            await sluice.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    internal static RequestFailedException Unreachable => new("Connection refused");

    internal static RequestFailedException Busy => new(503, "The server is currently unable to receive requests.", "ServerBusy", null);

    internal static ServiceBusException NoBroker => new("The broker cannot be reached", ServiceBusFailureReason.ServiceCommunicationProblem);

    internal static void TablesFail(CloudSluice sluice, Exception? fault = null) => sluice.Tables.Before = _ => throw fault ?? Unreachable;

    internal static void BrokerFails(CloudSluice sluice) => sluice.Broker.Before = _ => throw NoBroker;

    internal static void TablesWork(CloudSluice sluice) => sluice.Tables.Before = null;

    internal static void BrokerWorks(CloudSluice sluice) => sluice.Broker.Before = null;

    /// <summary>A body of about so many bytes that compresses hardly at all.</summary>
    internal static byte[] LargeBody(string id, int bytes)
    {
        var random = new Random(1);
        return [.. CloudSluice.StripeBody(id)[..^1], .. ",\"filler\":\""u8, .. Enumerable.Range(0, bytes).Select(_ => (byte)random.Next('0', 'z')).Where(value => value != '\\'), .. "\"}"u8];
    }

    internal static T Run<T>(CloudSluice sluice, Func<Task<T>> work) => OneThread.Run(sluice.Time, work);

    internal static void Run(CloudSluice sluice, Func<Task> work) => OneThread.Run(sluice.Time, work);

    internal static CloudAnswer Post(CloudSluice sluice, string id = "evt_1") => Run(sluice, () => sluice.PostAsync(id));

    internal static void Hear(CloudSluice sluice) => Run(sluice, sluice.HearAllAsync);

    internal static void Tick(CloudSluice sluice) => Run(sluice, sluice.TickAsync);

    /// <summary>Lets time pass as the apps live through it: the timer ticks each minute, and messages are handled in the moment they come.</summary>
    internal static void Pass(CloudSluice sluice, TimeSpan by)
    {
        var nextTick = NextMinute(sluice.Now);
        for (var until = sluice.Now + by; ;)
        {
            Hear(sluice);
            if (sluice.Now >= nextTick)
            {
                Tick(sluice);
                Hear(sluice);
                nextTick = NextMinute(sluice.Now);
            }

            if (sluice.Now >= until) return;
            var next = nextTick < until ? nextTick : until;
            if (sluice.Broker.NextChange is { } change && change > sluice.Now && change < next) next = change;
            Run(sluice, () =>
            {
                sluice.Time.Advance(next - sluice.Now);
                return Task.CompletedTask;
            });
        }
    }

    internal static DeliveryRecord Delivery(CloudSluice sluice, EventId? id = null) => Run(sluice, () => sluice.DeliveryAsync(id ?? Id));

    internal static Stats Count(CloudSluice sluice) => Run(sluice, () => sluice.Store.CountAsync(Cancellation).AsTask());

    /// <summary>Delivered by its last attempt; those before it are the unknown ones of processes that died.</summary>
    internal static void IsDelivered(CloudSluice sluice, EventId? id = null)
    {
        var delivery = Delivery(sluice, id);
        Assert.Equal(DeliveryStatus.Delivered, delivery.Status);
        Assert.Equal(Enumerable.Range(1, delivery.Attempts.Count), delivery.Attempts.Select(attempt => attempt.Number));
        Assert.Equal(AttemptOutcome.Done, delivery.Attempts[^1].Outcome);
    }

    internal static void IsDeliveredOnce(CloudSluice sluice, EventId? id = null)
    {
        IsDelivered(sluice, id);
        Assert.Single(sluice.Handler.Calls, call => call.Event.Id == (id ?? Id));
    }

    internal static ServiceBusReceivedMessage[] DeadMessages(CloudSluice sluice) => [.. sluice.Broker.Peek(CloudSluice.Queue, SubQueue.DeadLetter)];

    internal static IEnumerable<string> IndexRows(CloudSluice sluice, params char[] kinds) =>
        sluice.Tables.Rows("SluiceIndex").Where(row => row.PartitionKey.Length == 1 && kinds.Contains(row.RowKey[0])).Select(row => row.RowKey);

    /// <summary>No message, no due row, no open death is left; every dead letter that is left is one of <paramref name="dead"/>.</summary>
    internal static void NothingIsLeft(CloudSluice sluice, int dead = 0)
    {
        Assert.Equal(new BrokerCounts(0, 0, 0, 0, dead), sluice.Broker.Count(CloudSluice.Queue));
        Assert.Empty(IndexRows(sluice, 'd', 'o'));
        Assert.Equal(dead, Run(sluice, () => sluice.Store.ListDeadAsync(new DeadLetterFilter(), Cancellation).AsTask()).Items.Count);
    }

    /// <summary>When the retention is over nothing of any event is left in either table, nor in the queue.</summary>
    internal static void EverythingGoesInTheEnd(CloudSluice sluice)
    {
        sluice.Time.Advance(TimeSpan.FromDays(31));
        for (var ticks = 0; ticks < 3; ticks++) Pass(sluice, TimeSpan.FromMinutes(1));
        Assert.Empty(sluice.Tables.Rows("SluiceBook"));
        NothingIsLeft(sluice);
        Assert.Empty(IndexRows(sluice, 'l', 'x'));
    }

    private static DateTimeOffset NextMinute(DateTimeOffset now) => new DateTimeOffset(now.Ticks - (now.Ticks % TimeSpan.TicksPerMinute), TimeSpan.Zero).AddMinutes(1);
}
