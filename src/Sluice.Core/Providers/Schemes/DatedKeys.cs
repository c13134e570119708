using Sluice.Configuration;

namespace Sluice.Providers;

/// <summary>A key and the time it is valid for: from <c>NotBefore</c> (inclusive) to <c>NotAfter</c> (exclusive).</summary>
internal sealed record DatedKey<T>(T Key, DateTimeOffset? NotBefore = null, DateTimeOffset? NotAfter = null)
{
    public bool IsEarly(DateTimeOffset now) => now < NotBefore;

    public bool IsLate(DateTimeOffset now) => now >= NotAfter;

    public override string ToString() => nameof(DatedKey<T>);
}

/// <summary>The keys of a source, several while they are rotated.</summary>
internal static class DatedKeys
{
    public static bool IsUsable<T>(IReadOnlyList<DatedKey<T>> keys, DateTimeOffset now) => keys.Any(key => !key.IsEarly(now) && !key.IsLate(now));

    /// <summary>Which key matches: one that is valid now, else one whose time is over or to come, else none.</summary>
    public static SignatureCheck Find<T, TState>(IReadOnlyList<DatedKey<T>> keys, DateTimeOffset now, TState state, Func<T, TState, bool> matches)
        where TState : allows ref struct
    {
        var found = new SignatureCheck(SignatureResult.NoUsableSecret);
        for (var i = 0; i < keys.Count; i++)
        {
            var (early, late) = (keys[i].IsEarly(now), keys[i].IsLate(now));
            if (!early && !late && found.Result == SignatureResult.NoUsableSecret) found = new(SignatureResult.Mismatch);
            if (!matches(keys[i].Key, state)) continue;
            if (!early && !late) return new(SignatureResult.Valid, i);
            found = new(early ? SignatureResult.SecretNotYetValid : SignatureResult.SecretExpired, i);
        }

        return found;
    }

    /// <summary>Reads the source's secrets; null when one of them cannot be used or there is none: the caller has said so of none.</summary>
    /// <param name="read">The key, or null and what is wrong with it: never the secret itself.</param>
    public static List<DatedKey<T>>? Read<T>(SourceSettings settings, ICollection<ConfigurationError> errors, Func<string, (T? Key, string? Error)> read)
        where T : class => Read(settings.Secrets, settings.Name, errors, read);

    /// <summary>Reads secrets or public keys; null when one of them cannot be used or there is none.</summary>
    public static List<DatedKey<T>>? Read<T>(IReadOnlyList<SecretSettings> secrets, string source, ICollection<ConfigurationError> errors, Func<string, (T? Key, string? Error)> read)
        where T : class
    {
        var keys = new List<DatedKey<T>>();
        foreach (var secret in secrets)
        {
            var (key, error) = Plain(secret.Value) is { } fault ? (null, fault) : read(secret.Value);
            if (key is not null) keys.Add(new(key, secret.NotBefore, secret.NotAfter));
            else errors.Add(new(secret.Entry, error!, source));
        }

        return keys.Count == secrets.Count && keys.Count > 0 ? keys : null;
    }

    private static string? Plain(string secret) =>
        string.IsNullOrWhiteSpace(secret) ? "is empty; set it to the secret the sender shows"
        : secret != secret.Trim() ? "has white space around it; remove it"
        : null;
}
