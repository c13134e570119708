using System.Diagnostics;
using System.Text;
using Sluice.Events;

namespace Sluice.Core.Tests.Providers;

/// <summary>Ids, types and batches of the senders that show their secret.</summary>
public sealed class ShownDescriptionTests
{
    [Theory, MemberData(nameof(ShownSource.Names), MemberType = typeof(ShownSource))]
    public void A_sample_says_the_type_it_was_made_for_and_an_id_of_its_own(string provider)
    {
        var source = ShownSource.Of(provider);
        var (first, again, other) = (Read(source, "evt_1"), Read(source, "evt_1"), Read(source, "evt_2"));
        Assert.Equal(source.Provider.SampleType, first.Type);
        Assert.Equal(first, again);
        if (provider is not ("none" or "token" or "basic" or "strava")) Assert.NotEqual(first.Id, other.Id);
    }

    [Fact]
    public void Gitlabs_idempotency_key_is_the_id_and_an_older_uuid_counts_with_the_bytes()
    {
        var source = ShownSource.Of("gitlab");
        Assert.Equal(new("k", "Push Hook"), source.Describe(source.Carry("{}", ("Idempotency-Key", "k"), ("X-Gitlab-Event-UUID", "u"))));
        var (one, two) = (source.Describe(Old("""{"a":1}""")).Id, source.Describe(Old("""{"a":2}""")).Id);
        Assert.StartsWith("u:", one, StringComparison.Ordinal);
        Assert.NotEqual(one, two);

        Envelope Old(string body) => source.Carry(body) with { Headers = new HeaderList([new("X-Gitlab-Event-UUID", "u"), new("X-Gitlab-Event", "Push Hook")]) };
    }

    [Theory]
    [InlineData("""{"update_id":10000,"message":{"text":"x"}}""", "10000", "message")]
    [InlineData("""{"callback_query":{"id":"1"},"update_id":10001}""", "10001", "callback_query")]
    [InlineData("""{"update_id":10002}""", "10002", null)]
    [InlineData("""[]""", null, null)]
    [InlineData("", null, null)]
    public void Telegrams_update_is_known_by_its_number_and_its_other_member(string body, string? id, string? type)
    {
        var source = ShownSource.Of("telegram");
        Assert.Equal(new(id, type), source.Describe(source.Carry(body)));
    }

    [Fact]
    public void Mailchimps_id_is_made_of_what_happened_when_and_to_whom()
    {
        var source = ShownSource.Of("mailchimp");
        const string form = "type=unsubscribe&fired_at=2026-03-26+21%3A40%3A57&data%5Bid%5D=8a25ff1d98&data[email]=a%40b.c";
        var (id, type) = source.Describe(source.Carry(form));
        Assert.Equal("unsubscribe", type);
        Assert.Equal(id, source.Describe(source.Carry(form + "&data[reason]=manual")).Id);
        Assert.All(new[] { form.Replace("57", "58", StringComparison.Ordinal), form.Replace("8a25", "8a26", StringComparison.Ordinal), form.Replace("unsubscribe", "subscribe", StringComparison.Ordinal) }, other => Assert.NotEqual(id, source.Describe(source.Carry(other)).Id));
        Assert.Null(source.Describe(source.Carry("type=subscribe&data[id]=1")).Id);
        Assert.NotNull(source.Describe(source.Carry("type=upemail&fired_at=2026-03-26&data[new_id]=1&data[new_email]=x")).Id);
    }

    [Fact]
    public void Two_changes_of_one_activity_of_stravas_within_one_second_are_two_events()
    {
        var source = ShownSource.Of("strava");
        const string body = """{"aspect_type":"update","event_time":1516126040,"object_id":1360128428,"object_type":"activity","owner_id":134815,"updates":{"title":"Messy"}}""";
        // Without an id its bytes tell it apart.
        Assert.Equal(new(null, "activity.update"), source.Describe(source.Carry(body)));
        Assert.Equal(new(null, "activity.update"), source.Describe(source.Carry(body.Replace("title", "private", StringComparison.Ordinal))));
    }

