using System.Security.Cryptography;
using System.Text;
using Sluice.Configuration;
using Sluice.Events;
using Sluice.Providers;

namespace Sluice.Bench.Load;

/// <summary>One sender's genuine request, and the verifier of the source that it goes to.</summary>
public sealed class VerifiedSender
{
    private static readonly DateTimeOffset At = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);
    private static readonly Uri Url = new("https://hooks.example.com/api/webhooks/it");

    private readonly ISignatureVerifier _verifier;
    private readonly Envelope _envelope;

    private VerifiedSender(ISignatureVerifier verifier, Envelope envelope) => (_verifier, _envelope) = (verifier, envelope);

    public ReadOnlyMemory<byte> Body => _envelope.Body;

    /// <summary>Every sender whose proof is an HMAC-SHA256 over the bytes.</summary>
    public static IReadOnlyList<VerifiedSender> All(byte[] body)
    {
        var all = new List<VerifiedSender>();
        foreach (var name in ProviderCatalog.Default.Names)
        {
            ProviderCatalog.Default.TryGet(name, out var provider);
            var settings = new SourceSettings { Name = "it", Provider = name, SignatureHeader = "X-Signature", PublicUrl = Url };
            if (provider!.Scheme(settings, []) is HmacScheme scheme && scheme.Algorithm == HashAlgorithmName.SHA256) all.Add(Of(name, scheme, settings, body));
        }

        return all.Count > 0 ? all : throw new BenchException("no sender signs with HMAC-SHA256");
    }

    public void Check()
    {
        if (!_verifier.Verify(_envelope, At).IsValid) throw new BenchException("a genuine request was refused");
    }

    private static VerifiedSender Of(string name, HmacScheme scheme, SourceSettings settings, byte[] body)
    {
        var key = RandomNumberGenerator.GetBytes(32);
        var secret = scheme.Key switch
        {
            KeyFormat.Hex => Convert.ToHexStringLower(key),
            KeyFormat.Base64 => Convert.ToBase64String(key),
            KeyFormat.Whsec => $"whsec_{Convert.ToBase64String(key)}",
            _ => Convert.ToHexStringLower(key),
        };
        settings = settings with { Secrets = [new(secret)] };
        var errors = new List<ConfigurationError>();
        var verifier = scheme.Prepare(settings, errors) ?? throw new BenchException($"{name}: {errors.FirstOrDefault()}");
        var sent = scheme.Sign(new SentRequest { Url = Url, Body = body, ContentType = "application/json", Id = "msg_1" }, settings, secret, At);
        return new(verifier, new Envelope
        {
            Method = sent.Method, Target = Url.AbsolutePath, Url = Url.OriginalString, Body = sent.Body, ReceivedAt = At,
            // What a request has beside its proof has to be passed over.
            Headers = new HeaderList([new("Host", Url.Host), new("User-Agent", name), new("Accept", "*/*"), new("Content-Type", "application/json"), .. sent.Headers]),
        });
    }
}
