using System.Text;
using System.Text.Json;
using Sluice.Configuration;
using Sluice.Contracts;
using Sluice.Contracts.Catalogue;
using Sluice.Core.Tests.Configuration;
using Sluice.Core.Tests.Providers.Keys;
using Sluice.Core.Tests.Senders;
using Sluice.Delivery;
using Sluice.Events;
using Sluice.Providers;

namespace Sluice.Core.Tests.Delivery;

/// <summary>What a destination gets that takes several events at once: a batch of CloudEvents 1.0 (json-format.md, section 4).</summary>
[Collection(nameof(SenderLibraries))]
public sealed class BatchRequestTests(SenderLibraries libraries) : IDisposable
{
    private const string Secret = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

    private readonly HttpClients clients = new();

    public void Dispose() => clients.Dispose();

    [Fact]
    public async Task A_batch_is_a_json_array_of_structured_events_in_their_order()
    {
        var (request, body) = await SentAsync([Event("1", """{ "n" : 1.0, "é":"\u00e9" }"""), Event("2", "a=b", "application/x-www-form-urlencoded"), Event("3", "{ no json"), Event("4", "")]);
        Assert.Equal("application/cloudevents-batch+json; charset=utf-8", request["Content-Type"]);
        Assert.Equal("4", request["Sluice-Batch"]);
        using var json = JsonDocument.Parse(body);
        var events = json.RootElement.EnumerateArray().ToList();
        Assert.Equal(["1", "2", "3", "4"], events.Select(one => one.GetProperty("type").GetString()));
        Assert.Equal("""{ "n" : 1.0, "é":"\u00e9" }""", events[0].GetProperty("data").GetRawText());
        Assert.Equal(["a=b", "{ no json"], events[1..3].Select(one => Encoding.UTF8.GetString(one.GetProperty("data_base64").GetBytesFromBase64())));
        Assert.Equal(["specversion", "id", "source", "type", "time", "datacontenttype"], events[3].EnumerateObject().Select(member => member.Name));
    }

    [Fact]
    public async Task Each_event_stands_there_exactly_as_it_would_alone()
    {
        WebhookEvent[] events = [Event("1", """{"a":[1,2,{"b":null}]}"""), Event("2", "\u0001", "application/octet-stream")];
        var (_, body) = await SentAsync(events);
        using var poster = new Poster();
        using var json = JsonDocument.Parse(body);
        for (var i = 0; i < events.Length; i++)
        {
            var (_, alone) = await poster.SentAsync(events[i], settings => settings with { Format = DeliveryFormat.CloudEvents });
            Assert.Equal(Encoding.UTF8.GetString(alone), json.RootElement[i].GetRawText());
        }
    }

    [Fact]
    public async Task Every_event_of_a_batch_is_a_cloud_event_by_the_rules_of_the_spec()
    {
        var (_, body) = await SentAsync([Event("1", "{}"), Event("2", "{}")]);
        using var json = JsonDocument.Parse(body);
        foreach (var one in json.RootElement.EnumerateArray())
        {
            Assert.Equal("1.0", one.GetProperty("specversion").GetString());
            foreach (var name in new[] { "id", "source", "type" }) Assert.NotEqual("", one.GetProperty(name).GetString());
            Assert.True(Uri.TryCreate(one.GetProperty("source").GetString(), UriKind.Relative, out _));
            Assert.True(one.GetProperty("time").TryGetDateTimeOffset(out _));
            Assert.All(one.EnumerateObject().Where(member => !member.Name.StartsWith("data_", StringComparison.Ordinal)), member => Assert.Matches("^[a-z0-9]{1,20}$", member.Name));
            Assert.False(one.TryGetProperty("data", out _) && one.TryGetProperty("data_base64", out _));
        }
    }

    [Fact]
    public async Task What_the_headers_of_a_single_event_say_stands_in_the_body()
    {
        var webhook = Event("1", "{}") with { Headers = new HeaderList([new("Content-Type", "application/json"), new("X-Shop", "a"), new("Sluice-Hops", "2")]) };
        var (request, _) = await SentAsync([Event("2", "{}"), webhook], settings => settings with { Headers = [new("X-Team", "b")] });
        foreach (var name in new[] { "Sluice-Event", "Sluice-Source", "Sluice-Type", "Sluice-Attempt", "X-Shop" }) Assert.DoesNotContain(request.Headers, header => header.Key == name);
        Assert.Equal(("b", "3"), (request["X-Team"], request["Sluice-Hops"]));
    }

    [Fact]
    public async Task The_signature_is_over_the_whole_batch_with_the_batchs_id()
    {
        var (request, body) = await SentAsync([Event("1", "{}"), Event("2", "{}")], settings => settings with { Signer = Signer(Secret) });
        Assert.Equal(request["Sluice-Delivery"], request["webhook-id"]);
        Assert.Matches("^batch-[0-9a-f]{32}$", request["webhook-id"]);
        var source = KeyedSource.Of("standard-webhooks", ("Secrets:0", Secret)).Source;
        Assert.Equal(SignatureResult.Valid, source.Verifier!.Verify(request.EnvelopeFor(source), Poster.Now).Result);
        body[^2]++;
        Assert.NotEqual(SignatureResult.Valid, source.Verifier!.Verify((request with { Body = body }).EnvelopeFor(source), Poster.Now).Result);
    }

