using System.Globalization;
using System.Text;
using Microsoft.Extensions.Configuration;
using Sluice.Configuration;
using Sluice.Delivery;
using Sluice.Events;
using Sluice.Ingestion;
using Sluice.Providers;

namespace Sluice.Core.Tests.Providers;

/// <summary>A source made ready as a host does it, and its sender's side: what it signs.</summary>
public sealed class SignedSource
{
    public const string Body = """{"id":"evt_1","type":"a.b"}""";
    public const string Id = "msg_1";
    public const string PublicUrl = "https://hooks.example.com/api/webhooks/it";

    public static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);

    public static SourceSettings Settings { get; } = new() { Name = "it", Provider = "any" };

    private SignedSource(Source source) => Source = source;

    /// <summary>Every provider that signs with HMAC; a new one is tested by being in the catalogue.</summary>
    public static TheoryData<string> Providers => [.. HmacProviders];

    public static IEnumerable<string> HmacProviders => ProviderCatalog.Default.Names.Where(name =>
        ProviderCatalog.Default.TryGet(name, out var provider) && provider.Scheme(new SourceSettings { Name = "it", Provider = name, SignatureHeader = "X-Signature" }, []) is HmacScheme);

    /// <summary>Those that sign a time.</summary>
    public static TheoryData<string> TimedProviders => [.. HmacProviders.Where(name => Of(name).Scheme.Content.HasTimestamp)];

    /// <summary>Those that sign a time in seconds since 1970.</summary>
    public static TheoryData<string> SecondsProviders => Timed(TimestampFormat.Seconds);

    /// <summary>Those whose signature covers method or URL.</summary>
    public static TheoryData<string> UrlProviders => [.. HmacProviders.Where(name => Of(name).Scheme.SignsUrl)];

    public Source Source { get; }

    public HmacScheme Scheme => (HmacScheme)Source.Scheme;

    public IReadOnlyList<HmacKey> Keys => ((HmacVerifier)Source.Verifier!).Secrets;

    public SignatureHeaders Names => Scheme.Headers[0];

    public static SignedSource Of(string provider, params (string Setting, string Value)[] settings)
    {
        var source = new Dictionary<string, string?> { ["Provider"] = provider, ["Secrets:0"] = SecretOf(provider) };
        if (provider == "hmac")
        {
            source["Algorithm"] = "sha256";
            source["Encoding"] = "hex";
            source["SignatureHeader"] = "X-Signature";
            source["SignaturePrefix"] = "sha256=";
            source["TimestampHeader"] = "X-Timestamp";
            source["SignedContent"] = "{id}.{timestamp}.{body}";
            source["IdHeader"] = "X-Id";
            source["TypeHeader"] = "X-Type";
        }

        source["PublicUrl"] = PublicUrl;
        foreach (var (setting, value) in settings) source[setting] = value;
        var errors = new List<ConfigurationError>();
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(source.Select(pair => KeyValuePair.Create($"Sluice:Sources:it:{pair.Key}", pair.Value))).Build();
        var built = SluiceConfiguration.Build(configuration, ProviderCatalog.Default, new HandlerCatalog(), new SecretResolver(_ => null, "/"), errors);
        Assert.Empty(errors);
        Assert.True(built.TryGetSource("it", out var ready));
        return new SignedSource(ready);
    }

    /// <summary>A source of any HMAC sender, with nothing set but what is given.</summary>
    public static SignedSource Generic(params (string Setting, string Value)[] settings) =>
        Of("hmac", [("SignaturePrefix", ""), ("TimestampHeader", ""), ("SignedContent", ""), ("IdHeader", ""), ("TypeHeader", ""), .. settings]);

    public static string SecretOf(string provider, string text = "a secret of some length") =>
        provider == "standard-webhooks" ? "whsec_" + Convert.ToBase64String(Encoding.UTF8.GetBytes(text)) : text;

    /// <summary>The request as the sender makes it.</summary>
    public SignedRequest Sign(string body = Body, string id = Id, DateTimeOffset? at = null, int secret = 0) =>
        Sign(Encoding.UTF8.GetBytes(body), id, at, secret);

    public SignedRequest Sign(ReadOnlyMemory<byte> body, string id = Id, DateTimeOffset? at = null, int secret = 0) =>
        new([.. HmacSigner.Headers(Scheme, Keys[secret], new SentRequest { Url = new Uri(PublicUrl), Body = body, ContentType = "", Id = id }, at ?? Now)], body);

    /// <summary>A request with any text in the timestamp's place, genuinely signed over that text.</summary>
    public SignedRequest SignText(string timestamp)
    {
        var signature = Scheme.Prefix + Signature(Body, timestamp: timestamp);
        var request = Sign().With(Names.Signature, Scheme.Form == SignatureForm.Pairs ? $"{Scheme.TimestampName}{timestamp}{Scheme.Separator}{signature}" : signature);
        return Names.Timestamp is null ? request : request.With(Names.Timestamp, timestamp);
    }

    /// <summary>A moment as this sender writes it.</summary>
    public string Stamp(DateTimeOffset at) => Scheme.Timestamp switch
    {
        TimestampFormat.Milliseconds => at.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture),
        TimestampFormat.Iso8601 => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        _ => at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>Those that sign a time in this format.</summary>
    public static TheoryData<string> Timed(TimestampFormat format) => [.. HmacProviders.Where(name => Of(name).Scheme is { Content.HasTimestamp: true } scheme && scheme.Timestamp == format)];

    /// <summary>The signature's text alone, without its prefix.</summary>
    public string Signature(string body = Body, string id = Id, string? timestamp = null, int secret = 0)
    {
        var text = new char[128];
        var hash = Keys[secret].Rent();
        var signed = new SignedParts { Id = id, Timestamp = timestamp ?? Stamp(Now), Method = "POST", Url = PublicUrl, Body = Encoding.UTF8.GetBytes(body) };
        var length = HmacSigner.Sign(hash, Scheme, signed, text);
        Keys[secret].Return(hash);
        return new string(text, 0, length);
    }

    public SignatureCheck Check(SignedRequest request, DateTimeOffset? now = null) => Source.Verifier!.Verify(request.Envelope, now ?? Now);

    public void Accepts(SignedRequest request, DateTimeOffset? now = null) => Assert.Equal(SignatureResult.Valid, Check(request, now).Result);

    public void Refuses(SignedRequest request, SignatureResult because, DateTimeOffset? now = null) => Assert.Equal(because, Check(request, now).Result);

    public void Refuses(SignedRequest request, string what) => Assert.False(Check(request).IsValid, $"accepted: {what}");
}
