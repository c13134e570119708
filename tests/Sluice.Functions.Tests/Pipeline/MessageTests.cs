using System.Buffers.Binary;
using System.Text;
using Azure.Messaging.ServiceBus;
using Sluice.Functions.Tests.Broker;
using Sluice.Functions.Tests.Fixtures;

namespace Sluice.Functions.Tests.Pipeline;

/// <summary>Messages of neighbouring versions, of strangers, and damaged ones: each is settled, and none goes round.</summary>
public sealed class MessageTests : PipelineTest
{
    private const string About = """{"Source":"stripe","Type":"invoice.paid","Key":"evt_1","ReceivedAt":"2026-03-01T12:00:00+00:00","Headers":"content-type:application/json\n","Length":2,"Encoding":null}""";

    public static TheoryData<object> Attempts => [1, 1L, "1", (short)1, 1u];

    public static TheoryData<string, string?> Damaged => new()
    {
        { "empty", "" },
        { "no length", "ab" },
        { "a length beyond its end", "\u0001\u0001\u0001\u0001{}" },
        { "a negative length", null },
        { "no JSON", Framed("nonsense", "{}") },
        { "JSON that is null", Framed("null", "{}") },
        { "JSON that is a list", Framed("[]", "{}") },
        { "nothing said about it", Framed("{}", "{}") },
        { "no source", Framed(About.Replace("\"Source\":\"stripe\",", "", StringComparison.Ordinal), "{}") },
        { "no key", Framed(About.Replace("\"evt_1\"", "null", StringComparison.Ordinal), "{}") },
        { "no type", Framed(About.Replace("\"invoice.paid\"", "null", StringComparison.Ordinal), "{}") },
        { "no headers", Framed(About.Replace("\"content-type:application/json\\n\"", "null", StringComparison.Ordinal), "{}") },
        { "no moment", Framed(About.Replace("2026-03-01T", "yesterday", StringComparison.Ordinal), "{}") },
        { "bytes that do not expand", Framed(About.Replace("\"Encoding\":null", "\"Encoding\":\"br\"", StringComparison.Ordinal), "{}") },
        { "a length that is not its own", Framed(About.Replace("\"Length\":2,\"Encoding\":null", "\"Length\":2000000000,\"Encoding\":\"br\"", StringComparison.Ordinal), "{}") },
        { "an unknown encoding", Framed(About.Replace("\"Encoding\":null", "\"Encoding\":\"zstd\"", StringComparison.Ordinal), "{}") },
    };

    [Theory]
    [MemberData(nameof(Attempts))]
    public void The_attempt_of_a_bell_is_read_as_any_kind_of_number_and_as_text(object attempt)
    {
        var sluice = OpenWithLostBell();
        Send(sluice, Bell(("attempt", attempt)));
        Hear(sluice);
        IsDeliveredOnce(sluice);
        NothingIsLeft(sluice);
    }

    [Theory]
    [InlineData("bell/1")]
    [InlineData("bell/1.1")]
    [InlineData("bell/1.25")]
    public void A_bell_of_a_neighbouring_version_is_heard_with_all_that_it_says_more(string kind)
    {
        var sluice = OpenWithLostBell();
        Send(sluice, Bell(("sluice", kind), ("priority", "high"), ("deadline", DateTimeOffset.UnixEpoch), ("shape", 2.5)));
        Hear(sluice);
        IsDeliveredOnce(sluice);
        NothingIsLeft(sluice);
    }

    [Theory]
    [InlineData("envelope/1")]
    [InlineData("envelope/1.2")]
    public void An_envelope_of_a_neighbouring_version_is_booked_with_all_that_it_says_more(string kind)
    {
        var sluice = Open();
        Send(sluice, Envelope(Bytes(Framed(About.Replace("{\"Source\"", "{\"Priority\":{\"level\":[1,2]},\"Source\"", StringComparison.Ordinal), "{}")), kind, ("priority", "high")));
        Hear(sluice);
        IsDeliveredOnce(sluice);
        Assert.Equal("{}", Encoding.UTF8.GetString(sluice.Handler.Calls[0].Event.Body.Span));
        NothingIsLeft(sluice);
    }

    [Fact]
    public void An_envelope_that_does_not_name_its_event_is_booked_and_sent_on_like_any_other()
    {
        var sluice = Open();
        var message = Envelope(Bytes(Framed(About, "{}")), "envelope/1");
        message.ApplicationProperties.Remove("event");
        TablesFail(sluice);
        Send(sluice, message);
        Run(sluice, sluice.HearOneAsync);
        Assert.Equal(new BrokerCounts(0, 1, 0, 0, 0), sluice.Broker.Count(CloudSluice.Queue));
        TablesWork(sluice);
        Pass(sluice, TimeSpan.FromMinutes(2));
        IsDeliveredOnce(sluice);
        NothingIsLeft(sluice);
    }

    [Theory]
    [InlineData("bell/2")]
    [InlineData("bell/10")]
    [InlineData("bell")]
    [InlineData("envelope/2")]
    [InlineData("envelope/12")]
    [InlineData("batch/1")]
    [InlineData("")]
    public void A_message_of_a_kind_that_is_not_known_is_dead_lettered_with_a_reason_and_stays(string kind)
    {
        var sluice = OpenWithLostBell();
        Send(sluice, Bell(("sluice", kind)));
        Run(sluice, sluice.HearOneAsync);
        StaysWithAReason(sluice);
    }

    [Fact]
    public void A_message_of_somebody_else_is_dead_lettered_with_a_reason_and_stays()
    {
        var sluice = Open();
        Send(sluice, new ServiceBusMessage("""{"hello":"world"}""") { ApplicationProperties = { ["sluice-dead"] = 1 } });
        Run(sluice, sluice.HearOneAsync);
        StaysWithAReason(sluice);
    }