    [Fact]
    public async Task The_library_of_standard_webhooks_accepts_a_batch()
    {
        libraries.SkipWhereMissing();
        var (request, _) = await SentAsync([Event("1", "{}"), Event("2", "a=b", "text/plain")], settings => settings with { Signer = Signer(Secret) });
        var answers = await libraries.VerifyAsync([new SenderCase("standard_webhooks", Secret, request, Poster.Now.ToUnixTimeSeconds())]);
        Assert.True(Assert.Single(answers).Accepted);
    }

    [Fact]
    public async Task Without_a_valid_secret_a_batch_is_not_sent()
    {
        var over = DeliverySigner.Create([new SecretSettings(Secret, NotAfter: Poster.Now)], [])!;
        await using var destination = LoopbackDestination.Answering("200 OK");
        var outcome = await PostAsync(destination.Url, [Event("1", "{}"), Event("2", "{}")], settings => settings with { Signer = over });
        Assert.Equal((AttemptOutcome.Retry, 0), (outcome.Kind, destination.Connections));
    }

    [Fact]
    public void The_id_is_the_same_for_the_same_deliveries_and_for_no_others()
    {
        var (first, second, third) = (Event("1", "{}"), Event("2", "{}"), Event("3", "{}"));
        var id = Batch([first, second]).Id;
        Assert.Equal(id, Batch([second, first], attempt: 3).Id);
        Assert.NotEqual(id, Batch([first, second, third]).Id);
        Assert.NotEqual(id, Batch([first, third]).Id);
        Assert.NotEqual(id, Batch([first, second], settings => settings with { Name = "other" }).Id);
    }

    [Theory]
    [InlineData("""  "Batch": { "Events": 1 } """, "Batch:Events is '1'; write a number from 2 to 1000")]
    [InlineData("""  "Batch": { "Bytes": 100 } """, "Batch:Bytes is '100'; write a number from 1024 to 16777216")]
    [InlineData("""  "Batch": { "Wait": "00:02:00" } """, "Batch:Wait is '00:02:00'; write a time from 00:00:00.1000000 to 00:01:00, such as 00:00:30 or 1.00:00:00 (days.hours:minutes:seconds)")]
    [InlineData("""  "Batch": { "Event": 5 } """, "Batch:Event is no setting; did you mean Events?")]
    [InlineData("""  "Batch": 5 """, "Batch is a text; write { \"Events\": 100, \"Wait\": \"00:00:05\" }")]
    public void What_cannot_be_used_is_named_with_its_fix(string setting, string fault) =>
        SettingsText.OfDestination($""" "Handler": "http", "Url": "http://a.example", "Format": "CloudEvents", {setting} """).Fails($"Sluice:Destinations:billing:{fault}");

    [Theory]
    [InlineData(""" "Handler": "http", "Url": "http://a.example", "Batch": { "Events": 5 } """, "is set, and only CloudEvents go together; set Format to CloudEvents, or remove Batch")]
    [InlineData(""" "Handler": "table", "Table": "a", "Format": "CloudEvents", "Batch": { "Events": 5 } """, "is set, and only handler http sends events together; remove it")]
    public void A_batch_that_nobody_could_send_is_refused(string settings, string fault) => SettingsText.OfDestination(settings).Fails($"Sluice:Destinations:billing:Batch {fault}");

    private static WebhookEvent Event(string type, string body, string contentType = "application/json") => new()
    {
        Id = EventId.Of("shop", type), Source = "shop", Type = type, IdempotencyKey = type, ReceivedAt = Poster.Now, Headers = new HeaderList([new("Content-Type", contentType)]), Body = Encoding.UTF8.GetBytes(body),
    };

    private static DeliverySigner Signer(string secret) => DeliverySigner.Create([new SecretSettings(secret)], [])!;

    private static DeliveryBatch Batch(WebhookEvent[] events, Func<DestinationSettings, DestinationSettings>? settings = null, Uri? url = null, int attempt = 1)
    {
        var destination = new DestinationSettings { Name = "billing", Handler = "http", Url = url, Format = DeliveryFormat.CloudEvents, Batch = new() };
        destination = settings?.Invoke(destination) ?? destination;
        return new(destination, [.. events.Select(webhook => new BatchedDelivery(webhook, new DeliveryContext { Delivery = new(webhook.Id, destination.Name), Attempt = attempt, Destination = destination }))]);
    }

    private async Task<Outcome> PostAsync(Uri url, WebhookEvent[] events, Func<DestinationSettings, DestinationSettings>? settings = null) =>
        await new HttpHandler(clients, new VirtualTime(Poster.Now)).HandleAsync(Batch(events, settings, url), TestContext.Current.CancellationToken);

    private async Task<(CatalogueRequest Request, byte[] Body)> SentAsync(WebhookEvent[] events, Func<DestinationSettings, DestinationSettings>? settings = null)
    {
        await using var destination = LoopbackDestination.Answering("200 OK");
        Assert.Equal(AttemptOutcome.Done, (await PostAsync(destination.Url, events, settings)).Kind);
        var (head, body) = Assert.Single(destination.Requests);
        var headers = head.Split("\r\n", StringSplitOptions.RemoveEmptyEntries)[1..].Select(line => line.Split(": ", 2)).Select(pair => KeyValuePair.Create(pair[0], pair[1]));
        return (new("POST", "/", [.. headers], body), body);
    }
}
