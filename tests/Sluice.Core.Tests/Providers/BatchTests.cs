using System.Diagnostics;
using System.Text;
using Sluice.Events;
using Sluice.Providers;

namespace Sluice.Core.Tests.Providers;

public sealed class BatchTests
{
    private const string TwoEvents = """{ "events": [ {"user":{"gid":"1"},"created_at":"a","action":"changed","resource":{"gid":"2","resource_type":"task"}} , {"action":"deleted"}] }""";

    [Fact]
    public void Asanas_events_are_the_exact_slices_of_their_batch()
    {
        var items = Split("asana", TwoEvents);
        Assert.Equal(["""{"user":{"gid":"1"},"created_at":"a","action":"changed","resource":{"gid":"2","resource_type":"task"}}""", """{"action":"deleted"}"""], items.Select(Body));
        Assert.Equal([(null, "task.changed"), (null, "deleted")], items.Select(item => (item.Id, item.Type)));
    }

    [Fact]
    public void Hubspots_events_have_ids_that_survive_a_repeat()
    {
        var first = Split("hubspot", """[{"eventId":1,"subscriptionId":2,"occurredAt":3,"objectId":4,"attemptNumber":0,"subscriptionType":"contact.creation"}]""");
        var again = Split("hubspot", """[{"eventId":9,"subscriptionType":"x"},{"eventId":1,"subscriptionId":2,"occurredAt":3,"objectId":4,"attemptNumber":1,"subscriptionType":"contact.creation"}]""");
        Assert.Equal(("2:4:3:1", "contact.creation"), (first[0].Id, first[0].Type));
        Assert.Equal((first[0].Id, first[0].Type), (again[1].Id, again[1].Type));
        Assert.Equal("""{"eventId":9,"subscriptionType":"x"}""", Body(again[0]));
    }

    [Theory]
    [InlineData("asana", "{}")]
    [InlineData("asana", """{"events":[]}""")]
    [InlineData("asana", """{"events":[1]}""")]
    [InlineData("asana", """{"events":[{},null]}""")]
    [InlineData("asana", """{"events":{"a":1}}""")]
    [InlineData("asana", """{"events":[{}]""")]
    [InlineData("hubspot", "{}")]
    [InlineData("hubspot", "[]")]
    [InlineData("hubspot", "[1]")]
    [InlineData("hubspot", "[{}")]
    [InlineData("adyen", """{"notificationItems":[]}""")]
    [InlineData("adyen", """{"notificationItems":[1,2]}""")]
    [InlineData("meta", """{"entry":[]}""")]
    [InlineData("meta", """{"entry":[{"changes":[]},{"messaging":[]}]}""")]
    [InlineData("meta", "[]")]
    [InlineData("meta", "")]
    public void What_holds_no_events_is_no_batch_and_cannot_be_taken_apart(string provider, string body)
    {
        Assert.False(Provider(provider).IsBatch(Envelope(body)));
        Assert.Null(Provider(provider).Split(Batch.Of(Envelope(body))));
    }

    [Theory]
    [InlineData("github", """[{"id":1},{"id":2}]""")]
    [InlineData("stripe", """{"events":[{},{}]}""")]
    public void Other_senders_have_no_batches(string provider, string body) => Assert.False(Provider(provider).IsBatch(Envelope(body)));

    [Fact]
    public void One_whatsapp_message_is_no_batch_and_has_its_id()
    {
        var body = WhatsApp("""{"id":"wamid.1","type":"text"}""", "");
        Assert.False(Provider("meta").IsBatch(Envelope(body)));
        Assert.Equal(new EventDescription("wamid.1", "messages"), Provider("meta").Describe(Envelope(body), SignedSource.Settings));
    }

    [Fact]
    public void Of_several_whatsapp_messages_each_is_what_meta_would_have_sent_had_it_sent_that_one_alone()
    {
        var items = Split("meta", WhatsApp("""{"id":"wamid.1"} , {"id":"wamid.2"}""", """{"id":"wamid.0","status":"read","timestamp":"5"}"""));
        Assert.Equal([("wamid.1", "messages"), ("wamid.2", "messages"), ("wamid.0:read:5", "statuses")], items.Select(item => (item.Id, item.Type)));
        Assert.Equal([WhatsApp("""{"id":"wamid.1"}""", ""), WhatsApp("""{"id":"wamid.2"}""", ""), WhatsApp("", """{"id":"wamid.0","status":"read","timestamp":"5"}""")], items.Select(Body));
    }

