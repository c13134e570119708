using System.Text;
using Microsoft.Extensions.Configuration;
using Sluice.Configuration;
using Sluice.Delivery;
using Sluice.Events;
using Sluice.Ingestion;
using Sluice.Providers;

namespace Sluice.Core.Tests.Providers;

/// <summary>A source whose sender shows its secret, and requests as that sender makes them.</summary>
public sealed class ShownSource
{
    /// <summary>Each provider with a secret that it can use, and another.</summary>
    public static readonly (string Provider, string Secret, string Other)[] Providers =
    [
        ("basic", "user:a password", "user:another password"),
        ("cloudevents", "a-token-of-some-length", "another-token"),
        ("dockerhub", "0123456789abcdef0123", "0123456789abcdef0124"),
        ("eventgrid", "0123456789abcdef0123", "0123456789abcdef0124"),
        ("gitlab", "glsecret", "glsecreu"),
        ("mailchimp", "0123456789abcdef0123", "0123456789abcdef0124"),
        ("msgraph", "a client state", "a client statf"),
        ("none", "0123456789abcdef0123", "0123456789abcdef0124"),
        ("okta", "Basic abcdef", "Basic abcdeg"),
        ("strava", "0123456789abcdef0123", "0123456789abcdef0124"),
        ("telegram", "A-secret_token", "A-secret_tokeN"),
        ("token", "0123456789", "1123456789"),
    ];

    private ShownSource(Source source) => Source = source;

    public static TheoryData<string> Names => [.. Providers.Select(item => item.Provider)];

    public Source Source { get; }

    public IProvider Provider => Source.Provider;

    public static string SecretOf(string provider) => Providers.Single(item => item.Provider == provider).Secret;

    public static string OtherOf(string provider) => Providers.Single(item => item.Provider == provider).Other;

    public static ShownSource Of(string provider, params (string Setting, string Value)[] settings)
    {
        var (source, errors) = Build(provider, settings);
        Assert.Empty(errors);
        return source;
    }

    public static IReadOnlyList<ConfigurationError> ErrorsOf(string provider, params (string Setting, string Value)[] settings) => Build(provider, settings).Errors;

    private static (ShownSource Source, IReadOnlyList<ConfigurationError> Errors) Build(string provider, (string Setting, string Value)[] settings)
    {
        var source = new Dictionary<string, string?> { ["Provider"] = provider };
        if (!settings.Any(setting => setting.Setting.StartsWith("Secrets:0", StringComparison.Ordinal))) source["Secrets:0"] = SecretOf(provider);
        foreach (var (setting, value) in settings) source[setting] = value;
        var errors = new List<ConfigurationError>();
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(source.Select(pair => KeyValuePair.Create($"Sluice:Sources:it:{pair.Key}", pair.Value))).Build();
        var built = SluiceConfiguration.Build(configuration, ProviderCatalog.Default, new HandlerCatalog(), new SecretResolver(_ => null, "/"), errors);
        Assert.True(built.TryGetSource("it", out var ready));
        return (new ShownSource(ready), errors);
    }

    /// <summary>The sample of the sender, with the secret shown.</summary>
    public Envelope Send(string? secret = null, string? type = null, string id = "evt_1")
    {
        var sample = Provider.CreateSample(type ?? Provider.SampleType, id, SignedSource.Now);
        var request = new SentRequest { Url = new Uri("http://localhost/api/webhooks/it"), Body = sample.Body, ContentType = sample.ContentType, Headers = sample.Headers, Id = id };
        return Received(Source.Scheme.Sign(request, Source.Settings, secret ?? SecretOf(Provider.Name), SignedSource.Now));
    }

    /// <summary>The same with another body and other headers.</summary>
    public Envelope Carry(string body, params (string Name, string Value)[] headers) =>
        Send() with { Body = Encoding.UTF8.GetBytes(body), Headers = new HeaderList([.. Send().Headers.Where(own => !headers.Any(header => header.Name.Equals(own.Key, StringComparison.OrdinalIgnoreCase))), .. headers.Select(header => KeyValuePair.Create(header.Name, header.Value))]) };

    /// <summary>A question of the sender's, without any proof.</summary>
    public Answer? Ask(string method, string target = "/api/webhooks/it", params (string Name, string Value)[] headers) => Provider.Greet(
        new Envelope { Method = method, Target = target, Headers = new HeaderList([.. headers.Select(header => KeyValuePair.Create(header.Name, header.Value))]), Body = ReadOnlyMemory<byte>.Empty, ReceivedAt = SignedSource.Now }, Source.Settings);

    public EventDescription Describe(Envelope envelope) => Provider.Describe(envelope, Source.Settings);

    public SignatureResult Check(Envelope envelope, DateTimeOffset? now = null) => Source.Verifier!.Verify(envelope, now ?? SignedSource.Now).Result;

    public IReadOnlyList<BatchItem>? Split(string body) => Provider.Split(new WebhookEvent
    {
        Id = EventId.Of("it", "x"), Source = "it", Type = WebhookEvent.BatchType, IdempotencyKey = "x", ReceivedAt = SignedSource.Now, Headers = HeaderList.Empty, Body = Encoding.UTF8.GetBytes(body),
    });

    private static Envelope Received(SentRequest request)
    {
        var path = request.Url.AbsolutePath;
        return new()
        {
            Method = request.Method,
            Target = request.Url.PathAndQuery,
            PathSecret = path == "/api/webhooks/it" ? null : path["/api/webhooks/it/".Length..],
            Headers = new HeaderList([new("Content-Type", request.ContentType), .. request.Headers]),
            Body = request.Body,
            ReceivedAt = SignedSource.Now,
        };
    }
}
