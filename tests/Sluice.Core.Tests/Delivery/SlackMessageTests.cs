using System.Text;
using Sluice.Delivery;
using Sluice.Events;
using Sluice.Notices;

namespace Sluice.Core.Tests.Delivery;

/// <summary>A destination with Format Slack gets what Slack's incoming webhooks take.</summary>
public sealed class SlackMessageTests
{
    [Fact]
    public void A_notice_is_its_text_and_nothing_else() =>
        Assert.Equal("""{"text":"it fails \u0026lt;!channel\u0026gt; \u0026amp; more"}""", Text(Poster.Webhook with { Source = Notice.Source, Body = """{"type":"destination.failing","text":"it fails <!channel> & more","data":{}}"""u8.ToArray() }));

    [Theory]
    [InlineData("""{"text":"somebody's own"}""")]
    [InlineData("no JSON")]
    public void Another_event_is_named(string body) =>
        Assert.Equal($$"""{"text":"shop: orders/create (event {{Poster.Webhook.Id}})"}""", Text(Poster.Webhook with { Body = Encoding.UTF8.GetBytes(body) }));

    [Fact]
    public async Task It_is_sent_as_json_without_the_senders_signature()
    {
        using var poster = new Poster();
        var (head, body) = await poster.SentAsync(Poster.With(("Content-Type", "text/plain"), ("X-Proof", "abc")), settings => settings with { Format = Sluice.Configuration.DeliveryFormat.Slack }, ["X-Proof"], proof: ["X-Proof"]);
        Assert.Contains("Content-Type: application/json; charset=utf-8", head, StringComparison.Ordinal);
        Assert.DoesNotContain("X-Proof", head, StringComparison.Ordinal);
        Assert.StartsWith("""{"text":""", Encoding.UTF8.GetString(body), StringComparison.Ordinal);
    }

    private static string Text(WebhookEvent webhook) => Encoding.UTF8.GetString(SlackMessage.Of(webhook).Span);
}
