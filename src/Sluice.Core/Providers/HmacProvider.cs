using System.Security.Cryptography;
using System.Text;
using Sluice.Configuration;
using Sluice.Events;

namespace Sluice.Providers;

/// <summary>
/// Any sender that signs with HMAC, described by the source's settings: <c>Algorithm</c>, <c>Encoding</c>, <c>SignatureHeader</c>,
/// <c>SignaturePrefix</c>, <c>TimestampHeader</c>, <c>SignedContent</c>, <c>IdHeader</c>, <c>TypeHeader</c>.
/// Without <c>IdHeader</c> the bytes' hash is the idempotency key; without <c>TypeHeader</c> the body's <c>type</c> is the type.
/// </summary>
public sealed class HmacProvider : IProvider
{
    private static readonly TimeSpan DefaultTolerance = TimeSpan.FromMinutes(5);

    public string Name => "hmac";

    public ProviderFacts Facts { get; } = new()
    {
        Title = "Any sender that signs with HMAC",
        Source = "the settings of the source",
    };

    public string SampleType => "sample.created";

    public SignatureScheme Scheme(SourceSettings settings, ICollection<string> errors)
    {
        var template = settings.SignedContent ?? (settings.TimestampHeader is null ? "{body}" : "{timestamp}.{body}");
        if (!SignedContent.TryParse(template, out var content, out var fault))
        {
            errors.Add($"SignedContent: {fault}");
            content = SignedContent.Parse("{body}");
        }

        if (string.IsNullOrEmpty(settings.SignatureHeader)) errors.Add("SignatureHeader: is missing; name the header that carries the signature");
        if (content.HasTimestamp && settings.TimestampHeader is null) errors.Add("TimestampHeader: is missing; SignedContent has {timestamp}, so name the header that carries it");
        if (!content.HasTimestamp && settings.TimestampHeader is not null) errors.Add("SignedContent: has no {timestamp}; a time that is not signed proves nothing, so add it or remove TimestampHeader");
        if (content.HasId && settings.IdHeader is null) errors.Add("IdHeader: is missing; SignedContent has {id}, so name the header that carries it");

        return new HmacScheme
        {
            Algorithm = (settings.Algorithm ?? "sha256") switch
            {
                "sha1" => HashAlgorithmName.SHA1,
                "sha256" => HashAlgorithmName.SHA256,
                "sha384" => HashAlgorithmName.SHA384,
                "sha512" => HashAlgorithmName.SHA512,
                var other => Fault(errors, $"Algorithm: '{other}' is not known; use sha256, sha384, sha512 or sha1", HashAlgorithmName.SHA256),
            },
            Encoding = (settings.Encoding ?? "hex") switch
            {
                "hex" => SignatureEncoding.Hex,
                "base64" => SignatureEncoding.Base64,
                var other => Fault(errors, $"Encoding: '{other}' is not known; use hex or base64", SignatureEncoding.Hex),
            },
            Form = SignatureForm.Single,
            Prefix = settings.SignaturePrefix ?? "",
            Content = content,
            Headers = [new(settings.SignatureHeader ?? "", settings.TimestampHeader, settings.IdHeader)],
            Tolerance = content.HasTimestamp ? DefaultTolerance : null,
        };
    }

    public EventDescription Describe(Envelope envelope, SourceSettings settings) => JsonDescription.BySettings(envelope, settings);

    public Sample CreateSample(string type, string id, DateTimeOffset at) => new(Encoding.UTF8.GetBytes($$"""
        { "id": {{Json.Text(id)}}, "type": {{Json.Text(type)}}, "createdAt": "{{at:yyyy-MM-ddTHH:mm:ssZ}}" }
        """), "application/json");

    private static T Fault<T>(ICollection<string> errors, string error, T instead)
    {
        errors.Add(error);
        return instead;
    }
}
