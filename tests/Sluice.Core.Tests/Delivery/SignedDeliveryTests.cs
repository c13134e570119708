using System.Text;
using System.Text.Json;
using Sluice.Configuration;
using Sluice.Contracts.Catalogue;
using Sluice.Core.Tests.Configuration;
using Sluice.Core.Tests.Providers.Keys;
using Sluice.Core.Tests.Senders;
using Sluice.Delivery;
using Sluice.Events;
using Sluice.Providers;

namespace Sluice.Core.Tests.Delivery;

/// <summary>What a destination gets may be signed, so that it can do with Sluice what Sluice does with senders.</summary>
[Collection(nameof(SenderLibraries))]
public sealed class SignedDeliveryTests(SenderLibraries libraries) : IDisposable
{
    private const string First = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    private const string Second = "whsec_BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBA=";
    private const string Own = "whsk_nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=";
    private const string OwnPublic = "whpk_11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";

    private readonly Poster poster = new();

    public void Dispose() => poster.Dispose();

    [Fact]
    public async Task The_library_of_standard_webhooks_accepts_it_with_either_secret_while_one_is_replaced()
    {
        libraries.SkipWhereMissing();
        var sent = await SentAsync(First, Second);
        var answers = await libraries.VerifyAsync([Case(sent, First), Case(sent, Second), Case(sent, "whsec_CCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCC="), Case(sent with { Body = "{ }"u8.ToArray() }, First)]);
        Assert.Equal([true, true, false, false], answers.Select(answer => answer.Accepted));
    }

    [Fact]
    public async Task A_source_of_sluices_own_accepts_both_kinds_of_signature()
    {
        var sent = await SentAsync(First, Own);
        foreach (var (setting, key) in new[] { ("Secrets:0", First), ("PublicKeys:0", OwnPublic) })
        {
            var source = KeyedSource.Of("standard-webhooks", (setting, key));
            Assert.Equal(SignatureResult.Valid, source.Source.Verifier!.Verify(sent.EnvelopeFor(source.Source), Poster.Now).Result);
        }
    }

