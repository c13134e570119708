using System.Formats.Asn1;
using System.Text.Json;
using System.Text.RegularExpressions;
using Sluice.Core.Tests.Providers;
using Sluice.Providers;

namespace Sluice.Core.Tests.Senders;

/// <summary>Senders that sign more or other things than the bytes: URLs, forms, fields, with private keys.</summary>
internal static partial class KnownDifferences
{
    private static readonly string[] Signed = ["pspReference", "originalReference", "merchantAccountCode", "merchantReference", "eventCode", "success"];

    private static readonly Difference[] OfOtherKinds =
    [
        // Ours refuses, the library accepts.
        new("stricter: an empty secret is never a secret", "paddle twilio adyen", (item, ours) => ours is null && item.Secret.Length == 0),
        new("stricter: a key is hex to its end (the library stops where it is not)", "adyen", (item, ours) => ours is null && item.Secret.Length > 0),
        new("stricter: hex is in lower case", "discord", (item, ours) => ours == SignatureResult.MalformedSignature && item.Header("X-Signature-Ed25519")!.Any(char.IsAsciiLetterUpper)),
        new("stricter: a signature is 128 digits of hex and nothing else (the library reads past what is none)", "discord",
            (item, ours) => ours == SignatureResult.MalformedSignature && !DiscordSignature().IsMatch(item.Header("X-Signature-Ed25519") ?? "")),
        new("stricter: a key of small order fits many messages, so that it is none", "discord", (item, ours) => ours is null && TextbookCurve.SmallOrder.Any(point => Convert.ToHexStringLower(point) == item.Secret)),
        new("stricter: a timestamp that is signed is there", "discord sendgrid", (_, ours) => ours == SignatureResult.MissingTimestamp),
        new("stricter: the timestamp is seconds in ten digits, so that none of them can move into the body", "discord sendgrid", (_, ours) => ours == SignatureResult.MalformedTimestamp),
        new("stricter: base64 has one spelling (the library leaves out what is none)", "sendgrid",
            (item, ours) => ours == SignatureResult.MalformedSignature && !IsPlainBase64(item.Header("X-Twilio-Email-Event-Webhook-Signature") ?? "")),
        new("stricter: DER has one spelling (the library takes a sequence that says it is longer)", "sendgrid",
            (item, ours) => ours == SignatureResult.Mismatch && !IsPlainDer(Convert.FromBase64String(item.Header("X-Twilio-Email-Event-Webhook-Signature")!))),
        new("stricter: base64 has one spelling", "adyen", (item, ours) => ours == SignatureResult.Mismatch && !AdyenSignatures().Matches(item.Body).All(match => IsPlainBase64(Regex.Unescape(match.Groups[1].Value)))),
        new("stricter: what is signed is text without a colon, and nothing is left out (several notifications would have one signature)", "adyen", (item, ours) => ours == SignatureResult.MalformedSignature && !IsPlainNotification(item.Body)),
        new("stricter: a body beside a signed URL is signed too (the library reads a form only where its content type says so)", "twilio",
            (item, ours) => ours == SignatureResult.Mismatch && item.Body.Length > 0 && !IsForm(item) && item.Request.Query?.Contains("bodySHA256=", StringComparison.Ordinal) != true),
        new("stricter: every field of a form has a name and a =", "twilio", (item, ours) => ours == SignatureResult.Mismatch && OddField().IsMatch(item.Body)),
        new("stricter: a form has bt_signature and bt_payload, once, and nothing else", "braintree", (_, ours) => ours == SignatureResult.MissingSignature),
        new("stricter: nothing may follow a signature (the library cuts at a second |, and takes NUL for nothing)", "braintree", (item, ours) => ours == SignatureResult.Mismatch && PairTail().IsMatch(item.Body)),

        // Ours accepts, the library refuses.
        new("looser: five minutes (the library allows five seconds, though senders and receivers have clocks of their own)", "paddle",
            (item, ours) => ours == SignatureResult.Valid && Timestamps(item).Any(time => long.TryParse(time, out var sent) && item.Now - sent > 5)),
        new("looser: any of several h1 may match (the library takes the last)", "paddle", (item, ours) => ours == SignatureResult.Valid && Signatures().Count(item.Header("Paddle-Signature")!) > 1),
        new("looser: a form is a form whatever its content type says", "twilio braintree", (item, ours) => ours == SignatureResult.Valid && !IsForm(item) && item.Body.Length > 0),
        new("looser: an empty body is one (the library takes it for {})", "twilio", (item, ours) => ours == SignatureResult.Valid && item.Body.Length == 0),
        new("looser: of several pairs with our public key any may match (the library takes the first)", "braintree", (item, ours) => ours == SignatureResult.Valid && PairOfOurs().Count(item.Body) > 1),
    ];

    private static bool IsForm(SenderCase item) => item.Header("Content-Type")?.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) == true;

    private static bool IsPlainDer(byte[] der)
    {
        try
        {
            var whole = new AsnReader(der, AsnEncodingRules.DER);
            var sequence = whole.ReadSequence();
            (_, _) = (sequence.ReadInteger(), sequence.ReadInteger());
            return !sequence.HasData && !whole.HasData;
        }
        catch (AsnContentException)
        {
            return false;
        }
    }

    private static bool IsPlainBase64(string text)
    {
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var length) && Convert.ToBase64String(bytes, 0, length) == text;
    }

    private static bool IsPlainNotification(string body)
    {
        using var json = JsonDocument.Parse(body);
        return json.RootElement.GetProperty("notificationItems").EnumerateArray().Select(item => item.GetProperty("NotificationRequestItem")).All(item =>
            Signed.All(name => item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && !value.GetString()!.Contains(':', StringComparison.Ordinal))
            && item.TryGetProperty("amount", out var amount) && amount.TryGetProperty("value", out var number) && number.ValueKind == JsonValueKind.Number && number.TryGetInt64(out _));
    }

    [GeneratedRegex("\"hmacSignature\"\\s*:\\s*\"([^\"]*)\"")]
    private static partial Regex AdyenSignatures();

    [GeneratedRegex("(?:^|&)(?:=|[^=&]*(?:&|$))")]
    private static partial Regex OddField();

    [GeneratedRegex("%7C[0-9a-f]{40}(?:%7C|\0)")]
    private static partial Regex PairTail();

    [GeneratedRegex(@"\A[0-9a-fA-F]{128}\z")]
    private static partial Regex DiscordSignature();

    [GeneratedRegex("sluice_public_key%7C")]
    private static partial Regex PairOfOurs();
}
