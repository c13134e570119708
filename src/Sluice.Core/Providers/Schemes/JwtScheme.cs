using System.Security.Cryptography;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Sluice.Configuration;

namespace Sluice.Providers;

/// <summary>
/// A sender that shows a signed token (JWT) as <c>Authorization: Bearer</c> or in the query as <c>access_token</c>. The algorithm is the
/// source's and never the token's. A token proves who calls until it expires; it says nothing about the bytes.
/// </summary>
public sealed record JwtScheme : SignatureScheme
{
    public static IReadOnlyList<string> Algorithms { get; } = ["RS256", "ES256", "PS256"];

    public required string Issuer { get; init; }

    public required string Audience { get; init; }

    /// <summary>One of <see cref="Algorithms"/>.</summary>
    public required string Algorithm { get; init; }

    /// <summary>Where the issuer publishes its keys; null where the source has them.</summary>
    public Uri? JwksUrl { get; init; }

    /// <summary>Claims that have to be there with exactly these values.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Claims { get; init; } = [];

    public required KeyClient Client { get; init; }

    public override string Kind => $"JWT, {Algorithm}";

    public override bool ChecksPublicKeys => true;

    /// <summary>None: a token is a credential, and nobody else's business.</summary>
    public override IReadOnlyList<string> HeaderNames => [];

    public override IReadOnlyList<string> CredentialNames => ["Authorization"];

    public override ISignatureVerifier? Prepare(SourceSettings settings, ICollection<ConfigurationError> errors)
    {
        var tolerance = settings.Tolerance ?? Tolerance ?? TimeSpan.Zero;
        if (JwksUrl is { } url)
        {
            RefuseSecrets(settings, errors);
            return new JwtVerifier(this, [], new FetchedKeys<DatedKey<SecurityKey>>(async () => await Client.GetAsync(url, CancellationToken.None) is { } json ? JwtKeys.ReadSet(json, Algorithm) : null), tolerance);
        }

        RequirePublicKeys(settings, errors);
        return DatedKeys.Read(settings.PublicKeys, settings.Name, errors, text => JwtKeys.Read(text, Algorithm)) is { } keys ? new JwtVerifier(this, keys, null, tolerance) : null;
    }

    public override SentRequest Sign(SentRequest request, SourceSettings settings, string secret, DateTimeOffset at)
    {
        using AsymmetricAlgorithm key = Algorithm == "ES256" ? ECDsa.Create() : RSA.Create();
        PrivateKeys.Import(key, secret, Algorithm == "ES256" ? "an ECDSA private key" : "an RSA private key");
        SecurityKey signing = key is ECDsa curve ? new ECDsaSecurityKey(curve) : new RsaSecurityKey((RSA)key);
        var claims = new Dictionary<string, object> { ["iat"] = at.ToUnixTimeSeconds(), ["exp"] = at.AddMinutes(5).ToUnixTimeSeconds(), ["iss"] = Issuer, ["aud"] = Audience };
        foreach (var (name, value) in Claims) claims[name] = value == "true" ? true : value;
        var handler = new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false };
        var credentials = new SigningCredentials(signing, Algorithm) { CryptoProviderFactory = new CryptoProviderFactory { CacheSignatureProviders = false } };
        return request.With(new KeyValuePair<string, string>("Authorization", "Bearer " + handler.CreateToken(new SecurityTokenDescriptor { Claims = claims, SigningCredentials = credentials })));
    }
}