    [Fact]
    public async Task The_id_stays_over_the_attempts_and_the_time_is_the_attempts_own()
    {
        var (first, third) = (await SentAsync(1, First), await SentAsync(3, First));
        Assert.Equal(first["webhook-id"], third["webhook-id"]);
        Assert.Equal(first["Sluice-Delivery"], first["webhook-id"]);
        Assert.Equal(Poster.Now.ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture), first["webhook-timestamp"]);
    }

    [Fact]
    public async Task A_secret_signs_in_its_time_only()
    {
        var errors = new List<ConfigurationError>();
        var signer = DeliverySigner.Create([new(First, NotAfter: Poster.Now.AddHours(1)), new(Second, NotBefore: Poster.Now)], errors)!;
        Assert.Empty(errors);
        Assert.Equal([1, 2, 1], new[] { -1, 0, 1 }.Select(hours => signer.Headers("id", Poster.Now.AddHours(hours), "{}"u8)[2].Value.Split(' ').Length));

        var over = DeliverySigner.Create([new(First, NotAfter: Poster.Now)], errors)!;
        await using var destination = LoopbackDestination.Answering("200 OK");
        var outcome = await poster.PostAsync(destination.Url, settings: settings => settings with { Signer = over });
        Assert.Equal((AttemptOutcome.Retry, "none of its SignSecrets is valid now; nothing is sent unsigned that should be signed"), (outcome.Kind, outcome.Reason));
        Assert.Equal(0, destination.Connections);
    }

    [Fact]
    public async Task A_senders_own_signature_of_the_same_name_gives_way()
    {
        var webhook = Poster.With(("webhook-id", "theirs"), ("webhook-signature", "v1,theirs"), ("X-Shop", "a"));
        var (head, _) = await poster.SentAsync(webhook, settings => settings with { Signer = Signer(First) }, allowed: ["webhook-*", "X-Shop"]);
        Assert.DoesNotContain("theirs", head, StringComparison.Ordinal);
        Assert.Contains("X-Shop: a\r\n", head, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Headers_of_the_destinations_own_are_sent_with_every_request()
    {
        var settings = SettingsText.Of($$"""
            "Sources": { {{SettingsText.Stripe}} }, "Destinations": { "billing": { "Handler": "http", "Url": "http://a.example", "SignSecrets": ["env:SIGN"], "Headers": { "Authorization": "env:TOKEN", "X-Team": "a b" } } }
            """) with { Environment = new() { ["SIGN"] = First, ["TOKEN"] = "Bearer abc" } };
        var read = settings.Reads().Settings.Destinations[0];
        var (head, _) = await poster.SentAsync(Poster.Webhook, own => own with { Headers = read.Headers, Signer = read.Signer });
        Assert.Contains("Authorization: Bearer abc\r\n", head, StringComparison.Ordinal);
        Assert.Contains("X-Team: a b\r\n", head, StringComparison.Ordinal);
        Assert.Contains("webhook-signature: v1,", head, StringComparison.Ordinal);
        Assert.DoesNotContain("abc", read.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(""" "SignSecrets": ["secret"] """, "SignSecrets:0 begins with neither whsec_ nor whsk_; write whsec_ and 24 to 64 random bytes in base64, which the receiver gets too, or whsk_ and an Ed25519 key")]
    [InlineData(""" "SignSecrets": ["whsec_AAAA"] """, "SignSecrets:0 has 3 bytes; a secret has 24 to 64")]
    [InlineData(""" "SignSecrets": ["whsec_!"] """, "SignSecrets:0 is no base64 behind its prefix; write it as the tool that made it shows it")]
    [InlineData(""" "SignSecrets": ["whsk_AAAA"] """, "SignSecrets:0 is no Ed25519 private key, which has 32 bytes")]
    [InlineData(""" "SignSecrets": ["env:NOT_THERE"] """, "SignSecrets:0 names the environment variable NOT_THERE, which is not set or empty; set it")]
    [InlineData(""" "Headers": { "Sluice-Event": "x" } """, "Headers:Sluice-Event is set by Sluice; choose another name")]
    [InlineData(""" "Headers": { "Host": "x" } """, "Headers:Host is set by Sluice; choose another name")]
    [InlineData(""" "Headers": { "X Y": "x" } """, "Headers:X Y is no name of a header")]
    [InlineData(""" "Headers": { "X-Y": "a\r\nb: c" } """, "Headers:X-Y has a value that is empty, of several lines or longer than 8192 characters")]
    [InlineData(""" "Format": "xml" """, "Format is 'xml'; write one of Exact, CloudEvents, CloudEventsBinary, Slack")]
    public void What_cannot_be_used_is_named_with_its_fix(string setting, string fault) =>
        SettingsText.OfDestination($""" "Handler": "http", "Url": "http://a.example", {setting} """).Fails($"Sluice:Destinations:billing:{fault}");

    [Fact]
    public async Task A_structured_cloud_event_holds_the_bytes_as_they_came()
    {
        var webhook = Poster.With(("Content-Type", "application/json")) with { Body = Encoding.UTF8.GetBytes("""{ "n" : 1.0, "é":"\u00e9" }""") };
        var (head, body) = await poster.SentAsync(webhook, settings => settings with { Format = DeliveryFormat.CloudEvents, Signer = Signer(First) });
        Assert.Contains("Content-Type: application/cloudevents+json; charset=utf-8\r\n", head, StringComparison.Ordinal);
        using var json = JsonDocument.Parse(body);
        Assert.Equal(("1.0", webhook.Id.ToString(), "/sluice/shop", "orders/create", "2026-11-22T12:00:00.000Z", "application/json"), (Text("specversion"), Text("id"), Text("source"), Text("type"), Text("time"), Text("datacontenttype")));
        Assert.Equal("""{ "n" : 1.0, "é":"\u00e9" }""", json.RootElement.GetProperty("data").GetRawText());
        // What is signed is what is sent.
        Assert.Equal(SignatureResult.Valid, KeyedSource.Of("standard-webhooks", ("Secrets:0", First)).Source.Verifier!.Verify(Request(head, body).EnvelopeFor(KeyedSource.Of("standard-webhooks", ("Secrets:0", First)).Source), Poster.Now).Result);

        string Text(string name) => json.RootElement.GetProperty(name).GetString()!;
    }

    [Theory]
    [InlineData("application/json", "{ no json")]
    [InlineData("application/x-www-form-urlencoded", "a=b")]
    [InlineData("application/json", "")]
    public async Task What_is_no_json_stands_there_in_base64(string contentType, string text)
    {
        var webhook = Poster.With(("Content-Type", contentType)) with { Body = Encoding.UTF8.GetBytes(text) };
        var (_, body) = await poster.SentAsync(webhook, settings => settings with { Format = DeliveryFormat.CloudEvents });
        using var json = JsonDocument.Parse(body);
        Assert.False(json.RootElement.TryGetProperty("data", out _));
        Assert.Equal(text, json.RootElement.TryGetProperty("data_base64", out var data) ? Encoding.UTF8.GetString(data.GetBytesFromBase64()) : "");
    }

    [Fact]
    public async Task A_binary_cloud_event_is_the_exact_bytes_and_headers()
    {
        var (head, body) = await poster.SentAsync(Poster.Webhook with { Type = "größe" }, settings => settings with { Format = DeliveryFormat.CloudEventsBinary });
        Assert.Equal("{}"u8.ToArray(), body);
        foreach (var line in new[] { "ce-specversion: 1.0", $"ce-id: {Poster.Webhook.Id}", "ce-source: /sluice/shop", "ce-type: gr%C3%B6%C3%9Fe", "ce-time: 2026-11-22T12:00:00.000Z", "Content-Type: application/json" })
            Assert.Contains(line + "\r\n", head, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(DeliveryFormat.CloudEvents, 0)]
    [InlineData(DeliveryFormat.CloudEventsBinary, 1)]
    [InlineData(DeliveryFormat.Exact, 1)]
    public async Task A_cloud_events_own_attributes_never_stand_beside_ours(DeliveryFormat format, int ids)
    {
        var (head, _) = await poster.SentAsync(Poster.With(("ce-id", "A-1"), ("Content-Type", "application/json")), settings => settings with { Format = format }, allowed: ["ce-*"]);
        var found = head.Split("\r\n").Where(line => line.StartsWith("ce-id:", StringComparison.OrdinalIgnoreCase)).ToList();
        Assert.Equal(ids, found.Count);
        Assert.Equal(format == DeliveryFormat.Exact, found.Contains("ce-id: A-1"));
    }

    [Theory]
    [InlineData(DeliveryFormat.CloudEvents, false)]
    [InlineData(DeliveryFormat.CloudEventsBinary, true)]
    [InlineData(DeliveryFormat.Exact, true)]
    public async Task The_senders_signature_goes_with_the_bytes_that_it_is_over_and_with_no_others(DeliveryFormat format, bool goes)
    {
        var webhook = Poster.With(("x-hub-signature-256", "sha256=0"), ("X-GitHub-Event", "push"), ("Content-Type", "application/json"));
        var (head, _) = await poster.SentAsync(webhook, settings => settings with { Format = format }, allowed: ["X-Hub-Signature-256", "X-GitHub-*"], proof: ["X-Hub-Signature-256"]);
        Assert.Equal(goes, head.Contains("x-hub-signature-256: sha256=0\r\n", StringComparison.Ordinal));
        Assert.Contains("X-GitHub-Event: push\r\n", head, StringComparison.Ordinal);
    }

    private static DeliverySigner Signer(params string[] secrets) => DeliverySigner.Create([.. secrets.Select(secret => new SecretSettings(secret))], [])!;

    private static SenderCase Case(CatalogueRequest request, string secret) => new("standard_webhooks", secret, request, Poster.Now.ToUnixTimeSeconds());

    private Task<CatalogueRequest> SentAsync(params string[] secrets) => SentAsync(1, secrets);

    private async Task<CatalogueRequest> SentAsync(int attempt, params string[] secrets)
    {
        var (head, body) = await poster.SentAsync(Poster.Webhook, settings => settings with { Signer = Signer(secrets) }, attempt: attempt);
        return Request(head, body);
    }

    private static CatalogueRequest Request(string head, byte[] body) =>
        new("POST", "/", [.. head.Split("\r\n", StringSplitOptions.RemoveEmptyEntries)[1..].Select(line => line.Split(": ", 2)).Select(pair => KeyValuePair.Create(pair[0], pair[1]))], body);
}
