using System.Text;
using Sluice.Providers;

namespace Sluice.Core.Tests.Providers;

/// <summary>What senders ask before they send (A17): answered plainly, bounded, and with nothing that a browser would run.</summary>
public sealed class GreetingTests
{
    [Fact]
    public void Strava_gets_its_challenge_as_json_for_the_right_token()
    {
        var strava = ShownSource.Of("strava", ("VerifyToken", "STRAVA"));
        const string target = "/api/webhooks/it/x?hub.verify_token=STRAVA&hub.challenge=15f7d1a91c1f40f8a748fd134752feb3&hub.mode=subscribe";
        Is((200, "application/json", """{"hub.challenge":"15f7d1a91c1f40f8a748fd134752feb3"}"""), strava.Ask("GET", target));
        Assert.Null(strava.Ask("GET", target.Replace("STRAVA", "strava", StringComparison.Ordinal)));
        Assert.Null(strava.Ask("GET", target.Replace("hub.verify_token=STRAVA&", "", StringComparison.Ordinal)));
        Assert.Null(strava.Ask("GET", target.Replace("subscribe", "unsubscribe", StringComparison.Ordinal)));
        Assert.Null(strava.Ask("GET", target + "&hub.verify_token=x"));
        Assert.Null(strava.Ask("GET", target + new string('x', 600).Insert(0, "&hub.challenge=")));
        Assert.Null(strava.Ask("POST", target));
        Assert.Null(ShownSource.Of("strava").Ask("GET", target));
        Assert.Null(ShownSource.Of("strava").Ask("GET", target.Replace("STRAVA", "", StringComparison.Ordinal)));
    }

    [Fact]
    public void Okta_gets_its_challenge_as_json()
    {
        var okta = ShownSource.Of("okta");
        Is((200, "application/json", """{"verification":"abc"}"""), okta.Ask("GET", headers: ("X-Okta-Verification-Challenge", "abc")));
        Is((200, "application/json", """{"verification":"\u003Cb\u003E\u0022\uFFFD"}"""), okta.Ask("GET", headers: ("X-Okta-Verification-Challenge", "<b>\"\ud800")));
        Assert.Null(okta.Ask("GET", headers: ("X-Okta-Verification-Challenge", new string('x', 513))));
        Assert.Null(okta.Ask("GET"));
        Assert.Null(okta.Ask("POST", headers: ("X-Okta-Verification-Challenge", "abc")));
    }

    [Fact]
    public void Microsoft_graph_gets_its_token_decoded_as_plain_text()
    {
        var graph = ShownSource.Of("msgraph");
        Is((200, "text/plain; charset=utf-8", "Validation: Testing client x + 1"), graph.Ask("POST", "/api/webhooks/it?validationToken=Validation%3A+Testing+client+x+%2B+1"));
        Assert.Null(graph.Ask("POST", "/api/webhooks/it?validationToken=" + new string('x', 2049)));
        Assert.Null(graph.Ask("POST", "/api/webhooks/it?validationToken="));
        Assert.Null(graph.Ask("POST", "/api/webhooks/it?validationToken=%3Cscript%3E"));
        Assert.Null(graph.Ask("GET", "/api/webhooks/it?validationToken=x"));
    }

    [Fact]
    public void A_sender_of_cloud_events_is_given_leave()
    {
        var source = ShownSource.Of("cloudevents");
        var answer = source.Ask("OPTIONS", headers: [("WebHook-Request-Origin", "eventgrid.azure.net"), ("WebHook-Request-Rate", "120")])!;
        Is((200, "text/plain; charset=utf-8", ""), answer);
        Assert.Equal([new("Allow", "POST"), new("WebHook-Allowed-Origin", "eventgrid.azure.net"), new("WebHook-Allowed-Rate", "120")], answer.Headers);
        Assert.Contains(new("WebHook-Allowed-Rate", "*"), source.Ask("OPTIONS", headers: [("WebHook-Request-Origin", "a.example"), ("WebHook-Request-Rate", "-1")])!.Headers);
        Assert.Null(source.Ask("OPTIONS"));
        Assert.Null(source.Ask("OPTIONS", headers: ("WebHook-Request-Origin", "a.example\r\nX: y")));
        Assert.Null(source.Ask("OPTIONS", headers: ("WebHook-Request-Origin", "<script>")));
        Assert.Null(source.Ask("GET", headers: ("WebHook-Request-Origin", "a.example")));
        Assert.Equal(202, source.Provider.Success!.StatusCode);
    }

    [Fact]
    public void Event_grid_gets_its_code_back_once_the_secret_was_shown()
    {
        var source = ShownSource.Of("eventgrid");
        const string body = """[{"id":"1","eventType":"Microsoft.EventGrid.SubscriptionValidationEvent","data":{"validationCode":"512d38b6-c7b8","validationUrl":"https://x"}}]""";
        var asked = source.Carry(body, ("aeg-event-type", "SubscriptionValidation"));
        Assert.Null(source.Provider.Greet(asked, source.Source.Settings));
        Is((200, "application/json", """{"validationResponse":"512d38b6-c7b8"}"""), source.Provider.Handshake(asked, source.Source.Settings));
        Assert.Null(source.Provider.Handshake(source.Carry(body, ("aeg-event-type", "Notification")), source.Source.Settings));
        Assert.Null(source.Provider.Handshake(source.Carry("[]", ("aeg-event-type", "SubscriptionValidation")), source.Source.Settings));
    }

    [Fact]
    public void Event_grid_may_show_a_header_instead_of_a_url()
    {
        var source = ShownSource.Of("eventgrid", ("SignatureHeader", "X-Delivery-Key"));
        Assert.False(source.Source.Scheme.IsInPath);
        Assert.Equal(SignatureResult.Valid, source.Check(source.Carry("[]", ("X-Delivery-Key", ShownSource.SecretOf("eventgrid")))));
    }

    [Theory]
    [InlineData("GET", 200)]
    [InlineData("HEAD", 200)]
    [InlineData("PUT", null)]
    [InlineData("POST", null)]
    public void Mailchimp_finds_its_url(string method, int? status) => Assert.Equal(status, ShownSource.Of("mailchimp").Ask(method)?.StatusCode);

    [Fact]
    public void An_empty_post_of_mailchimps_is_a_question()
    {
        var source = ShownSource.Of("mailchimp");
        Is((200, "text/plain; charset=utf-8", ""), source.Provider.Handshake(source.Carry(""), source.Source.Settings));
        Assert.Null(source.Provider.Handshake(source.Send(), source.Source.Settings));
    }

    private static void Is((int Status, string ContentType, string Body) expected, Answer? answer) =>
        Assert.Equal(expected, (answer!.StatusCode, answer.ContentType, Encoding.UTF8.GetString(answer.Body.Span)));
}
