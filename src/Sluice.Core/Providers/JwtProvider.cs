using System.Text;
using Sluice.Configuration;
using Sluice.Events;

namespace Sluice.Providers;

/// <summary>
/// Any sender that shows a signed token, described by the source's settings: <c>Issuer</c>, <c>Audience</c>, <c>Algorithm</c>, <c>JwksUrl</c> or
/// <c>PublicKeys</c>, <c>Subject</c>, and <c>IdHeader</c> and <c>TypeHeader</c> as for the provider hmac. (RFC 7519, RFC 8725, RFC 6750, read 2026-11-22.)
/// </summary>
public sealed class JwtProvider(KeyClient? client = null) : IProvider
{
    private static readonly JsonFields.Place[] IdAndType = [new("id"), new("type")];

    public string Name => "jwt";

    public ProviderFacts Facts { get; } = new() { Title = "Any sender that shows a signed token (JWT)", Source = "the settings of the source" };

    public string SampleType => "sample.created";

    public IReadOnlyList<string> Settings { get; } = ["Issuer", "Audience", "JwksUrl", "Subject"];

    public SignatureScheme Scheme(SourceSettings settings, ICollection<string> errors)
    {
        var own = settings.Own;
        if (string.IsNullOrEmpty(own.GetValueOrDefault("Issuer"))) errors.Add("Issuer: is missing; write the token's iss to the letter");
        if (string.IsNullOrEmpty(own.GetValueOrDefault("Audience"))) errors.Add("Audience: is missing; a token for anybody else would do, so write the token's aud to the letter");
        var algorithm = settings.Algorithm ?? "RS256";
        if (!JwtScheme.Algorithms.Contains(algorithm)) errors.Add($"Algorithm: is none for this; use {string.Join(", ", JwtScheme.Algorithms)}");

        Uri? keys = null;
        if (own.GetValueOrDefault("JwksUrl") is { Length: > 0 } text)
        {
            if (!Uri.TryCreate(text, UriKind.Absolute, out keys) || keys.Scheme != Uri.UriSchemeHttps || keys.UserInfo.Length > 0) errors.Add("JwksUrl: is no https address without user name");
            if (settings.PublicKeys.Count > 0) errors.Add("JwksUrl: is set beside PublicKeys; keep one of them");
        }

        return new JwtScheme
        {
            Issuer = own.GetValueOrDefault("Issuer") ?? "",
            Audience = own.GetValueOrDefault("Audience") ?? "",
            Algorithm = algorithm,
            JwksUrl = keys,
            Claims = own.GetValueOrDefault("Subject") is { Length: > 0 } subject ? [new("sub", subject)] : [],
            Tolerance = TimeSpan.FromMinutes(1),
            Client = client ?? KeyClient.Shared,
        };
    }

    public EventDescription Describe(Envelope envelope, SourceSettings settings)
    {
        var body = settings.IdHeader is null || settings.TypeHeader is null ? JsonDescription.Read(envelope, IdAndType) : default;
        return new(
            settings.IdHeader is null ? body.Id : envelope.Headers.Single(settings.IdHeader, out _),
            settings.TypeHeader is null ? body.Type : envelope.Headers.Single(settings.TypeHeader, out _));
    }

    public Sample CreateSample(string type, string id, DateTimeOffset at) => new(Encoding.UTF8.GetBytes($$"""
        { "id": {{Json.Text(id)}}, "type": {{Json.Text(type)}}, "createdAt": "{{at:yyyy-MM-ddTHH:mm:ssZ}}" }
        """), "application/json");
}
