using System.Text;
using Sluice.Configuration;
using Sluice.Events;

namespace Sluice.Providers;

/// <summary>
/// Travis CI. RSA with SHA-1 over the decoded form field <c>payload</c>, base64 in <c>Signature</c>; the public key is at api.travis-ci.com/config.
/// The id is the build's, with its state and when it got there, since a build reports several times and may be restarted.
/// (docs.travis-ci.com, configuring build notifications, verifying webhook requests, read 2026-11-22.)
/// </summary>
public sealed class TravisCiProvider(KeyClient? client = null) : IProvider
{
    private static readonly JsonFields.Place[] Places = [new("state"), new("type"), new("started_at"), new("finished_at")];

    private readonly TravisScheme scheme = new(client ?? KeyClient.Shared);

    public string Name => "travisci";

    public ProviderFacts Facts { get; } = new()
    {
        Title = "Travis CI",
        Source = "docs.travis-ci.com, configuring build notifications, read 2026-11-22",
        Unconfirmed = ["how long it waits for an answer and whether it tries again", "that the form never has a field beside payload: such a request is refused here"],
    };

    public string SampleType => "push.passed";

    public IReadOnlyList<string> Headers { get; } = ["Travis-Repo-Slug"];

    public SignatureScheme Scheme(SourceSettings settings, ICollection<string> errors) => scheme;

    public EventDescription Describe(Envelope envelope, SourceSettings settings)
    {
        if (FormBody.Exactly(envelope.Body.Span, "payload") is not [var payload]) return default;
        var values = new string?[Places.Length];
        if (!JsonFields.TryRead(payload, Places, values)) return default;
        var type = values[0] is { } state ? $"{values[1] ?? "build"}.{state}" : values[1];
        return new(JsonNumber.TryReadTop(payload, "id"u8, out var id) ? $"{id}:{values[0]}:{values[3] ?? values[2]}" : null, type);
    }

    public Sample CreateSample(string type, string id, DateTimeOffset at)
    {
        var dot = type.IndexOf('.', StringComparison.Ordinal);
        var number = long.TryParse(id, out var given) ? given : Math.Abs((long)id.GetHashCode(StringComparison.Ordinal));
        return new(FormBody.Encode(("payload", $$"""{"id":{{number}},"number":"1","type":{{Json.Text(dot < 0 ? "push" : type[..dot])}},"state":{{Json.Text(type[(dot + 1)..])}},"started_at":"{{at:yyyy-MM-ddTHH:mm:ssZ}}","finished_at":"{{at:yyyy-MM-ddTHH:mm:ssZ}}","repository":{"id":1,"name":"hello","owner_name":"octocat"},"branch":"main"}""")),
            "application/x-www-form-urlencoded", new KeyValuePair<string, string>("Travis-Repo-Slug", "octocat/hello"));
    }
}
