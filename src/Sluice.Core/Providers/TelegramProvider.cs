using System.Text;
using Sluice.Configuration;
using Sluice.Events;

namespace Sluice.Providers;

/// <summary>
/// Telegram's Bot API. <c>X-Telegram-Bot-Api-Secret-Token</c> is the <c>secret_token</c> that <c>setWebhook</c> was given: nothing is
/// signed. The id is <c>update_id</c>; the type is the name of the update's other member, such as <c>message</c> or
/// <c>callback_query</c>. (core.telegram.org/bots/api, setWebhook and Update, read 2026-11-22.)
/// </summary>
public sealed class TelegramProvider : IProvider
{
    private static readonly TokenScheme Token = new() { Header = "X-Telegram-Bot-Api-Secret-Token" };

    public string Name => "telegram";

    public ProviderFacts Facts { get; } = new()
    {
        Title = "Telegram",
        Source = "core.telegram.org/bots/api, setWebhook, read 2026-11-22",
        // The default of max_connections.
        Burst = 40,
        Unconfirmed = ["How long Telegram waits for an answer and how long it repeats an update: it only says that it gives up after a reasonable number of attempts."],
    };

    public string SampleType => "message";

    public SignatureScheme Scheme(SourceSettings settings, ICollection<string> errors) => Token;

    public EventDescription Describe(Envelope envelope, SourceSettings settings) =>
        new(JsonAt.Text(envelope.Body.Span, "update_id"), JsonAt.FirstName(envelope.Body.Span, "update_id"));

    // update_id is a number: that of the sample is made of its id.
    public Sample CreateSample(string type, string id, DateTimeOffset at) => new(Encoding.UTF8.GetBytes($$"""
        {
          "update_id": {{Json.Number(id)}},
          {{Json.Text(type)}}: { "message_id": 1, "date": {{at.ToUnixTimeSeconds()}}, "chat": { "id": 1111111, "type": "private" }, "text": {{Json.Text(id)}} }
        }
        """), "application/json");
}
