using Sluice.Configuration;
using Sluice.Events;
using Sluice.Providers;

namespace Sluice.Diagnosis;

/// <summary>What there is to say of a proof that is genuine and is not accepted all the same: its time, its secret's time, whose token it is.</summary>
internal static class Remarks
{
    /// <summary>Whether a key matched, whatever else was wrong.</summary>
    public static bool IsGenuine(SignatureCheck check) => check.Secret >= 0;

    public static IEnumerable<Cause> Of(Trial trial, SignatureCheck check, DateTimeOffset now)
    {
        if (check.Result is SignatureResult.SecretExpired or SignatureResult.SecretNotYetValid)
        {
            yield return OfSecret(trial, check, now);
            // Behind the secret's time the verifier looked no further.
            check = trial.With(Undated(trial.Settings)).Check(now);
        }

        if (OfProof(trial, check.Result, now) is { } cause) yield return cause;
    }

    /// <summary>A span as people say it: its two largest parts.</summary>
    public static string Span(TimeSpan span)
    {
        var parts = new[] { (span.Days, "d"), (span.Hours, "h"), (span.Minutes, "min"), (span.Seconds, "s") }.SkipWhile(part => part.Item1 == 0).Take(2).Where(part => part.Item1 > 0);
        var text = string.Join(' ', parts.Select(part => $"{part.Item1} {part.Item2}"));
        return text.Length > 0 ? text : "less than a second";
    }

    private static Cause OfSecret(Trial trial, SignatureCheck check, DateTimeOffset now)
    {
        var all = trial.Settings.Secrets.Concat(trial.Settings.PublicKeys).ToList();
        var name = check.Secret < trial.Settings.Secrets.Count ? $"secret {check.Secret + 1}" : $"public key {check.Secret - trial.Settings.Secrets.Count + 1}";
        var dated = check.Secret < all.Count ? all[check.Secret] : null;
        return check.Result == SignatureResult.SecretExpired
            ? new(CauseKind.SecretExpired, $"made with {name} of the source, whose time ended {Ago(now - dated?.NotAfter)}", "have the sender sign with the new secret, or move NotAfter while it still uses the old one")
            : new(CauseKind.SecretNotYetValid, $"made with {name} of the source, whose time begins {In(dated?.NotBefore - now)}", "move NotBefore to when the sender begins to use it");
    }

    private static Cause? OfProof(Trial trial, SignatureResult result, DateTimeOffset now) => result switch
    {
        SignatureResult.TimestampTooOld => OfClock(trial, now, "behind", trial.Settings.AcceptLate
            ? "none is needed: AcceptLate takes late events that are not kept yet"
            : "compare the sender's clock with this one; if the request was held up or is repeated with its first time, set Tolerance or AcceptLate"),
        SignatureResult.TimestampInFuture => OfClock(trial, now, "ahead of", "compare the sender's clock with this one: one of them is wrong"),
        SignatureResult.WrongClaims => new(CauseKind.WrongToken, "a genuine token, of another issuer, for another audience or without a claim that the source asks for", "compare the token's iss and aud with Issuer and Audience of the source"),
        SignatureResult.TokenExpired => new(CauseKind.WrongToken, "a genuine token whose time is over", "send a fresh token, and compare the sender's clock with this one"),
        SignatureResult.MissingTimestamp => new(CauseKind.WrongToken, "a genuine token that never expires", "have the sender put exp into its tokens"),
        SignatureResult.MalformedTimestamp => new(CauseKind.WrongToken, "a genuine token with a time that is no number", "have the sender write nbf and iat as numbers"),
        _ => null,
    };

    private static Cause OfClock(Trial trial, DateTimeOffset now, string where, string fix)
    {
        var tolerance = (trial.Settings.Tolerance ?? trial.Scheme.Tolerance) is { } window ? $", and the tolerance is {Span(window)}" : "";
        // A stranger's number may be any: beyond a century it is only far.
        var seconds = trial.Scheme.SignedAt(trial.Envelope) is { } at ? Math.Abs(now.ToUnixTimeSeconds() - at) : -1;
        var amount = seconds < 0 ? "" : seconds > 36500L * 86400 ? "more than a century " : $"{Span(TimeSpan.FromSeconds(seconds))} ";
        var late = where == "behind" ? ": its clock is slow, or the request was sent that long ago" : ": one of the clocks is wrong";
        return new(CauseKind.ClockSkew, $"the sender's time is {amount}{where} this clock{tolerance}{late}", fix);
    }

    private static SourceSettings Undated(SourceSettings settings) => settings with
    {
        Secrets = [.. settings.Secrets.Select(secret => secret with { NotBefore = null, NotAfter = null })],
        PublicKeys = [.. settings.PublicKeys.Select(key => key with { NotBefore = null, NotAfter = null })],
    };

    private static string Ago(TimeSpan? span) => span is { } passed ? $"{Span(passed)} ago" : "before";

    private static string In(TimeSpan? span) => span is { } left ? $"in {Span(left)}" : "later";
}
