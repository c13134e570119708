using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Sluice.Events;

namespace Sluice.Providers;

/// <summary>Checks the token of a request: first that it is genuine, then whose and for whom it is, then its time.</summary>
internal sealed class JwtVerifier(JwtScheme scheme, IReadOnlyList<DatedKey<SecurityKey>> own, FetchedKeys<DatedKey<SecurityKey>>? fetched, TimeSpan tolerance) : ISignatureVerifier
{
    private const int LongestToken = 8 * 1024;

    private static readonly JsonWebTokenHandler Tokens = new() { MaximumTokenSizeInBytes = LongestToken };

    private IReadOnlyList<DatedKey<SecurityKey>> Current => fetched?.Current ?? own;

    int ISignatureVerifier.Keys => Current.Count;

    public bool IsUsable(DateTimeOffset now) => fetched is null ? DatedKeys.IsUsable(own, now) : !fetched.IsUnavailable;

    public async ValueTask FetchAsync(Envelope envelope, CancellationToken cancellationToken)
    {
        var now = envelope.ReceivedAt;
        if (fetched?.MayChange(envelope.RemoteAddress, now) != true) return;
        // A key that is not known may be a new one; what is no token of this issuer's kind is worth no question.
        var found = Verify(envelope, now).Result;
        if (found is SignatureResult.UntrustedKey or SignatureResult.KeyUnavailable or SignatureResult.Mismatch || (found == SignatureResult.Valid && fetched.IsOld(now))) await fetched.RefreshAsync(envelope.RemoteAddress, now);
    }

    public SignatureCheck Verify(Envelope envelope, DateTimeOffset now)
    {
        var fault = Find(envelope, out var text);
        if (fault != SignatureResult.Valid) return new(fault);
        if (Read(text) is not { } token) return new(SignatureResult.MalformedSignature);
        // The token cannot choose: not another algorithm, not none, and no extension that would have to be understood.
        if (token.Alg != scheme.Algorithm || token.TryGetHeaderValue<object>("crit", out _)) return new(SignatureResult.MalformedSignature);
        if (Current.Count == 0) return new(SignatureResult.KeyUnavailable);

        var id = string.IsNullOrEmpty(token.Kid) ? null : token.Kid;
        if (id is not null && !Current.Any(key => IsNamed(key.Key, id))) return new(SignatureResult.UntrustedKey);
        var check = DatedKeys.Find(Current, now, (token, id, scheme.Algorithm), static (key, state) => IsNamed(key, state.id) && IsGenuine(state.token, key, state.Algorithm));
        if (!check.IsValid) return check;
        var judged = Judge(check, token, now);
        if (judged.IsValid) fetched?.WasGenuine(envelope.RemoteAddress);
        return judged;
    }

    private SignatureCheck Judge(SignatureCheck genuine, JsonWebToken token, DateTimeOffset now)
    {
        if (token.Issuer != scheme.Issuer || !token.Audiences.Contains(scheme.Audience, StringComparer.Ordinal)) return genuine with { Result = SignatureResult.WrongClaims };
        foreach (var (name, value) in scheme.Claims)
        {
            if (!token.TryGetPayloadValue<object>(name, out var found) || (found is bool flag ? (flag ? "true" : "false") : found as string) != value) return genuine with { Result = SignatureResult.WrongClaims };
        }

        if (!token.TryGetPayloadValue<double>("exp", out var end)) return genuine with { Result = SignatureResult.MissingTimestamp };
        var seconds = now.ToUnixTimeMilliseconds() / 1000.0;
        if (!(seconds < end + tolerance.TotalSeconds)) return genuine with { Result = SignatureResult.TokenExpired };
        foreach (var name in new[] { "nbf", "iat" })
        {
            if (!token.TryGetPayloadValue<object>(name, out _)) continue;
            if (!token.TryGetPayloadValue<double>(name, out var start)) return genuine with { Result = SignatureResult.MalformedTimestamp };
            if (!(seconds >= start - tolerance.TotalSeconds)) return genuine with { Result = SignatureResult.TimestampInFuture };
        }

        return genuine;
    }

    private static SignatureResult Find(Envelope envelope, out string token)
    {
        token = "";
        var header = envelope.Headers.Single("Authorization", out var headers);
        var parameter = Query.Value(envelope.Target, "access_token", out var parameters);
        if (headers + parameters > 1) return SignatureResult.AmbiguousHeader;
        if (parameters == 1) token = parameter.Length <= LongestToken ? parameter.ToString() : "";
        else if (string.IsNullOrEmpty(header)) return SignatureResult.MissingSignature;
        else if (header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) && header.Length <= LongestToken) token = header["Bearer ".Length..];
        return token.AsSpan().Count('.') == 2 ? SignatureResult.Valid : SignatureResult.MalformedSignature;
    }

    private static JsonWebToken? Read(string text)
    {
        try
        {
            return Tokens.ReadJsonWebToken(text);
        }
        catch (Exception e) when (e is ArgumentException or SecurityTokenException or FormatException or InvalidOperationException or System.Text.Json.JsonException)
        {
            return null;
        }
    }

    private static bool IsNamed(SecurityKey key, string? id) => id is null || key.KeyId is null or "" || key.KeyId == id;

    private static bool IsGenuine(JsonWebToken token, SecurityKey key, string algorithm)
    {
        var validation = Tokens.ValidateTokenAsync(token, new TokenValidationParameters
        {
            IssuerSigningKey = key,
            ValidAlgorithms = [algorithm],
            TryAllIssuerSigningKeys = true,
            // Judged afterwards, at the time the request came.
            ValidateIssuer = false,
            ValidateAudience = false,
            ValidateLifetime = false,
        });
        // With the key at hand there is nothing to wait for.
        return validation.IsCompletedSuccessfully && validation.Result.IsValid;
    }
}
