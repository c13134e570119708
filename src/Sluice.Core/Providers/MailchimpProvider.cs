using System.Text;
using Sluice.Configuration;
using Sluice.Events;

namespace Sluice.Providers;

/// <summary>
/// Mailchimp's audience webhooks. Nothing is signed, so the secret is in the URL; bodies are forms. When a webhook is saved, its URL is
/// asked with GET (or an empty POST) and has to answer 200. There is no id: it is made of <c>type</c>, <c>fired_at</c> and the contact's
/// or campaign's id or address. (mailchimp.com/developer, sync audience data with webhooks, read 2026-11-22.)
/// </summary>
public sealed class MailchimpProvider : IProvider
{
    private static readonly PathSecretScheme InPath = new();
    private static readonly string[] Subjects = ["data[id]", "data[new_id]", "data[email]", "data[new_email]"];

    public string Name => "mailchimp";

    public ProviderFacts Facts { get; } = new()
    {
        Title = "Mailchimp",
        Source = "mailchimp.com/developer, marketing webhooks, read 2026-11-22",
        Deadline = TimeSpan.FromSeconds(10),
        RetryHorizon = TimeSpan.FromMinutes(75),
        Unconfirmed = ["Whether a URL is validated by GET or by an empty POST: both are answered 200.", "Two changes of one contact of the same type within one second have the same id here."],
    };

    public string SampleType => "subscribe";

    public SignatureScheme Scheme(SourceSettings settings, ICollection<string> errors) => InPath;

    public EventDescription Describe(Envelope envelope, SourceSettings settings)
    {
        var body = envelope.Body.Span;
        var type = FormBody.Single(body, "type");
        string? subject = null;
        for (var i = 0; i < Subjects.Length && string.IsNullOrEmpty(subject); i++) subject = FormBody.Single(body, Subjects[i]);
        return new(JsonDescription.IdOf(type, FormBody.Single(body, "fired_at"), subject), type);
    }

    public Answer? Greet(Envelope envelope, SourceSettings settings) => envelope.Method is "GET" or "HEAD" ? Answer.Empty(200) : null;

    public Answer? Handshake(Envelope envelope, SourceSettings settings) => envelope.Body.IsEmpty ? Answer.Empty(200) : null;

    public Sample CreateSample(string type, string id, DateTimeOffset at) => new(
        Encoding.UTF8.GetBytes($"type={Uri.EscapeDataString(type)}&fired_at={Uri.EscapeDataString($"{at:yyyy-MM-dd HH:mm:ss}")}&data%5Bid%5D={Uri.EscapeDataString(id)}&data%5Bemail%5D=jane%40example.com&data%5Blist_id%5D=a6b5da1054"),
        "application/x-www-form-urlencoded");

    // Asked at the URL it was given, its secret included.
    public SentRequest? CreateHandshake(Uri url, SourceSettings settings) => Challenge.Ask("GET", url) with { IsSigned = true };
}
