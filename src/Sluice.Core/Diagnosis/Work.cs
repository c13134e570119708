namespace Sluice.Diagnosis;

/// <summary>How much may be tried for one request: a stranger sent it, and its size must not buy more than a moment.</summary>
internal sealed class Work
{
    /// <summary>So many checks suffice for every pair of the usual mistakes of a source.</summary>
    public const int MostChecks = 3000;

    /// <summary>Bytes read to hash or to rewrite them: about a tenth of a second.</summary>
    public const long MostBytes = 128L * 1024 * 1024;

    // What a check costs beside its bytes: an HMAC next to nothing, a public key as much as hashing this.
    private const int OfCheck = 2 * 1024;
    private const int OfPublicKey = 256 * 1024;

    public int Checks { get; private set; }

    public long Bytes { get; private set; }

    /// <summary>Whether something was left untried.</summary>
    public bool IsSpent { get; private set; }

    /// <summary>Whether this may be checked; what it costs is counted.</summary>
    public bool Take(Trial trial)
    {
        if (Checks == MostChecks) return Stop();
        Checks++;
        var keys = Math.Max(1, trial.Settings.Secrets.Count + trial.Settings.PublicKeys.Count);
        // A form is read field by field before it is hashed, and with two ports where the sender may leave it out.
        var body = !trial.LooksAtBody ? 0 : trial.Scheme is Providers.UrlAndFormScheme ? 6L * trial.Envelope.Body.Length : trial.Envelope.Body.Length;
        var each = body + (trial.Scheme.ChecksPublicKeys ? OfPublicKey : OfCheck);
        return Read(keys * each);
    }

    /// <summary>Whether so many bytes may be parsed and written anew, which takes several times as long as hashing them.</summary>
    public bool Rewrite(long bytes) => Read(4 * bytes);

    /// <summary>Whether so many bytes may be read.</summary>
    public bool Read(long bytes)
    {
        if (IsSpent || Bytes + bytes > MostBytes) return Stop();
        Bytes += bytes;
        return true;
    }

    private bool Stop()
    {
        IsSpent = true;
        return false;
    }
}
