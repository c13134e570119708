using System.Text;
using Microsoft.Extensions.Configuration;
using Sluice.Configuration;
using Sluice.Delivery;
using Sluice.Events;
using Sluice.Ingestion;
using Sluice.Providers;

namespace Sluice.Core.Tests.Providers.Keys;

/// <summary>A source of any provider made ready as a host does it, and its sender's side.</summary>
internal sealed class KeyedSource(Source source)
{
    public static readonly DateTimeOffset Now = SignedSource.Now;

    public static readonly Uri Url = new("https://hooks.example.com/api/webhooks/it");

    public Source Source => source;

    public IProvider Provider => source.Provider;

    public static KeyedSource Of(string provider, params (string Setting, string Value)[] settings) => Of(ProviderCatalog.Default, provider, settings);

    public static KeyedSource Of(IProvider provider, params (string Setting, string Value)[] settings) => Of(new ProviderCatalog(provider), provider.Name, settings);

    public static IReadOnlyList<ConfigurationError> Faults(string provider, params (string Setting, string Value)[] settings) => Build(ProviderCatalog.Default, provider, settings).Errors;

    /// <summary>The one fault of these settings, as it is shown; the source accepts nothing.</summary>
    public static string Fault(string provider, params (string Setting, string Value)[] settings)
    {
        var (source, errors) = Build(ProviderCatalog.Default, provider, settings);
        Assert.Null(source.Verifier);
        return Assert.Single(errors).ToString();
    }

    public SentWebhook Sign(string secret, string body, DateTimeOffset? at = null, string id = "msg_1", string contentType = "application/json", string query = "") =>
        Sign(secret, Encoding.UTF8.GetBytes(body), at, id, contentType, query);

    public SentWebhook Sign(string secret, ReadOnlyMemory<byte> body, DateTimeOffset? at = null, string id = "msg_1", string contentType = "application/json", string query = "") =>
        new(source.Scheme.Sign(new SentRequest { Url = new Uri(Url + query), Body = body, ContentType = contentType, Id = id }, source.Settings, secret, at ?? Now));

    public SignatureCheck Check(SentWebhook webhook, DateTimeOffset? now = null) => source.Verifier!.Verify(webhook.Envelope, now ?? Now);

    public void Accepts(SentWebhook webhook, DateTimeOffset? now = null) => Assert.Equal(SignatureResult.Valid, Check(webhook, now).Result);

    public void Refuses(SentWebhook webhook, SignatureResult because, DateTimeOffset? now = null) => Assert.Equal(because, Check(webhook, now).Result);

    public void Refuses(SentWebhook webhook, string what) => Assert.False(Check(webhook).IsValid, $"accepted: {what}");

    private static KeyedSource Of(ProviderCatalog catalog, string provider, (string Setting, string Value)[] settings)
    {
        var (source, errors) = Build(catalog, provider, settings);
        Assert.Empty(errors);
        Assert.NotNull(source.Verifier);
        return new KeyedSource(source);
    }

    private static (Source Source, IReadOnlyList<ConfigurationError> Errors) Build(ProviderCatalog catalog, string provider, (string Setting, string Value)[] settings)
    {
        var errors = new List<ConfigurationError>();
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([new("Sluice:Sources:it:Provider", provider), .. settings.Select(pair => KeyValuePair.Create($"Sluice:Sources:it:{pair.Setting}", (string?)pair.Value))])
            .Build();
        var built = SluiceConfiguration.Build(configuration, catalog, new HandlerCatalog(), new SecretResolver(_ => null, "/"), errors);
        Assert.True(built.TryGetSource("it", out var source));
        return (source, errors);
    }
}

/// <summary>A request on its way: start from a signed one and spoil it.</summary>
internal sealed record SentWebhook(SentRequest Request)
{
    public Envelope Envelope => new()
    {
        Method = Request.Method,
        Target = Request.Url.PathAndQuery,
        Url = Request.Url.OriginalString,
        Headers = new HeaderList([new("Content-Type", Request.ContentType), .. Request.Headers]),
        Body = Request.Body,
        ReceivedAt = At,
        RemoteAddress = From,
    };

    /// <summary>Where it comes from; nowhere known.</summary>
    public System.Net.IPAddress? From { get; init; }

    public DateTimeOffset At { get; init; } = KeyedSource.Now;

    public string this[string name] => Request.Headers.Single(header => header.Key == name).Value;

    public SentWebhook Without(string name) => this with { Request = Request with { Headers = [.. Request.Headers.Where(header => !header.Key.Equals(name, StringComparison.OrdinalIgnoreCase))] } };

    public SentWebhook With(string name, string value) => Without(name).Plus(name, value);

    public SentWebhook Plus(string name, string value) => this with { Request = Request.With(new KeyValuePair<string, string>(name, value)) };

    public SentWebhook Carrying(ReadOnlyMemory<byte> body) => this with { Request = Request with { Body = body } };

    public SentWebhook Carrying(string body) => Carrying(Encoding.UTF8.GetBytes(body));

    public SentWebhook To(string url) => this with { Request = Request with { Url = new Uri(url) } };

    /// <summary>The same with each byte of the body changed, one at a time.</summary>
    public IEnumerable<SentWebhook> WithEachByteChanged()
    {
        for (var i = 0; i < Request.Body.Length; i++)
        {
            foreach (var change in new byte[] { 1, 0x20, 0x80 })
            {
                var body = Request.Body.ToArray();
                body[i] ^= change;
                yield return Carrying(body);
            }
        }
    }

    /// <summary>The same with that header cut, stretched and changed in each place.</summary>
    public IEnumerable<SentWebhook> WithEachCharacterChanged(string name)
    {
        var value = this[name];
        for (var i = 0; i < value.Length; i++)
        {
            yield return With(name, value[..i]);
            if (i > 0) yield return With(name, value[i..]);
            foreach (var other in "0AzQ+/=, \0é".Append((char)(value[i] + 1)).Append((char)(value[i] - 1)))
            {
                if (other != value[i]) yield return With(name, $"{value[..i]}{other}{value[(i + 1)..]}");
            }
        }

        foreach (var tail in new[] { "0", "=", "\0", "\n", "é", "AAAA", "00" }) yield return With(name, value + tail);
    }
}