    [Theory]
    [InlineData("okta", """{"eventId":"e","data":{"events":[ {"uuid":"a","eventType":"t.a"}, {"uuid":"b","eventType":"t.b"} ]}}""", """{"uuid":"a","eventType":"t.a"}""")]
    [InlineData("eventgrid", """[ {"id":"a","eventType":"t.a"}, {"id":"b","eventType":"t.b"} ]""", """{"id":"a","eventType":"t.a"}""")]
    [InlineData("msgraph", """{"value":[ {"id":"a","changeType":"t.a"}, {"id":"b","changeType":"t.b"} ]}""", """{"id":"a","changeType":"t.a"}""")]
    [InlineData("cloudevents", """[ {"id":"a","source":"s","type":"t.a"}, {"id":"b","source":"s","type":"t.b"} ]""", """{"id":"a","source":"s","type":"t.a"}""")]
    public void A_batch_is_taken_apart_into_exact_slices(string provider, string body, string first)
    {
        var items = ShownSource.Of(provider).Split(body)!;
        Assert.Equal(["t.a", "t.b"], items.Select(item => item.Type));
        Assert.Equal(provider == "cloudevents" ? ["s a", "s b"] : ["a", "b"], items.Select(item => item.Id));
        Assert.Equal(first, Encoding.UTF8.GetString(items[0].Body.Span));
    }

    [Theory]
    [InlineData("okta", """{"data":{}}""")]
    [InlineData("okta", """{"data":{"events":{}}}""")]
    [InlineData("eventgrid", """{"id":"a"}""")]
    [InlineData("eventgrid", "[1,")]
    [InlineData("msgraph", """{"value":null}""")]
    [InlineData("cloudevents", "")]
    public void What_is_no_batch_is_taken_apart_into_nothing(string provider, string body) => Assert.Null(ShownSource.Of(provider).Split(body));

    [Fact]
    public void A_cloud_event_is_read_in_each_mode()
    {
        var source = ShownSource.Of("cloudevents");
        var structured = source.Carry("""{"id":"1","source":"/s","type":"t"}""", ("Content-Type", "application/CloudEvents+json; charset=utf-8"), ("ce-id", "other"));
        var binary = source.Carry("bytes", ("Content-Type", "text/plain"), ("ce-id", "1"), ("ce-source", "/s"), ("ce-type", "t"));
        var batch = source.Carry("[]", ("Content-Type", "application/cloudevents-batch+json"));
        Assert.Equal(new("/s 1", "t"), source.Describe(structured));
        Assert.Equal(new("/s 1", "t"), source.Describe(binary));
        Assert.Equal((false, false, true), (source.Provider.IsBatch(structured), source.Provider.IsBatch(binary), source.Provider.IsBatch(batch)));
        Assert.Equal("application/cloudevents+json; charset=utf-8", Assert.Single(source.Split("""[{"id":"1"}]""")!).ContentType);
    }

    [Theory, MemberData(nameof(ShownSource.Names), MemberType = typeof(ShownSource))]
    public void Hostile_bodies_never_throw_and_cost_little(string provider)
    {
        var source = ShownSource.Of(provider);
        string[] bodies =
        [
            "", "{", "[", "]", "null", "1e999", "\"\\ud800\"", "\0", "%", "%zz&=&&a=%ed%a0%80", "type=%&fired_at=%u&data[id]=%00",
            new('[', 100_000), string.Concat(Enumerable.Repeat("{\"value\":", 100_000)), $"[{string.Join(',', Enumerable.Repeat("{}", 100_000))}]",
            $$"""{"value":[{{string.Join(',', Enumerable.Repeat("1", 100_000))}}]}""", "{\"data\":{\"events\":[" + string.Join(',', Enumerable.Repeat("\"\\udc00\"", 5_000)) + "]}}",
            """{"update_id":{},"\ud800":1}""", """[{"id":"\ud800","eventType":{}}]""", $$"""{"update_id":{{new string('9', 1_000_000)}}}""", new('&', 1_000_000),
        ];
        foreach (var body in bodies)
        {
            var started = Stopwatch.GetTimestamp();
            var envelope = source.Carry(body, ("aeg-event-type", "SubscriptionValidation"));
            source.Check(envelope);
            source.Describe(envelope);
            source.Provider.Greet(envelope, source.Source.Settings);
            source.Provider.Handshake(envelope, source.Source.Settings);
            source.Provider.IsBatch(envelope);
            source.Split(body);
            Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(2), $"{body.Length} characters took {Stopwatch.GetElapsedTime(started)}");
        }
    }

    private static (string? Id, string? Type) Read(ShownSource source, string id)
    {
        var envelope = source.Send(id: id);
        if (source.Provider.IsBatch(envelope)) return Assert.Single(source.Split(Encoding.UTF8.GetString(envelope.Body.Span))!) is var item ? (item.Id, item.Type) : default;
        var description = source.Describe(envelope);
        return (description.Id, description.Type);
    }
}
