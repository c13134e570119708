using System.Text.RegularExpressions;
using Sluice.Providers;

namespace Sluice.Core.Tests.Senders;

/// <summary>Where we differ from a sender's library on purpose, and why. A difference that no request shows any more fails the test.</summary>
internal static partial class KnownDifferences
{
    private static readonly string[] Families = ["webhook-", "svix-"];
    private static readonly string[] Parts = ["id", "timestamp", "signature"];
    private static readonly string[] Unsigned = ["X-Shopify-Topic", "X-Shopify-Shop-Domain", "X-Shopify-API-Version", "X-Shopify-Webhook-Id"];

    private static readonly Difference[] All =
    [
        // Ours refuses, the library accepts.
        new("stricter: a secret that is white space or surrounded by it is a mistake in the settings", "stripe github slack shopify square paddle twilio braintree",
            (item, ours) => ours is null && item.Secret != item.Secret.Trim()),
        new("stricter: 'whsec_' alone is no secret (the svix library takes it for an empty key)", "stripe github slack shopify svix square paddle", (item, ours) => ours is null && item.Secret == "whsec_"),
        new("stricter: the future has a limit too (the library knows only the past)", "stripe slack paddle", (_, ours) => ours == SignatureResult.TimestampInFuture),
        new("stricter: a timestamp has one spelling (the library reads it with parseInt or Number)", "stripe slack standard_webhooks svix paddle",
            (item, ours) => ours is SignatureResult.MalformedTimestamp or SignatureResult.MissingTimestamp && !Timestamps(item).All(Plain().IsMatch)),
        new("stricter: a header stands once (the library gets several joined by a comma)", "stripe slack standard_webhooks svix paddle sendgrid",
            (item, ours) => ours == SignatureResult.AmbiguousHeader && SignatureNames(item).Any(name => item.Count(name) > 1)),
        new("stricter: one timestamp in a header (the library takes the last)", "stripe paddle",
            (item, ours) => ours == SignatureResult.AmbiguousHeader && Timestamps(item).Count() > 1),
        new("stricter: at most 16 signatures", "stripe standard_webhooks svix paddle",
            (item, ours) => ours == SignatureResult.MalformedSignature && SignatureNames(item).Any(name => Signatures().Count(item.Header(name) ?? "") > 16)),
        new("stricter: nothing may follow a signature (the library cuts at a second = or comma)", "stripe slack standard_webhooks svix paddle",
            (item, ours) => ours is SignatureResult.Mismatch && SignatureNames(item).Any(name => Tail().IsMatch(item.Header(name) ?? ""))),
        new("stricter: nothing is accepted unsigned (the library lets ssl_check through)", "slack",
            (item, ours) => item.Header("Content-Type") == "application/x-www-form-urlencoded" && SslCheck().IsMatch(item.Body)),
        new("stricter: webhook-* and svix-* headers are not mixed", "svix",
            (item, ours) => ours is not null && Families.All(family => Parts.Any(part => item.Header(family + part) is not null))),

        // Ours accepts, the library refuses.
        new("looser: an empty body that is signed is a body", "stripe github shopify", (item, ours) => ours == SignatureResult.Valid && item.Body.Length == 0),
        new("looser: a malformed v1 does not spoil the genuine one beside it (the library throws)", "stripe",
            (item, ours) => ours == SignatureResult.Valid && BadEntry().IsMatch(item.Header("Stripe-Signature")!)),
        new("looser: a t without a value is no timestamp (the library takes it for NaN)", "stripe",
            (item, ours) => ours == SignatureResult.Valid && Timestamps(item).Count(time => time.Length > 0) == 1 && Timestamps(item).Contains("")),
        new("looser: headers that are not signed may be missing", "shopify",
            (item, ours) => ours == SignatureResult.Valid && Unsigned.Any(name => string.IsNullOrEmpty(item.Header(name)))),
        new("looser: only X-Shopify-Hmac-SHA256 is read (the library prefers Shopify-Hmac-SHA256, of its newer events)", "shopify",
            (item, ours) => ours == SignatureResult.Valid && !string.IsNullOrEmpty(item.Header("Shopify-Hmac-SHA256"))),
        new("looser: the svix-* names are read too", "standard_webhooks",
            (item, ours) => ours == SignatureResult.Valid && string.IsNullOrEmpty(item.Header("webhook-signature"))),
    ];

    /// <summary>The named reason for a difference, or null.</summary>
    public static string? Reason(SenderCase item, SignatureResult? ours) => Of(item.Sender).FirstOrDefault(difference =>
        difference.Reason.StartsWith(ours == SignatureResult.Valid ? "looser" : "stricter", StringComparison.Ordinal) && difference.Applies(item, ours))?.Reason;

    public static IEnumerable<string> Reasons(string sender) => Of(sender).Select(difference => difference.Reason);

    private static IEnumerable<Difference> Of(string sender) => All.Concat(OfOtherKinds).Where(difference => difference.Senders.Split(' ').Contains(sender));

    private static string[] SignatureNames(SenderCase item) => item.Sender switch
    {
        "stripe" => ["Stripe-Signature"],
        "slack" => ["X-Slack-Signature", "X-Slack-Request-Timestamp"],
        "paddle" => ["Paddle-Signature"],
        "sendgrid" => ["X-Twilio-Email-Event-Webhook-Signature", "X-Twilio-Email-Event-Webhook-Timestamp"],
        _ => [.. Families.SelectMany(family => Parts.Select(part => family + part))],
    };

    private static IEnumerable<string> Timestamps(SenderCase item) => item.Sender switch
    {
        "stripe" => TimeOfPairs().Matches(item.Header("Stripe-Signature") ?? "").Select(match => match.Groups[1].Value),
        "slack" => [item.Header("X-Slack-Request-Timestamp") ?? ""],
        "paddle" => TimeOfPaddle().Matches(item.Header("Paddle-Signature") ?? "").Select(match => match.Groups[1].Value),
        _ => Families.Select(family => item.Header(family + "timestamp")).OfType<string>(),
    };

    [GeneratedRegex(@"\A(0|[1-9][0-9]{0,11})\z")]
    private static partial Regex Plain();

    [GeneratedRegex("(?<=^|,)t(?:=([^,]*))?(?=,|$)")]
    private static partial Regex TimeOfPairs();

    [GeneratedRegex("(?:^|;)ts=([^;]*)")]
    private static partial Regex TimeOfPaddle();

    [GeneratedRegex("(?:^|[, ])v1[=,]|(?:^|;)h1=")]
    private static partial Regex Signatures();

    [GeneratedRegex("(?:^|[,;])[vh][01]=[0-9a-f]{64}=|(?:^| )v1,[A-Za-z0-9+/]{43}=,")]
    private static partial Regex Tail();

    [GeneratedRegex("(?:^|&)ssl_check=1(?:&|$)")]
    private static partial Regex SslCheck();

    // Empty, without a value, or of 64 characters that are more than 64 bytes.
    [GeneratedRegex("(?:^|,)v1(?:=?(?:,|$)|=[^,]*[^\0-\x7f])")]
    private static partial Regex BadEntry();

    private sealed record Difference(string Reason, string Senders, Func<SenderCase, SignatureResult?, bool> Applies);
}
