using System.Text.Json.Serialization;
using Sluice.Configuration;
using Sluice.Diagnosis;
using Sluice.Events;
using Sluice.Ingestion;
using Sluice.LocalHost.Captures;
using Sluice.Providers;

namespace Sluice.LocalHost.Commands;

/// <summary>What <c>sluice verify</c> found out about one request. Holds no secret.</summary>
internal sealed record VerifyAnswer
{
    /// <summary><see cref="AtFrom"/> where neither the user nor the capture says when it arrived.</summary>
    public const string Now = "now";

    private const int LongestExcerpt = 1000;

    /// <summary>Its number in the HAR.</summary>
    public int? Entry { get; init; }

    public string? Source { get; init; }

    public string? Provider { get; init; }

    public required bool Holds { get; init; }

    /// <summary>Null where there was nothing to check.</summary>
    public SignatureResult? Result { get; init; }

    /// <summary>Why there was nothing to check.</summary>
    public string? Fault { get; init; }

    /// <summary>What kind of proof was checked, such as <c>HMAC-SHA256</c>.</summary>
    public string? Proof { get; init; }

    /// <summary>Which of the source's secrets or keys fitted, such as <c>secret 1 of 2</c>.</summary>
    public string? Key { get; init; }

    public TimeSpan? Tolerance { get; init; }

    /// <summary>The time that it was checked for.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>Where that time is from.</summary>
    public string? AtFrom { get; init; }

    /// <summary>When the sender signed it, where its time decided.</summary>
    public DateTimeOffset? SignedAt { get; init; }

    public IReadOnlyList<Cause> Causes { get; init; } = [];

    public SignedText? Signed { get; init; }

    /// <summary>What else there is to know, one line each.</summary>
    public IReadOnlyList<string> Remarks { get; init; } = [];

    /// <summary>Whether it is genuine and only its time speaks against it.</summary>
    [JsonIgnore]
    public bool IsOnlyTime => Result is SignatureResult.TimestampTooOld or SignatureResult.TimestampInFuture or SignatureResult.TokenExpired;

    public static VerifyAnswer Unreadable(int entry, string fault) => new() { Entry = entry, Holds = false, Fault = fault };

    /// <summary>Examines a request for a source.</summary>
    /// <param name="given">When it arrived, as the user says.</param>
    /// <exception cref="CaptureException">The capture lacks what this sender's signature needs.</exception>
    public static async Task<VerifyAnswer> OfAsync(VerifySources sources, Source source, CapturedRequest request, DateTimeOffset? given, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var remarks = new List<string>(request.Remarks);
        source = sources.For(source, request, remarks);
        if (source.Verifier is not { } verifier) throw new Hosting.CommandException(source is { Learns: true, Settings.Secrets.Count: 0 }
            ? $"source {source.Name} waits for the handshake of its sender, which brings its secret, so that there is nothing to check with here; give the secret with --secret"
            : $"source {source.Name} accepts nothing: {source.Fault ?? "it has no usable secret"}");
        var (at, from) = given is { } said ? (said, "--at") : request.At is { } started ? (started, "the HAR") : request.Date is { } date ? (date, "the Date header") : (now, Now);
        var envelope = request.EnvelopeFor(source, at);
        // This is the user's own machine: keys that lie at the sender's are asked for as a host would.
        await verifier.FetchAsync(envelope, cancellationToken);
        var finding = new SignatureDoctor(new LiveConfiguration(sources.Configuration)).Examine(source, envelope, at);
        var check = verifier.Verify(envelope, at);
        // A capture looked at later is late: that is no mistake of anybody's.
        var isLateByLooking = from == Now && finding.Result is SignatureResult.TimestampTooOld or SignatureResult.TokenExpired;
        var isTaken = finding.Result == SignatureResult.TimestampTooOld && source.Settings.AcceptLate;
        if (isTaken) remarks.Add("it is older than the tolerance; this source takes late events (AcceptLate)");
        Remark(source, request, remarks);
        var cover = sources.Mask.Cover;
        var answer = new VerifyAnswer
        {
            Source = source.Name,
            Provider = source.Provider.Name,
            Holds = finding.Result == SignatureResult.Valid || isTaken,
            Result = finding.Result,
            Proof = source.Scheme.Kind,
            Key = KeyOf(source, check),
            Tolerance = source.Settings.Tolerance ?? source.Scheme.Tolerance,
            At = at,
            AtFrom = from,
            Causes = isLateByLooking ? [] : [.. finding.Causes.Select(cause => cause with { Text = cover(SafeText.OneLine(cause.Text)), Fix = cover(SafeText.OneLine(cause.Fix)) })],
            Signed = finding.Signed is { } signed ? signed with { Received = cover(SafeText.OneLine(signed.Received, LongestExcerpt)), Sent = signed.Sent is { } sent ? cover(SafeText.OneLine(sent, LongestExcerpt)) : null } : null,
            Remarks = remarks,
        };
        return answer.IsOnlyTime ? answer with { SignedAt = SignedTime.Find(verifier, envelope, now) } : answer;
    }

    // What the host says of a request before it looks at the signature.
    private static void Remark(Source source, CapturedRequest request, List<string> remarks)
    {
        if (request.Body.Length > source.Settings.MaxBodyBytes) remarks.Add($"the body has {request.Body.Length} bytes and this source takes {source.Settings.MaxBodyBytes} (413); raise MaxBodyBytes");
        if (request.Method != "POST") remarks.Add("it is no POST: Sluice takes events with POST alone (405)");
        if (request.Headers.First("Content-Encoding") is { Length: > 0 } encoding && !encoding.Equals("identity", StringComparison.OrdinalIgnoreCase)) remarks.Add("its body is encoded (Content-Encoding), which Sluice does not take (415)");
        if (source.Settings.Paused) remarks.Add("this source is paused (503)");
    }

    private static string? KeyOf(Source source, SignatureCheck check)
    {
        if (check.Secret < 0) return null;
        var (secrets, keys) = (source.Settings.Secrets.Count, source.Settings.PublicKeys.Count);
        return check.Secret < secrets ? $"secret {check.Secret + 1} of {secrets}" : check.Secret - secrets < keys ? $"public key {check.Secret - secrets + 1} of {keys}" : null;
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(VerifyAnswer))]
internal sealed partial class VerifyJson : JsonSerializerContext;
