using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.RegularExpressions;

namespace Sluice.Providers;

/// <summary>
/// The certificates that PayPal signs with, fetched from where a request says they are. The request is a stranger's until its signature is
/// checked, so the place must be PayPal's, the certificate must be PayPal's too and chain to a trusted root, and only so many are asked for and kept.
/// The place is <c>/v1/notifications/certs/</c> and a name, at paypal.com or below it (live <c>api.paypal.com</c>, sandbox <c>api.sandbox.paypal.com</c>, as
/// captured webhooks and the tests of public integrations show it; read 2026-11-22).
/// </summary>
internal sealed partial class PayPalCertificates(KeyClient client, X509Certificate2Collection? roots, KnownNetworks known)
{
    private const int MostKept = 16;
    private const int MostInOneFile = 8;

    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    private readonly Lock gate = new();
    private readonly Dictionary<string, Place> places = [];
    private readonly AskBudget budget = new(known);

    /// <summary>Whether a certificate may lie there: https, the usual port, paypal.com or below it, PayPal's path and nothing beside it.</summary>
    public static bool IsTrusted(string text, out Uri? url) =>
        Uri.TryCreate(text, UriKind.Absolute, out url) && text.Length <= 500 && Ascii.IsValid(text) && !text.Contains('\\', StringComparison.Ordinal)
        && url.Scheme == Uri.UriSchemeHttps && url.IsDefaultPort && url.UserInfo.Length == 0 && url.Query.Length == 0 && url.Fragment.Length == 0 && IsPayPal(url.Host) && CertificatePath().IsMatch(url.AbsolutePath);

    /// <summary>The key of the certificate there, if it is valid now; else why there is none.</summary>
    public (RsaKey? Key, SignatureResult Fault) Find(Uri url, DateTimeOffset now)
    {
        lock (gate)
        {
            if (!places.TryGetValue(url.AbsoluteUri, out var place)) return (null, SignatureResult.KeyUnavailable);
            place.Used = now;
            if (place.Key is not { } key) return (null, place.Fault);
            return key.IsEarly(now) || key.IsLate(now) ? (null, SignatureResult.UntrustedKey) : (key.Key, SignatureResult.Valid);
        }
    }

    /// <summary>Asks for what is not there, could not be had a minute ago, or is past its time, if <paramref name="from"/> may make us ask.</summary>
    public async ValueTask FetchAsync(Uri url, IPAddress? from, DateTimeOffset now)
    {
        Task answer;
        lock (gate)
        {
            if (!places.TryGetValue(url.AbsoluteUri, out var place) || (place.Key?.IsLate(now) != false && place.Answer.IsCompleted && (now - place.Tried).Duration() >= Pause))
            {
                if (!budget.TryTake(from, now)) return;
                if (place is null) places[url.AbsoluteUri] = place = MakeRoom();
                (place.Tried, place.Used) = (now, now);
                place.Answer = FetchAsync(place, url, now);
            }

            answer = place.Answer;
        }

        await answer;
    }

    // What was found out to be nothing goes first, and nothing that is still being asked for: nobody pushes good certificates out with bad addresses.
    private Place MakeRoom()
    {
        var idle = places.Where(pair => pair.Value.Answer.IsCompleted).OrderBy(pair => pair.Value.Key is not null).ThenBy(pair => pair.Value.Used);
        foreach (var (url, _) in idle.Take(places.Count - MostKept + 1).ToList()) places.Remove(url);
        return new Place();
    }

    private async Task FetchAsync(Place place, Uri url, DateTimeOffset now)
    {
        var bytes = await client.GetAsync(url, CancellationToken.None);
        var key = bytes is null ? null : Read(bytes, now);
        lock (gate) (place.Key, place.Fault) = (key, bytes is null ? SignatureResult.KeyUnavailable : SignatureResult.UntrustedKey);
    }

    private DatedKey<RsaKey>? Read(byte[] pem, DateTimeOffset now)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(Encoding.Latin1.GetString(pem));
            if (certificates.Count is 0 or > MostInOneFile) return null;
            var leaf = certificates[0];
            if (!IsPayPal(leaf.GetNameInfo(X509NameType.DnsName, forIssuer: false)) || !IsChained(leaf, certificates, now)) return null;
            using var rsa = leaf.GetRSAPublicKey();
            return rsa is not null && RsaKey.TryCreate(rsa) is { } key ? new(key, new DateTimeOffset(leaf.NotBefore), new DateTimeOffset(leaf.NotAfter)) : null;
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            return null;
        }
        finally
        {
            foreach (var certificate in certificates) certificate.Dispose();
        }
    }

    private bool IsChained(X509Certificate2 leaf, X509Certificate2Collection others, DateTimeOffset now)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationTime = now.UtcDateTime;
        chain.ChainPolicy.VerificationTimeIgnored = false;
        chain.ChainPolicy.ExtraStore.AddRange(others);
        if (roots is not null)
        {
            chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.ChainPolicy.CustomTrustStore.AddRange(roots);
        }

        var isBuilt = chain.Build(leaf);
        foreach (var element in chain.ChainElements) element.Certificate.Dispose();
        return isBuilt;
    }

    private static bool IsPayPal(string host) => host.Equals("paypal.com", StringComparison.OrdinalIgnoreCase) || host.EndsWith(".paypal.com", StringComparison.OrdinalIgnoreCase);

    [GeneratedRegex(@"\A/v1/notifications/certs/[A-Za-z0-9_-]{1,100}\z")]
    private static partial Regex CertificatePath();

    private sealed class Place
    {
        public DatedKey<RsaKey>? Key { get; set; }

        public SignatureResult Fault { get; set; } = SignatureResult.KeyUnavailable;

        public DateTimeOffset Tried { get; set; }

        public DateTimeOffset Used { get; set; }

        public Task Answer { get; set; } = Task.CompletedTask;
    }
}
