using Sluice.Providers;

namespace Sluice.Diagnosis;

/// <summary>How much may be tried for one request: a stranger sent it, and neither its size nor its form must buy more than a moment.</summary>
internal sealed class Work
{
    // What a check costs beside its bytes: an HMAC some microseconds, a public key as much as hashing this, a decompressor that
    // gives up something between, a field of a form that is sorted less.
    private const int OfCheck = 4 * 1024;
    private const int OfPublicKey = 256 * 1024;
    private const int OfDecompressor = 64 * 1024;
    private const int OfField = 1024;

    // For each byte, in bytes hashed: parsing JSON and writing it anew, going through text, and compressing as hard as can be.
    private const int OfRewriting = 16;
    private const int OfTranscoding = 8;
    private const int OfCompressing = 64;

    private Work(int mostChecks, long mostBytes) => (MostChecks, MostBytes) = (mostChecks, mostBytes);

    /// <summary>For people who ask: so many checks suffice for every pair of the usual mistakes of a source, and the bytes take less than a second.</summary>
    public static Work AtLeisure => new(3000, 512L * 1024 * 1024);

    /// <summary>While a sender waits for its refusal, on a host that has others to serve: about 50 ms and 32 MiB at most.</summary>
    public static Work AtIngest => new(1500, 32L * 1024 * 1024) { IsBrief = true };

    public int MostChecks { get; }

    /// <summary>In bytes as they are hashed, of which a host reads half a gigabyte a second and more; what takes longer counts as so many more.</summary>
    public long MostBytes { get; }

    /// <summary>Whether the causes are all that is wanted: what was signed, as large as the body, is not even put together.</summary>
    public bool IsBrief { get; private init; }

    public int Checks { get; private set; }

    /// <summary>Signatures compared with public keys: each with each.</summary>
    public int PublicKeyChecks { get; private set; }

    public long Bytes { get; private set; }

    public long Left => MostBytes - Bytes;

    /// <summary>Whether nothing more may be tried.</summary>
    public bool IsSpent { get; private set; }

    /// <summary>Whether something was left untried: all that would have come, or one thing that costs too much.</summary>
    public bool IsCutShort { get; private set; }

    /// <summary>Whether a mistake may be looked for in this: its head is read for that, and written anew.</summary>
    public bool Look(Trial trial) => Read(OfCheck + (2 * HeadOf(trial))) || Stop();

    /// <summary>Whether this may be checked; what it costs is counted.</summary>
    public bool Take(Trial trial)
    {
        if (Checks == MostChecks) return Stop();
        Checks++;
        var body = BodyOf(trial);
        var shared = trial.Scheme.ChecksPublicKeys && trial.Hmac is null ? 0 : Math.Max(1, trial.Keys?.Count ?? trial.Settings.Secrets.Count);
        // The keys of a sender that publishes them stand in no setting.
        var pairs = !trial.Scheme.ChecksPublicKeys ? 0 : trial.Signatures * Math.Max(1, Math.Max(trial.Settings.PublicKeys.Count, (trial.Verifier?.Keys ?? 0) - shared));
        if (!Read(HeadOf(trial) + OfCheck + (shared * (OfCheck + body)) + (pairs * (OfPublicKey + body)))) return Stop();
        PublicKeyChecks += pairs;
        return true;
    }

    /// <summary>Whether so many bytes may be parsed and written anew, which takes many times as long as hashing them.</summary>
    public bool Rewrite(long bytes) => Read(OfRewriting * bytes);

    /// <summary>Whether so many bytes may be decoded to text and encoded anew.</summary>
    public bool Transcode(long bytes) => Read(OfTranscoding * bytes);

    /// <summary>Whether so many bytes may be compressed.</summary>
    public bool Compress(long bytes) => Read(OfDecompressor + (OfCompressing * bytes));

    /// <summary>Whether so many bytes may be looked at as compressed ones; what comes out of them is asked for apart.</summary>
    public bool Decompress(long bytes) => Read(OfDecompressor + (2 * bytes));

    /// <summary>Whether so many bytes may be read.</summary>
    public bool Read(long bytes)
    {
        if (IsSpent || bytes > Left)
        {
            IsCutShort = true;
            return false;
        }

        Bytes += bytes;
        return true;
    }

    private static long HeadOf(Trial trial)
    {
        var length = trial.Envelope.Target.Length + (trial.Envelope.Url?.Length ?? 0);
        foreach (var (name, value) in trial.Envelope.Headers) length += name.Length + value.Length;
        return length;
    }

    // A form is taken apart and sorted before it is hashed, once with a port and once without; JSON is parsed.
    private static long BodyOf(Trial trial)
    {
        var length = (long)trial.Envelope.Body.Length;
        return trial.Scheme switch
        {
            _ when !trial.LooksAtBody => 0,
            UrlAndFormScheme => (6 * length) + (OfField * Math.Min(trial.Envelope.Body.Span.Count((byte)'&'), 1000)),
            NotificationItemsScheme or ClientStateScheme => OfRewriting * length,
            TravisScheme or BraintreeScheme => 6 * length,
            _ => length,
        };
    }

    private bool Stop()
    {
        IsSpent = IsCutShort = true;
        return false;
    }
}