    [Theory]
    [InlineData("event", "not an id")]
    [InlineData("event", 5)]
    [InlineData("destination", "Bill'ing")]
    [InlineData("destination", "")]
    [InlineData("attempt", "one")]
    [InlineData("attempt", -1)]
    [InlineData("attempt", 1.5)]
    public void A_bell_that_makes_no_sense_is_dead_lettered_with_a_reason_and_stays(string property, object value)
    {
        var sluice = OpenWithLostBell();
        Send(sluice, Bell((property, value)));
        Run(sluice, sluice.HearOneAsync);
        StaysWithAReason(sluice);
    }

    [Theory]
    [MemberData(nameof(Damaged))]
    public void A_damaged_envelope_is_dead_lettered_with_a_reason_and_stays(string what, string? body)
    {
        Assert.NotEmpty(what);
        var sluice = Open();
        Send(sluice, Envelope(body is null ? [255, 255, 255, 255, 1] : Bytes(body), "envelope/1"));
        Run(sluice, sluice.HearOneAsync);
        StaysWithAReason(sluice);
    }

    [Fact]
    public void A_damaged_envelope_in_the_dead_letter_queue_does_not_keep_the_timer_from_the_others()
    {
        var sluice = Open();
        foreach (var (_, body) in Damaged.Select(row => row.Data))
        {
            Send(sluice, Envelope(body is null ? [255, 255, 255, 255, 1] : Bytes(body), "envelope/1"));
            Assert.True(sluice.Broker.TryReceive(CloudSluice.Queue, out var message));
            Run(sluice, () => sluice.Broker.SettleWith(CloudSluice.Queue).DeadLetterMessageAsync(message, deadLetterReason: "somebody did it", cancellationToken: Cancellation));
        }

        Send(sluice, Envelope(Bytes(Framed(About, "{}")), "envelope/1"));
        Assert.True(sluice.Broker.TryReceive(CloudSluice.Queue, out var good));
        Run(sluice, () => sluice.Broker.SettleWith(CloudSluice.Queue).DeadLetterMessageAsync(good, deadLetterReason: "somebody did it", cancellationToken: Cancellation));
        Pass(sluice, TimeSpan.FromMinutes(2));
        IsDeliveredOnce(sluice);
        Assert.Equal(Damaged.Count, DeadMessages(sluice).Length);
    }

    [Fact]
    public void A_bell_for_a_delivery_that_does_not_exist_is_completed()
    {
        var sluice = Open();
        Send(sluice, Bell());
        Hear(sluice);
        NothingIsLeft(sluice);
        Assert.Empty(sluice.Handler.Calls);
    }

    [Fact]
    public void Rows_with_columns_of_a_newer_version_are_read()
    {
        var sluice = Open();
        Post(sluice);
        var book = sluice.Tables.GetTableClient("SluiceBook");
        var index = sluice.Tables.GetTableClient("SluiceIndex");
        Run(sluice, async () =>
        {
            foreach (var (table, name) in new[] { (book, "SluiceBook"), (index, "SluiceIndex") })
            {
                foreach (var row in sluice.Tables.Rows(name))
                    await table.UpdateEntityAsync(new Azure.Data.Tables.TableEntity(row.PartitionKey, row.RowKey) { ["Newer"] = "value", ["NewerNumber"] = 5L }, Azure.ETag.All, cancellationToken: Cancellation);
            }
        });
        Hear(sluice);
        IsDeliveredOnce(sluice);
        Pass(sluice, TimeSpan.FromMinutes(5));
        NothingIsLeft(sluice);
        EverythingGoesInTheEnd(sluice);
    }

    // The reason is for a person, who finds the message where it is however long it takes.
    private static void StaysWithAReason(CloudSluice sluice)
    {
        var dead = Assert.Single(DeadMessages(sluice));
        Assert.Equal("NotFromSluice", dead.DeadLetterReason);
        Assert.NotEmpty(dead.DeadLetterErrorDescription);
        Assert.Equal(0, sluice.Broker.Count(CloudSluice.Queue).Active);
        Pass(sluice, TimeSpan.FromMinutes(5));
        Assert.Single(DeadMessages(sluice));
    }

    private CloudSluice OpenWithLostBell()
    {
        var sluice = Open();
        Post(sluice);
        Run(sluice, () => LongQueueTests.LoseAllAsync(sluice));
        return sluice;
    }

    private static ServiceBusMessage Bell(params (string Name, object Value)[] others)
    {
        var message = new ServiceBusMessage { ApplicationProperties = { ["sluice"] = "bell/1", ["event"] = Id.ToString(), ["destination"] = "billing", ["attempt"] = 1 } };
        foreach (var (name, value) in others) message.ApplicationProperties[name] = value;
        return message;
    }

    private static ServiceBusMessage Envelope(byte[] body, string kind, params (string Name, object Value)[] others)
    {
        var message = new ServiceBusMessage(body) { ApplicationProperties = { ["sluice"] = kind, ["event"] = Id.ToString(), ["source"] = "stripe" } };
        foreach (var (name, value) in others) message.ApplicationProperties[name] = value;
        return message;
    }

    private static string Framed(string about, string bytes)
    {
        var length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, about.Length);
        return Encoding.Latin1.GetString(length) + about + bytes;
    }

    private static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);

    private static void Send(CloudSluice sluice, ServiceBusMessage message) => Run(sluice, () => sluice.Broker.Client.CreateSender(CloudSluice.Queue).SendMessageAsync(message, Cancellation));
}
