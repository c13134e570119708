using System.Buffers;
using System.Text.Json;
using Sluice.Events;

namespace Sluice.Delivery;

/// <summary>
/// An event as a message for Slack's incoming webhooks and those that follow them: <c>{"text": "..."}</c> and nothing else, as it is not
/// written down what they make of other fields. (docs.slack.dev, "Sending messages using incoming webhooks", read 2026-11-22.)
/// </summary>
internal static class SlackMessage
{
    public const string ContentType = "application/json; charset=utf-8";

    private const int Longest = 2000;

    /// <summary>The event's own line where its body has one, as Sluice's notices do; otherwise what it is and how to find it.</summary>
    public static ReadOnlyMemory<byte> Of(WebhookEvent webhook)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("text", Escape(SafeText.OneLine(OwnText(webhook) ?? $"{webhook.Source}: {webhook.Type} (event {webhook.Id})", Longest)));
            writer.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    // What Slack would take for a link, a mention or a command to notify everybody.
    private static string Escape(string text) => text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);

    private static string? OwnText(WebhookEvent webhook)
    {
        if (webhook.Source != Notices.Notice.Source) return null;
        using var body = JsonDocument.Parse(webhook.Body);
        return body.RootElement.TryGetProperty("text", out var text) ? text.GetString() : null;
    }
}
