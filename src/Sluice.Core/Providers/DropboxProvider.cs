using System.Text;
using Sluice.Configuration;
using Sluice.Events;

namespace Sluice.Providers;

/// <summary>
/// Dropbox. <c>X-Dropbox-Signature</c>, HMAC-SHA256 in hex over the body, keyed with the app secret; a GET with <c>challenge</c> is answered with it.
/// A webhook only says whose files changed: no id, and two changes are the same bytes. So each arrival is an event of its own; a
/// repeat makes one too many, where one too few would be a change never looked at. (dropbox.com/developers/reference/webhooks, read 2026-11-22.)
/// </summary>
public sealed class DropboxProvider : IProvider
{
    private static readonly HmacScheme DropboxSignature = new()
    {
        Encoding = SignatureEncoding.HexLower,
        Form = SignatureForm.Single,
        Content = SignedContent.Parse("{body}"),
        Headers = [new("X-Dropbox-Signature")],
    };

    public string Name => "dropbox";

    public ProviderFacts Facts { get; } = new()
    {
        Title = "Dropbox",
        Source = "dropbox.com/developers, webhooks, read 2026-11-22",
        Deadline = TimeSpan.FromSeconds(10),
        Unconfirmed = ["how long it repeats", "the characters and the length of its challenge"],
    };

    public string SampleType => "list_folder";

    public SignatureScheme Scheme(SourceSettings settings, ICollection<string> errors) => DropboxSignature;

    public EventDescription Describe(Envelope envelope, SourceSettings settings) => new(ArrivalId.Of(envelope), JsonAt.Has(envelope.Body.Span, "list_folder") ? "list_folder" : null);

    public Answer? Greet(Envelope envelope, SourceSettings settings) => envelope.Method == "GET" ? Challenge.Echo(Query.Single(envelope.Target, "challenge")) : null;

    public Sample CreateSample(string type, string id, DateTimeOffset at) => new(Encoding.UTF8.GetBytes($$"""
        { {{Json.Text(type)}}: { "accounts": [{{Json.Text("dbid:" + id)}}] }, "delta": { "users": [12345678] } }
        """), "application/json");

    public SentRequest? CreateHandshake(Uri url, SourceSettings settings) => Challenge.Ask("GET", url, ("challenge", "VnuOt4CaTRmHDk-mbFcj_VEIHrKJOWIzMBXqTSj3tB"));
}
