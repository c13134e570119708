using System.Text;
using Sluice.Configuration;
using Sluice.Events;

namespace Sluice.Providers;

/// <summary>
/// Typeform. <c>Typeform-Signature: sha256=...</c>, HMAC-SHA256 in base64 over the body. Id and type are the body's <c>event_id</c> and
/// <c>event_type</c>. (typeform.com/developers, secure your webhooks, read 2026-11-22.)
/// </summary>
public sealed class TypeformProvider : IProvider
{
    private static readonly JsonFields.Place[] IdAndType = [new("event_id"), new("event_type")];

    private static readonly HmacScheme TypeformSignature = new()
    {
        Encoding = SignatureEncoding.Base64,
        Form = SignatureForm.Single,
        Prefix = "sha256=",
        Content = SignedContent.Parse("{body}"),
        Headers = [new("Typeform-Signature")],
    };

    public string Name => "typeform";

    public ProviderFacts Facts { get; } = new()
    {
        Title = "Typeform",
        Source = "typeform.com/developers, webhooks, read 2026-11-22",
        Deadline = TimeSpan.FromSeconds(30),
        Unconfirmed = ["its deadline", "how long it repeats"],
    };

    public string SampleType => "form_response";

    public SignatureScheme Scheme(SourceSettings settings, ICollection<string> errors) => TypeformSignature;

    public EventDescription Describe(Envelope envelope, SourceSettings settings) => JsonDescription.Read(envelope, IdAndType);

    public Sample CreateSample(string type, string id, DateTimeOffset at) => new(Encoding.UTF8.GetBytes($$"""
        {
          "event_id": {{Json.Text(id)}},
          "event_type": {{Json.Text(type)}},
          "form_response": { "form_id": "lT4Z3j", "token": "a3a12ec67a1365927098a606107fac15", "submitted_at": "{{at:yyyy-MM-ddTHH:mm:ssZ}}", "answers": [] }
        }
        """), "application/json");
}
