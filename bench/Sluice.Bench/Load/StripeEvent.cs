using System.Text;

namespace Sluice.Bench.Load;

/// <summary>The body that is sent: an event as Stripe sends it, 1,014 bytes, with a place for its id.</summary>
public static class StripeEvent
{
    public const int Length = 1014;
    public const int IdLength = 28;

    /// <summary>Where the id stands in the body.</summary>
    public static int IdOffset { get; }

    public static byte[] Template { get; }

    static StripeEvent()
    {
        var id = "evt_" + new string('0', IdLength - 4);
        var json = $$"""
            {
              "id": "{{id}}",
              "object": "event",
              "api_version": "2024-06-20",
              "created": 1726000000,
              "data": {
                "object": {
                  "id": "in_1MtHbELkdIwHu7ixl4OzzPMv",
                  "object": "invoice",
                  "amount_due": 129900,
                  "amount_paid": 129900,
                  "amount_remaining": 0,
                  "attempt_count": 1,
                  "billing_reason": "subscription_cycle",
                  "currency": "eur",
                  "customer": "cus_NeZwdNtLEOXuvB",
                  "customer_email": "jenny.rosen@example.com",
                  "livemode": false,
                  "number": "0C5BF4D6-0042",
                  "status": "paid",
                  "subscription": "sub_1MowQVLkdIwHu7ixeRlqHVzs"
                }
              },
              "livemode": false,
              "pending_webhooks": 1,
              "request": { "id": null, "idempotency_key": null },
              "description": "PADDING",
              "type": "invoice.paid"
            }
            """.ReplaceLineEndings("\n");
        var padding = Length - Encoding.ASCII.GetByteCount(json) + "PADDING".Length;
        Template = Encoding.ASCII.GetBytes(json.Replace("PADDING", new string('x', padding), StringComparison.Ordinal));
        IdOffset = json.IndexOf(id, StringComparison.Ordinal);
    }
}
