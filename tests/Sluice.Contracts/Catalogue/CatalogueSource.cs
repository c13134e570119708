using System.Globalization;
using Microsoft.Extensions.Configuration;
using Sluice.Configuration;
using Sluice.Delivery;
using Sluice.Events;
using Sluice.Ingestion;
using Sluice.Providers;
using Xunit;

namespace Sluice.Contracts.Catalogue;

/// <summary>A source of any provider, made ready as a host does it, and its sender's side.</summary>
public sealed class CatalogueSource
{
    public const string Name = "it";
    public const string PublicUrl = "https://hooks.example.com/api/webhooks/it";

    public static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);

    private readonly int own;

    private CatalogueSource(Source source, CatalogueEntry entry, int key) => (Source, Entry, own) = (source, entry, key);

    public Source Source { get; }

    public CatalogueEntry Entry { get; }

    public IProvider Provider => Source.Provider;

    public SourceSettings Settings => Source.Settings;

    /// <param name="key">Which of the provider's keys: two sources never share one.</param>
    /// <param name="settings">Others than those of the table; null removes one.</param>
    public static CatalogueSource Of(string provider, int key = 0, params (string Setting, string? Value)[] settings)
    {
        var source = Build(provider, key, settings, out var errors);
        Assert.True(errors.Count == 0, $"{provider}: {string.Join("; ", errors)}");
        Assert.NotNull(source.Source.Verifier);
        return source;
    }

    /// <summary>The same with all that is wrong about it.</summary>
    public static CatalogueSource Build(string provider, int key, (string Setting, string? Value)[] settings, out List<ConfigurationError> errors) => Build(provider, key, settings, out errors, out _);

    public static CatalogueSource Build(string provider, int key, (string Setting, string? Value)[] settings, out List<ConfigurationError> errors, out SluiceConfiguration built)
    {
        var entry = CatalogueTable.Of(provider);
        var source = SettingsOf(provider, key);
        foreach (var (setting, value) in settings) source[setting] = value;
        errors = [];
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(source.Where(pair => pair.Value is not null).Select(pair => KeyValuePair.Create($"Sluice:Sources:{Name}:{pair.Key}", pair.Value))).Build();
        built = SluiceConfiguration.Build(configuration, ProviderCatalog.Default, new HandlerCatalog(), new SecretResolver(_ => null, "/"), errors);
        Assert.True(built.TryGetSource(Name, out var ready));
        return new(ready, entry, key);
    }

    /// <summary>The settings of a source, as the configuration names them.</summary>
    public static Dictionary<string, string?> SettingsOf(string provider, int key = 0)
    {
        var entry = CatalogueTable.Of(provider);
        var settings = new Dictionary<string, string?> { ["Provider"] = provider, ["PublicUrl"] = PublicUrl };
        if (entry.Keys is not null) settings[entry.KeySetting] = entry.Keys(provider, key).Checks;
        foreach (var (setting, value) in entry.Settings) settings[setting] = value;
        return settings;
    }

    /// <summary>The headers that the sender's proof adds to a request.</summary>
    public IReadOnlyList<string> ProofHeaders => [.. Send().Headers.Select(header => header.Key).Except(Unsigned("0123abc", Now).Headers.Select(header => header.Key), StringComparer.OrdinalIgnoreCase).Where(name => name != "Content-Type" && !Entry.Unproven.Contains(name, StringComparer.OrdinalIgnoreCase))];

    /// <summary>An event as this sender sends it.</summary>
    /// <param name="key">Which of the provider's keys signs; the source's own where none is named.</param>
    public CatalogueRequest Send(string id = "0123abc", DateTimeOffset? at = null, int? key = null) => Sign(Unsigned(id, at ?? Now), at, key);

    public CatalogueRequest Sign(SentRequest request, DateTimeOffset? at = null, int? key = null) =>
        CatalogueRequest.Of(Source.Scheme.Sign(request, Settings, Entry.Keys?.Invoke(Provider.Name, key ?? own).Signs ?? "", at ?? Now));

    private SentRequest Unsigned(string id, DateTimeOffset at)
    {
        var sample = Provider.CreateSample(Provider.SampleType, id, at);
        return new() { Url = Settings.PublicUrl ?? new Uri(PublicUrl), Body = sample.Body, ContentType = sample.ContentType, Headers = sample.Headers, Id = $"msg_{id}" };
    }

    public async Task<SignatureCheck> CheckAsync(CatalogueRequest request, DateTimeOffset? now = null)
    {
        var envelope = request.EnvelopeFor(Source);
        await Source.Verifier!.FetchAsync(envelope, TestContext.Current.CancellationToken);
        return Source.Verifier.Verify(envelope, now ?? Now);
    }

    public async Task AcceptsAsync(CatalogueRequest request, DateTimeOffset? now = null) =>
        Assert.Equal(SignatureResult.Valid, (await CheckAsync(request, now)).Result);

    public async Task RefusesAsync(CatalogueRequest request, string what, DateTimeOffset? now = null)
    {
        var check = await CheckAsync(request, now);
        Assert.False(check.IsValid, string.Create(CultureInfo.InvariantCulture, $"{Provider.Name} accepts {what}"));
    }
}
