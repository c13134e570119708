using System.Text;
using System.Xml;
using Sluice.Configuration;
using Sluice.Events;

namespace Sluice.Providers;

/// <summary>
/// Braintree. A form with <c>bt_signature</c> (<c>public key|signature</c>, several joined with <c>&amp;</c>) and <c>bt_payload</c> (XML in base64):
/// HMAC-SHA1 in hex, keyed with the SHA-1 of the private key, over the payload's text. A secret is Braintree's two keys, joined as Braintree
/// joins them: <c>public key|private key</c>. <c>GET ?bt_challenge=</c> is answered with <c>public key|signature of the challenge</c>.
/// There is no id: the bytes' hash is the idempotency key; the type is the XML's <c>kind</c>.
/// (developer.paypal.com/braintree, webhooks; github.com/braintree/braintree_node, webhook_notification_gateway.js, read 2026-11-22.)
/// </summary>
public sealed class BraintreeProvider : IProvider
{
    public string Name => "braintree";

    public ProviderFacts Facts { get; } = new()
    {
        Title = "Braintree",
        Source = "developer.paypal.com/braintree, webhooks, read 2026-11-22",
        Deadline = TimeSpan.FromSeconds(30),
        RetryHorizon = TimeSpan.FromHours(24),
        // Every hour for a day in production; a sandbox stops after three.
        RetryDelays = [.. Enumerable.Repeat(TimeSpan.FromHours(1), 24)],
        Unconfirmed = ["that the form has no field beside the two: such a request is refused here"],
    };

    public string SampleType => "subscription_charged_successfully";

    public SignatureScheme Scheme(SourceSettings settings, ICollection<string> errors) => new BraintreeScheme();

    public EventDescription Describe(Envelope envelope, SourceSettings settings) =>
        FormBody.Exactly(envelope.Body.Span, "bt_signature", "bt_payload") is [_, var payload] ? new(null, Kind(payload)) : default;

    public Answer? Greet(Envelope envelope, SourceSettings settings)
    {
        if (envelope.Method != "GET" || Query.Single(envelope.Target, "bt_challenge") is not { } challenge) return null;
        return BraintreeScheme.IsChallenge(Encoding.UTF8.GetBytes(challenge)) && BraintreeScheme.Answer(settings, challenge, envelope.ReceivedAt) is { } answer ? Answer.Text(answer) : null;
    }

    public Sample CreateSample(string type, string id, DateTimeOffset at) => new(FormBody.Encode(("bt_payload", Convert.ToBase64String(Encoding.UTF8.GetBytes($"""
        <notification>
          <timestamp type="datetime">{at:yyyy-MM-ddTHH:mm:ssZ}</timestamp>
          <kind>{new System.Xml.Linq.XText(type)}</kind>
          <subject><subscription><id>{new System.Xml.Linq.XText(id)}</id></subscription></subject>
        </notification>
        """), Base64FormattingOptions.None) + "\n")), "application/x-www-form-urlencoded");

    public SentRequest? CreateHandshake(Uri url, SourceSettings settings) => Challenge.Ask("GET", url, ("bt_challenge", "20f9f8ed05f77439fe955c977e4c8a53"));

    private static string? Kind(byte[] payload)
    {
        try
        {
            using var text = new MemoryStream(Convert.FromBase64String(Encoding.Latin1.GetString(payload)));
            using var xml = XmlReader.Create(text, new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = 4 * 1024 * 1024 });
            while (xml.Read())
            {
                if (xml is { Depth: 1, NodeType: XmlNodeType.Element, LocalName: "kind" }) return xml.ReadElementContentAsString();
            }

            return null;
        }
        catch (Exception e) when (e is FormatException or XmlException or InvalidOperationException)
        {
            return null;
        }
    }
}
