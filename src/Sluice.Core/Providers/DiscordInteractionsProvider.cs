using System.Text;
using Sluice.Configuration;
using Sluice.Events;

namespace Sluice.Providers;

/// <summary>
/// Discord's interactions: commands, components and modals posted to an application's interactions endpoint. Signed as its events are
/// (see <see cref="DiscordProvider"/>). A PING (<c>type</c> 1) is answered <c>{"type":1}</c>. The id is the body's <c>id</c>. Discord expects an
/// interaction response in the answer, within 3 seconds, and repeats nothing.
/// (github.com/discord/discord-api-docs, developers/interactions/overview.mdx and receiving-and-responding.mdx, read 2026-11-22.)
/// </summary>
public sealed class DiscordInteractionsProvider : IProvider
{
    private static readonly JsonFields.Place[] Places = [new("id"), new("data/name")];

    public string Name => "discord_interactions";

    public ProviderFacts Facts { get; } = new()
    {
        Title = "Discord interactions",
        Source = "github.com/discord/discord-api-docs, developers/interactions/receiving-and-responding.mdx, read 2026-11-22",
        Deadline = TimeSpan.FromSeconds(3),
        RetryHorizon = TimeSpan.Zero,
        RetryDelays = [],
    };

    public string SampleType => "application_command";

    public SignatureScheme Scheme(SourceSettings settings, ICollection<string> errors) => DiscordProvider.DiscordSignature;

    public EventDescription Describe(Envelope envelope, SourceSettings settings)
    {
        if (!JsonNumber.TryReadTop(envelope.Body.Span, "type"u8, out var type)) return default;
        return new(JsonDescription.Read(envelope, Places).Id, type switch
        {
            2 => "application_command",
            3 => "message_component",
            4 => "application_command_autocomplete",
            5 => "modal_submit",
            _ => null,
        });
    }

    public Answer? Handshake(Envelope envelope, SourceSettings settings) =>
        JsonNumber.TryReadTop(envelope.Body.Span, "type"u8, out var type) && type == 1 ? Answer.Json("""{"type":1}""") : null;

    public Sample CreateSample(string type, string id, DateTimeOffset at) => new(Encoding.UTF8.GetBytes($$"""
        {
          "id": {{Json.Text(id)}},
          "application_id": "1234560123453231555",
          "type": {{type switch { "message_component" => 3, "application_command_autocomplete" => 4, "modal_submit" => 5, _ => 2 }}},
          "token": "unused",
          "data": { "id": "771825006014889984", "name": "cardsearch" },
          "version": 1
        }
        """), "application/json");

    public SentRequest? CreateHandshake(Uri url, SourceSettings settings) => new()
    {
        Url = url,
        Body = """{"application_id":"1234560123453231555","id":"787053080478613555","token":"unused","type":1,"version":1}"""u8.ToArray(),
        ContentType = "application/json",
    };
}