    [Fact]
    public void However_meta_packs_them_the_same_things_are_the_same_events()
    {
        const string first = """{"id":"1","time":5,"changes":[{"field":"feed","value":{"item":"post"}}]}""";
        const string second = """{"id":"1","time":6,"changes":[{"field":"feed","value":{"item":"post"}},{"field":"feed","value":{"item":"photo"}}]}""";
        var together = Split("meta", $$"""{"object":"page","entry":[{{first}},{{second}}]}""");
        var alone = Split("meta", $$"""{"object":"page","entry":[{{second}}]}""");
        Assert.Equal(3, together.Select(Body).Distinct().Count());
        Assert.Equal(together.Skip(1).Select(Body), alone.Select(Body));
        Assert.Equal($$"""{"object":"page","entry":[{{first}}]}""", Body(together[0]));
        Assert.All(together, item => Assert.Equal((null, "feed"), (item.Id, item.Type)));
    }

    [Fact]
    public void Messengers_messages_have_their_ids_and_one_taken_back_is_another_event()
    {
        var items = Split("meta", """{"object":"instagram","entry":[{"id":"1","messaging":[{"message":{"mid":"m1"}},{"postback":{"mid":"m2"}},{"message":{"mid":"m1","is_deleted":true}},{"read":{"watermark":1}}],"standby":[{"message":{"mid":"m1"}}]}]}""");
        Assert.Equal([("m1", "messaging"), ("m2", "messaging"), (null, "messaging"), (null, "messaging"), (null, "standby")], items.Select(item => (item.Id, item.Type)));
        Assert.Equal("""{"object":"instagram","entry":[{"id":"1","messaging":[{"postback":{"mid":"m2"}}],"standby":[]}]}""", Body(items[1]));
        Assert.Equal("""{"object":"instagram","entry":[{"id":"1","messaging":[],"standby":[{"message":{"mid":"m1"}}]}]}""", Body(items[4]));
    }

    [Fact]
    public void A_thousand_updates_become_a_thousand_events()
    {
        var entries = Enumerable.Range(0, 1000).Select(i => $$$"""{"id":"1","changes":[{"field":"messages","value":{"messages":[{"id":"wamid.{{{i}}}"}]}}]}""");
        var items = Split("meta", $$"""{"entry":[{{string.Join(',', entries)}}]}""");
        Assert.Equal(1000, items.Select(item => item.Id).Distinct().Count());
    }

    [Fact]
    public void Things_within_much_stay_together_lest_they_grow_beyond_measure()
    {
        var body = $$$"""{"object":"o","entry":[{"changes":[{"value":{"much":"{{{new string('x', 1000)}}}","messages":[{{{string.Join(',', Enumerable.Repeat("{}", 1000))}}}]}}]}]}""";
        var item = Assert.Single(Split("meta", body));
        Assert.Equal(("o", body), (item.Type, Body(item)));
        // The batch itself is known by its bytes: the item must not be taken for it.
        Assert.StartsWith("whole:", item.Id, StringComparison.Ordinal);
    }

    [Fact]
    public void Adyens_items_are_split_and_each_still_carries_its_signature()
    {
        const string one = """{"NotificationRequestItem":{"pspReference":"1","eventCode":"CAPTURE","success":"true","additionalData":{"hmacSignature":"x"}}}""";
        const string two = """{"NotificationRequestItem":{"pspReference":"1","eventCode":"CAPTURE","success":"false","additionalData":{"hmacSignature":"y"}}}""";
        var items = Split("adyen", $$"""{"live":"true","notificationItems":[{{one}},{{two}}]}""");
        Assert.Equal([$$"""{"live":"true","notificationItems":[{{one}}]}""", $$"""{"live":"true","notificationItems":[{{two}}]}"""], items.Select(Body));
        Assert.Equal([("1:CAPTURE:true", "CAPTURE"), ("1:CAPTURE:false", "CAPTURE")], items.Select(item => (item.Id, item.Type)));
    }

    [Theory]
    [InlineData("asana")]
    [InlineData("hubspot")]
    [InlineData("meta")]
    [InlineData("adyen")]
    public void Taking_apart_twice_gives_the_same(string provider)
    {
        var sample = Encoding.UTF8.GetString(Provider(provider).CreateSample(Provider(provider).SampleType, "1", SignedSource.Now).Body);
        Assert.Equal(Split(provider, sample).Select(item => (item.Id, item.Type, Body(item))), Split(provider, sample).Select(item => (item.Id, item.Type, Body(item))));
    }

    [Fact]
    public void A_notification_of_graphs_without_an_id_is_another_event_each_time_it_arrives()
    {
        const string body = """{"value":[{"changeType":"updated","resource":"a"},{"changeType":"updated","resource":"a"},{"id":"n1","changeType":"updated","resource":"a"}]}""";
        var first = Graph(body, SignedSource.Now);
        var again = Graph(body, SignedSource.Now.AddMilliseconds(1));
        Assert.Equal(3, first.Distinct().Count());
        Assert.Equal(["n1"], first.Intersect(again));
        // Taken apart twice they are the same.
        Assert.Equal(first, Graph(body, SignedSource.Now));
    }

