using System.Text;
using Sluice.Configuration;
using Sluice.Providers;

namespace Sluice.Hosts.Tests.Fixtures;

/// <summary>The sender's side of a source: signs as the real one does, with the secret that <see cref="SluiceFile"/> gives it or another.</summary>
internal sealed class Sender
{
    private readonly HmacScheme scheme;
    private readonly HmacKey key;
    private readonly string source;

    public Sender(string provider, string? secret = null, string? source = null)
    {
        this.source = source ?? provider;
        Assert.True(ProviderCatalog.Default.TryGet(provider, out var known));
        scheme = (HmacScheme)known.Scheme(new SourceSettings { Name = this.source, Provider = provider }, []);
        key = HmacKey.Create(new SecretSettings(secret ?? SecretOf(provider)), scheme, out _)!;
    }

    public static Sender Stripe { get; } = new("stripe");

    public static string SecretOf(string provider, string text = "a secret of the test") =>
        provider == "standard-webhooks" ? "whsec_" + Convert.ToBase64String(Encoding.UTF8.GetBytes(text)) : text;

    public Webhook Sign(ReadOnlyMemory<byte> body, DateTimeOffset at, string id = "msg_1") => new(
        $"/api/webhooks/{source}",
        [new("Content-Type", "application/json"), .. HmacSigner.Headers(scheme, key, id, at, body.Span)],
        body);

    public Webhook Sign(string body, DateTimeOffset at, string id = "msg_1") => Sign(Encoding.UTF8.GetBytes(body), at, id);
}
