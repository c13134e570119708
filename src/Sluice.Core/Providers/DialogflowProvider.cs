using System.Text;
using Sluice.Configuration;
using Sluice.Events;

namespace Sluice.Providers;

/// <summary>
/// Dialogflow ES and CX fulfilment. It signs nothing; a source chooses how the caller proves itself: <c>Secrets</c> as <c>user:password</c> for Basic,
/// <c>TokenHeader</c> with secrets as that header's value, or <c>ServiceAccount</c> for the identity token that Google issues to the agent's service
/// account (issuer accounts.google.com, <c>Audience</c> or the source's <c>PublicUrl</c>). Anybody with a Google account gets tokens for any
/// audience: the account's address is what counts. (docs.cloud.google.com, dialogflow/es fulfillment webhook and dialogflow/cx webhook, read 2026-11-22.)
/// </summary>
public sealed class DialogflowProvider(KeyClient? client = null) : IProvider
{
    private static readonly Uri GoogleKeys = new("https://www.googleapis.com/oauth2/v3/certs");
    private static readonly JsonFields.Place[] Places = [new("responseId"), new("detectIntentResponseId"), new("queryResult/action"), new("fulfillmentInfo/tag")];

    public string Name => "dialogflow";

    public ProviderFacts Facts { get; } = new()
    {
        Title = "Dialogflow",
        Source = "docs.cloud.google.com, Dialogflow ES fulfillment webhook, read 2026-11-22",
        Deadline = TimeSpan.FromSeconds(5),
        Unconfirmed = ["that responseId is one request's own", "the audience Google writes into the token: the webhook's URL is taken", "whether it tries again"],
    };

    public string SampleType => "sample.action";

    public IReadOnlyList<string> Settings { get; } = ["TokenHeader", "ServiceAccount", "Audience"];

    public SignatureScheme Scheme(SourceSettings settings, ICollection<string> errors)
    {
        var header = settings.Own.GetValueOrDefault("TokenHeader");
        var account = settings.Own.GetValueOrDefault("ServiceAccount");
        if (string.IsNullOrEmpty(account))
            return string.IsNullOrEmpty(header) ? new TokenScheme { Header = "Authorization", Prefix = "Basic ", IsBasic = true } : new TokenScheme { Header = header };

        if (!string.IsNullOrEmpty(header)) errors.Add("TokenHeader: is set beside ServiceAccount; keep one of them");
        var audience = settings.Own.GetValueOrDefault("Audience") is { Length: > 0 } own ? own : settings.PublicUrl?.OriginalString;
        if (audience is null) errors.Add("Audience: is missing; write the webhook's URL as the agent has it, here or as PublicUrl");
        return new JwtScheme
        {
            Issuer = "https://accounts.google.com",
            Audience = audience ?? "",
            Algorithm = "RS256",
            JwksUrl = settings.PublicKeys.Count == 0 ? GoogleKeys : null,
            Claims = [new("email", account), new("email_verified", "true")],
            Tolerance = TimeSpan.FromMinutes(1),
            Client = client ?? KeyClient.Shared,
        };
    }

    public EventDescription Describe(Envelope envelope, SourceSettings settings)
    {
        var values = new string?[Places.Length];
        return JsonFields.TryRead(envelope.Body.Span, Places, values) ? new(values[0] ?? values[1], values[2] is { Length: > 0 } action ? action : values[3]) : default;
    }

    public Sample CreateSample(string type, string id, DateTimeOffset at) => new(Encoding.UTF8.GetBytes($$"""
        {
          "responseId": {{Json.Text(id)}},
          "session": "projects/sample/agent/sessions/1",
          "queryResult": { "queryText": "hello", "action": {{Json.Text(type)}}, "languageCode": "en", "intent": { "displayName": "Welcome" } }
        }
        """), "application/json");
}