    [Fact]
    public void A_request_of_graphs_whose_notifications_all_have_ids_is_known_by_its_bytes()
    {
        const string body = """{"value":[{"id":"n1","changeType":"updated"},{"id":"n2","changeType":"deleted"}]}""";
        Assert.Null(Provider("msgraph").BatchId(Envelope(body)));
        Assert.Equal((List<string?>)["n1", "n2"], Graph(body, SignedSource.Now));
        Assert.Null(Provider("msgraph").BatchId(Envelope("no json")));
    }

    /// <summary>Everyone who batches, and how many events are no batch any more.</summary>
    public static TheoryData<string> Batching => ["adyen", "asana", "cloudevents", "eventgrid", "hubspot", "mandrill", "meta", "msgraph", "okta", "sendgrid", "twilio"];

    [Theory, MemberData(nameof(Batching))]
    public void Ten_thousand_events_are_taken_apart_in_no_time_and_more_are_not(string provider)
    {
        var most = Many(provider, BatchItem.Most);
        Assert.True(Provider(provider).IsBatch(most));
        var started = Stopwatch.GetTimestamp();
        Assert.Equal(BatchItem.Most, Provider(provider).Split(Batch.Of(most))!.Count);
        // Each item looked for from the beginning again would be some ten billion bytes.
        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(2));

        var more = Many(provider, BatchItem.Most + 1);
        Assert.True(Provider(provider).IsBatch(more));
        Assert.Null(Provider(provider).Split(Batch.Of(more)));
    }

    [Fact]
    public void Every_provider_that_takes_batches_apart_is_tried_with_too_many() => Assert.Equal(
        Batching.Select(row => row.Data), ProviderCatalog.Default.Names.Where(name => Provider(name).GetType().GetMethod(nameof(IProvider.Split)) is not null).Order());

    [Fact]
    public void A_text_that_is_half_a_character_makes_one_of_metas_things_nameless_and_not_the_others()
    {
        var items = Split("meta", WhatsApp("""{"id":"wamid.1"},{"id":"\ud800"}""", ""));
        Assert.Equal(["wamid.1", null], items.Select(item => item.Id));
    }

    // With something of some length in each.
    private static Envelope Many(string provider, int count)
    {
        const string filling = "\"filling\":\"0123456789012345678901234567890123456789012345678901234567890123456789\"";
        var items = string.Join(',', Enumerable.Range(0, count).Select(i => provider switch
        {
            "adyen" => $$"""{"NotificationRequestItem":{"pspReference":"{{i}}","eventCode":"CAPTURE","success":"true",{{filling}} } }""",
            "meta" => $$"""{"id":"{{i}}","changes":[{"field":"feed","value":{ {{filling}} } }]}""",
            _ => $$"""{"id":"{{i}}","uuid":"{{i}}",{{filling}} }""",
        }));
        var body = provider switch
        {
            "adyen" => $$"""{"notificationItems":[{{items}}]}""",
            "asana" => $$"""{"events":[{{items}}]}""",
            "mandrill" => $"mandrill_events={Uri.EscapeDataString($"[{items}]")}",
            "meta" => $$"""{"entry":[{{items}}]}""",
            "msgraph" => $$"""{"value":[{{items}}]}""",
            "okta" => $$"""{"data":{"events":[{{items}}] } }""",
            _ => $"[{items}]",
        };
        return new SignedRequest([new("Content-Type", provider == "cloudevents" ? "application/cloudevents-batch+json" : "application/json")], Encoding.UTF8.GetBytes(body)).Envelope;
    }

    // The ids of the notifications of a request that came then.
    private static string?[] Graph(string body, DateTimeOffset at)
    {
        var envelope = Envelope(body) with { ReceivedAt = at };
        var batch = Batch.Of(envelope) with { Id = EventId.Of("it", Provider("msgraph").BatchId(envelope) ?? body) };
        return [.. Provider("msgraph").Split(batch)!.Select(item => item.Id)];
    }

    private static string WhatsApp(string messages, string statuses) =>
        $$"""{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"value":{"metadata":{"phone_number_id":"106"},"contacts":[{"wa_id":"16"}],"messages":[{{messages}}],"statuses":[{{statuses}}]},"field":"messages"}]}]}""";

    private static IReadOnlyList<BatchItem> Split(string provider, string body) => Provider(provider).Split(Batch.Of(Envelope(body)))!;

    private static string Body(BatchItem item) => Encoding.UTF8.GetString(item.Body.Span);

    private static Envelope Envelope(string body) => new SignedRequest([], Encoding.UTF8.GetBytes(body)).Envelope;

    private static IProvider Provider(string name) => ProviderCatalog.Default.TryGet(name, out var provider) ? provider : throw new ArgumentException(name);
}
