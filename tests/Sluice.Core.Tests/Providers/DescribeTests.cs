using System.Text;
using Sluice.Providers;

namespace Sluice.Core.Tests.Providers;

public sealed class DescribeTests
{
    [Theory]
    [InlineData("stripe", """{"id":"evt_1","object":"event","type":"invoice.paid","data":{"object":{"id":"in_1","type":"x"}}}""", "evt_1", "invoice.paid")]
    [InlineData("stripe", """{"data":{"id":"in_1","type":"x"},"type":"invoice.paid","id":"evt_1"}""", "evt_1", "invoice.paid")]
    [InlineData("stripe", """{"type":"invoice.paid"}""", null, "invoice.paid")]
    [InlineData("stripe", """{"id":"evt_1"}""", "evt_1", null)]
    [InlineData("stripe", """{"id":"a","id":"b","type":"c","type":"d"}""", "b", "d")]
    [InlineData("stripe", """{"i\u0064":"evt_1","typ\u0065":"a\u00e9"}""", "evt_1", "aé")]
    [InlineData("stripe", """{"ID":"evt_1","Type":"x"}""", null, null)]
    [InlineData("stripe", """{"id":5,"type":["a"]}""", null, null)]
    [InlineData("stripe", """{"id":null,"type":{"type":"x"}}""", null, null)]
    [InlineData("stripe", """{"id":true,"type":1e400}""", null, null)]
    [InlineData("stripe", """{"id":"a","id":null}""", null, null)]
    [InlineData("stripe", """{"id":"","type":""}""", "", "")]
    [InlineData("slack", """{"type":"event_callback","event_id":"Ev1","event":{"type":"app_mention"}}""", "Ev1", "app_mention")]
    [InlineData("slack", """{"event":{"type":"app_mention","event_id":"inner"},"type":"event_callback","event_id":"Ev1"}""", "Ev1", "app_mention")]
    [InlineData("slack", """{"type":"app_rate_limited"}""", null, "app_rate_limited")]
    [InlineData("slack", """{"type":"event_callback","event":"text"}""", null, "event_callback")]
    [InlineData("slack", """{"type":"event_callback","event":[{"type":"x"}]}""", null, "event_callback")]
    [InlineData("slack", """{"type":"event_callback","event":{"message":{"type":"deep"}}}""", null, "event_callback")]
    [InlineData("standard-webhooks", """{"type":"contact.created","id":"of the body"}""", "msg_1", "contact.created")]
    [InlineData("standard-webhooks", "no json", "msg_1", null)]
    [InlineData("hmac", """{"type":"of the body"}""", "msg_1", "of the header")]
    [InlineData("github", """{"action":"opened"}""", "delivery-1", "issues.opened")]
    [InlineData("github", """{"action":5}""", "delivery-1", "issues")]
    [InlineData("github", """{"issue":{"action":"opened"}}""", "delivery-1", "issues")]
    [InlineData("github", "payload=%7B%7D", "delivery-1", "issues")]
    [InlineData("github", "payload=%7B%22action%22%3A%22opened%22%7D", "delivery-1", "issues.opened")]
    [InlineData("github", "payload=%7B+%22action%22+%3A+%22opened%22+%7D&other=1", "delivery-1", "issues.opened")]
    [InlineData("github", "payload=%7B%22action%22%3A%22%C3%A9%22%7D", "delivery-1", "issues.é")]
    [InlineData("github", "payload=%", "delivery-1", "issues")]
    [InlineData("github", "payload=%zz%7B", "delivery-1", "issues")]
    [InlineData("github", "payload=", "delivery-1", "issues")]
    [InlineData("github", "other=1&payload=%7B%22action%22%3A%22opened%22%7D", "delivery-1", "issues")]
    [InlineData("circleci", """{"id":"3888f21b","type":"job-completed"}""", "3888f21b", "job-completed")]
    [InlineData("intercom", """{"type":"notification_event","id":"notif_1","topic":"contact.created"}""", "notif_1", "contact.created")]
    [InlineData("intercom", """{"type":"notification_event","topic":"ping","id":null}""", null, "ping")]
    [InlineData("linear", """{"action":"update","type":"Issue","data":{"type":"x"}}""", "delivery-2", "Issue.update")]
    [InlineData("linear", """{"type":"Issue"}""", "delivery-2", "Issue")]
    [InlineData("linear", "no json", "delivery-2", "of the header")]
    [InlineData("paddle", """{"event_id":"evt_1","event_type":"transaction.paid","notification_id":"ntf_1"}""", "evt_1", "transaction.paid")]
    [InlineData("square", """{"event_id":"1","type":"payment.updated"}""", "1", "payment.updated")]
    [InlineData("typeform", """{"event_id":"1","event_type":"form_response"}""", "1", "form_response")]
    [InlineData("zendesk", """{"type":"zen:event-type:user.created","id":"1"}""", "1", "zen:event-type:user.created")]
    [InlineData("zendesk", """{"id":"ticket 35436","type":"ticket"}""", "invocation-1", "ticket")]
    [InlineData("zendesk", "any text", "invocation-1", null)]
    [InlineData("bitbucket", """{"push":{}}""", "request-1", "repo:push")]
    [InlineData("twitch", """{"subscription":{"id":"f1","type":"stream.online"},"event":{"type":"live"}}""", "msg_1", "stream.online")]
    [InlineData("zoom", """{"event":"meeting.started","event_ts":1,"payload":{}}""", null, "meeting.started")]
    [InlineData("hubspot", """{"eventId":1,"subscriptionId":25,"objectId":123,"occurredAt":5,"subscriptionType":"contact.creation"}""", "25:123:5:1", "contact.creation")]
    [InlineData("hubspot", """{"eventId":"1"}""", ":::1", null)]
    [InlineData("hubspot", "{}", null, null)]
    [InlineData("meta", """{"object":"page","entry":[]}""", null, null)]
    [InlineData("shopify", """{"id":820982911946154508}""", "webhook-1", "orders/create")]
    [InlineData("shopify", "no json", "webhook-1", "orders/create")]
    public void Id_and_type_are_read_where_the_sender_puts_them(string provider, string body, string? id, string? type) =>
        Assert.Equal(new EventDescription(id, type), Describe(provider, Encoding.UTF8.GetBytes(body)));

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("{")]
    [InlineData("""{"id":"evt_1","type":"x" """)]
    [InlineData("""{"id":"evt_1","type":"x"}}""")]
    [InlineData("""{"id":"evt_1","type":"x"}{}""")]
    [InlineData("""{"id":"evt_1","type":"x",}""")]
    [InlineData("""{"id":"evt_1","type":"x"} // comment""")]
    [InlineData("""{'id':'evt_1'}""")]
    [InlineData("\uFEFF{\"id\":\"evt_1\",\"type\":\"x\"}")]
    [InlineData("""[{"id":"evt_1","type":"x"}]""")]
    [InlineData("null")]
    [InlineData("\"id\"")]
    [InlineData("5")]
    [InlineData("""{"id":"\ud800","type":"x"}""")]
    [InlineData("""{"id":"evt_1\u0000""")]
    public void A_body_that_is_no_json_object_gives_nothing(string body) =>
        Assert.Equal(default, Describe("stripe", Encoding.UTF8.GetBytes(body)));

    [Fact]
    public void Bytes_that_are_no_utf8_give_nothing() => Assert.Equal(default, Describe("stripe", [.. "{\"id\":\""u8, 0xff, 0xfe, .. "\"}"u8]));

    [Fact]
    public void A_lone_surrogate_elsewhere_hides_neither_id_nor_type() =>
        Assert.Equal(new EventDescription("evt_1", "x"), Describe("stripe", """{"text":"\ud800","id":"evt_1","type":"x"}"""u8));

    [Fact]
    public void Of_an_object_that_stands_twice_the_last_counts() =>
        Assert.Equal(new EventDescription(null, "event_callback"), Describe("slack", """{"event":{"type":"first"},"type":"event_callback","event":{}}"""u8));

    [Theory]
    [InlineData("x-github-event", "issues")]
    [InlineData("X-GITHUB-EVENT", "issues")]
    public void Header_names_have_no_case(string name, string value)
    {
        var source = SignedSource.Of("github");
        var request = source.Sign("{}").Plus(name, value);
        Assert.Equal("issues", source.Source.Provider.Describe(request.Envelope, source.Source.Settings).Type);
    }

    [Fact]
    public void A_header_that_stands_twice_is_no_id_and_no_type()
    {
        var source = SignedSource.Of("github");
        var request = source.Sign("{}").Plus("X-GitHub-Event", "a").Plus("x-github-event", "b").Plus("X-GitHub-Delivery", "1").Plus("X-GitHub-Delivery", "1");
        Assert.Equal(default, source.Source.Provider.Describe(request.Envelope, source.Source.Settings));
    }

    [Fact]
    public void The_generic_provider_takes_the_type_of_the_body_and_no_id_when_it_is_told_no_headers()
    {
        var source = SignedSource.Generic();
        Assert.Equal(new EventDescription(null, "a.b"), source.Source.Provider.Describe(source.Sign().Envelope, source.Source.Settings));
    }

    [Theory, MemberData(nameof(SignedSource.Providers), MemberType = typeof(SignedSource))]
    public void A_sample_is_described_as_what_was_asked_for(string provider)
    {
        var source = SignedSource.Of(provider, ("TypeHeader", ""));
        var type = source.Source.Provider.SampleType;
        var sample = source.Source.Provider.CreateSample(type, "0123abc", SignedSource.Now);
        var signed = source.Sign(sample.Body, id: "0123abc");
        signed = signed with { Headers = [.. signed.Headers, .. sample.Headers] };
        source.Accepts(signed);
        var one = source.Source.Provider;
        var described = one.IsBatch(signed.Envelope)
            ? one.Split(Batch.Of(signed.Envelope)) is [var item] ? new(item.Id, item.Type) : default
            : one.Describe(signed.Envelope, source.Source.Settings);
        Assert.Equal(type, described.Type);
        if (WithoutId.Contains(provider)) Assert.Null(described.Id);
        else if (!OwnId.Contains(provider)) Assert.EndsWith("0123abc", described.Id, StringComparison.Ordinal);
    }

    [Fact]
    public void A_shopify_event_has_its_headers_without_x()
    {
        var source = SignedSource.Of("shopify");
        var request = source.Sign("""{"topic":"Product","action":"update","handle":"h"}""").Renamed("X-Shopify-Hmac-SHA256", "Shopify-Hmac-Sha256").Plus("Shopify-Webhook-Id", "1").Plus("Shopify-Topic", "Product");
        source.Accepts(request);
        Assert.Equal(new EventDescription("1", "Product.update"), source.Source.Provider.Describe(request.Envelope, source.Source.Settings));

        // Of two families the one that was checked counts.
        var both = request.Plus("X-Shopify-Hmac-SHA256", "forged").Plus("X-Shopify-Webhook-Id", "2");
        source.Refuses(both, SignatureResult.Mismatch);
        var older = source.Sign("{}").Plus("X-Shopify-Webhook-Id", "2").Plus("X-Shopify-Topic", "orders/create").Plus("Shopify-Hmac-SHA256", "x").Plus("Shopify-Webhook-Id", "3");
        source.Accepts(older);
        Assert.Equal(new EventDescription("2", "orders/create"), source.Source.Provider.Describe(older.Envelope, source.Source.Settings));
    }

    [Fact]
    public void A_twitch_revocation_is_an_event_of_its_own_type()
    {
        var source = SignedSource.Of("twitch");
        var request = source.Sign("""{"subscription":{"id":"f1","type":"stream.online","status":"authorization_revoked"}}""").Plus("Twitch-Eventsub-Message-Type", "revocation");
        Assert.Equal(new EventDescription("msg_1", "revocation"), source.Source.Provider.Describe(request.Envelope, source.Source.Settings));
        Assert.Null(source.Source.Provider.Handshake(request.Envelope, source.Source.Settings));
    }

    [Fact]
    public void Two_dropbox_webhooks_of_the_same_bytes_are_two_events()
    {
        var source = SignedSource.Of("dropbox");
        var envelope = source.Sign("""{"list_folder":{"accounts":["dbid:1"]}}""").Envelope;
        var first = source.Source.Provider.Describe(envelope, source.Source.Settings);
        var second = source.Source.Provider.Describe(envelope with { ReceivedAt = envelope.ReceivedAt.AddMilliseconds(1) }, source.Source.Settings);
        Assert.Equal(("list_folder", "list_folder"), (first.Type, second.Type));
        Assert.NotEqual(first.Id, second.Id);
    }

    // Whose events have no id, and whose sample cannot have any id.
    private static readonly string[] WithoutId = ["asana", "zoom"];
    private static readonly string[] OwnId = ["dropbox", "hubspot"];

    private static EventDescription Describe(string provider, ReadOnlySpan<byte> body)
    {
        var source = SignedSource.Of(provider);
        var request = source.Sign(body.ToArray())
            .Plus("X-GitHub-Event", "issues").Plus("X-GitHub-Delivery", "delivery-1")
            .Plus("X-Shopify-Topic", "orders/create").Plus("X-Shopify-Webhook-Id", "webhook-1")
            .Plus("Linear-Delivery", "delivery-2").Plus("Linear-Event", "of the header")
            .Plus("X-Zendesk-Webhook-Invocation-Id", "invocation-1")
            .Plus("X-Request-UUID", "request-1").Plus("X-Event-Key", "repo:push")
            .Plus("X-Type", "of the header");
        return source.Source.Provider.Describe(request.Envelope, source.Source.Settings);
    }
}
