using System.Text;
using System.Text.Json;
using Sluice.Configuration;
using Sluice.Events;

namespace Sluice.Providers;

/// <summary>
/// Adyen's standard webhooks. Each item in <c>notificationItems</c> carries its own <c>hmacSignature</c> over eight of its values; see
/// <see cref="NotificationItemsScheme"/>. The id is pspReference, eventCode and success, the type eventCode; the answer is
/// <c>[accepted]</c>. (docs.adyen.com, verify HMAC signatures and handle webhook events; the signed text after Adyen's PHP library at
/// 0608d44; read 2026-11-22.)
/// </summary>
public sealed class AdyenProvider : IProvider
{
    private static readonly NotificationItemsScheme ItemSignatures = new();

    public string Name => "adyen";

    public ProviderFacts Facts { get; } = new()
    {
        Title = "Adyen",
        Source = "docs.adyen.com, handle webhook events and troubleshoot webhooks, read 2026-11-22",
        Deadline = TimeSpan.FromSeconds(10),
        RetryHorizon = TimeSpan.FromDays(30),
        // docs.adyen.com, troubleshoot webhooks, retry queue, read 2026-11-22; after the last of these every eight hours.
        RetryDelays = [TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(30), TimeSpan.FromHours(1), TimeSpan.FromHours(2), TimeSpan.FromHours(4), TimeSpan.FromHours(8)],
        Unconfirmed =
        [
            "a colon or backslash in merchantReference: signed as it is, as Adyen's PHP library does, though older pages escape both",
            "that webhooks of platforms (balance platform, with a HmacSignature header) are signed over their body: they are refused here",
        ],
    };

    public string SampleType => "AUTHORISATION";

    public Answer? Success { get; } = Answer.Text("[accepted]");

    public SignatureScheme Scheme(SourceSettings settings, ICollection<string> errors) => ItemSignatures;

    public EventDescription Describe(Envelope envelope, SourceSettings settings) => JsonItems.Read(envelope.Body, root => Items(root) is { } items && items.GetArrayLength() == 1 ? Describe(items[0]) : default);

    public bool IsBatch(Envelope envelope) => JsonItems.Read(envelope.Body, root => Items(root)?.GetArrayLength() > 1);

    public IReadOnlyList<BatchItem>? Split(WebhookEvent batch) => JsonItems.Read(batch.Body, root =>
        Items(root) is { } items ? Narrowing.Split(batch.Body, items.EnumerateArray().Select(item => (new Narrowing(batch.Body).To(items, item), Describe(item))), null) : null);

    private static JsonElement? Items(JsonElement root) => JsonItems.Array(root, "notificationItems") is { } items && JsonItems.AreObjects(items) ? items : null;

    // What is not signed says nothing here.
    private static EventDescription Describe(JsonElement wrapper)
    {
        const string item = "NotificationRequestItem";
        var (reference, code) = (JsonItems.Text(wrapper, item, "pspReference"), JsonItems.Text(wrapper, item, "eventCode"));
        var success = JsonItems.Text(wrapper, item, "success") ?? (wrapper.TryGetProperty(item, out var inner) && inner.TryGetProperty("success", out var flag) ? flag.GetRawText() : "");
        return new(reference is null || code is null ? null : $"{reference}:{code}:{success}", code);
    }

    public Sample CreateSample(string type, string id, DateTimeOffset at) => new(Encoding.UTF8.GetBytes($$"""
        {
          "live": "false",
          "notificationItems": [
            {
              "NotificationRequestItem": {
                "additionalData": {},
                "amount": { "currency": "EUR", "value": 1130 },
                "eventCode": {{Json.Text(type)}},
                "eventDate": "{{at:yyyy-MM-ddTHH:mm:sszzz}}",
                "merchantAccountCode": "TestMerchant",
                "merchantReference": "TestPayment-1407325143704",
                "paymentMethod": "visa",
                "pspReference": {{Json.Text(id)}},
                "success": "true"
              }
            }
          ]
        }
        """), "application/json");
}
