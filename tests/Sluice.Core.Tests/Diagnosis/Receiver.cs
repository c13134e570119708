using Microsoft.Extensions.Configuration;
using Sluice.Configuration;
using Sluice.Contracts.Catalogue;
using Sluice.Delivery;
using Sluice.Diagnosis;
using Sluice.Ingestion;
using Sluice.Providers;

namespace Sluice.Core.Tests.Diagnosis;

/// <summary>The receiving side: a configuration of several sources as a host reads it, also one that a host would refuse, and its doctor.</summary>
internal sealed class Receiver
{
    private readonly SluiceConfiguration configuration;

    private Receiver(SluiceConfiguration read) => configuration = read;

    /// <param name="sources">By name; null removes a setting.</param>
    public static Receiver Of(params (string Name, Dictionary<string, string?> Settings)[] sources)
    {
        var pairs = sources.SelectMany(source => source.Settings.Where(pair => pair.Value is not null).Select(pair => KeyValuePair.Create($"Sluice:Sources:{source.Name}:{pair.Key}", pair.Value)));
        var read = SluiceConfiguration.Build(new ConfigurationBuilder().AddInMemoryCollection(pairs).Build(), ProviderCatalog.Default, new HandlerCatalog(), new SecretResolver(_ => null, "/"), []);
        return new(read);
    }

    public Source Source => configuration.Sources.Single(source => source.Name == CatalogueSource.Name);

    /// <summary>All that must never be shown.</summary>
    public IEnumerable<string> Secrets => configuration.Settings.Sources.SelectMany(source => source.Secrets).Select(secret => secret.Value.Trim(' ', '\n', '\r', '"', '\'')).Where(secret => secret.Length > 0)
        .SelectMany(secret => secret.Split('|', ':').Append(secret)).Where(secret => secret.Length >= 16);

    public LiveConfiguration Live => new(configuration);

    public SignatureDoctor Doctor => new(Live);

    public Finding Examine(CatalogueRequest request, DateTimeOffset? now = null) => Examine(request, now, Work.AtLeisure);

    /// <summary>As it is done while a sender waits for its answer.</summary>
    public Finding ExamineBriefly(CatalogueRequest request, DateTimeOffset? now = null) =>
        Doctor.ExamineBriefly(Source, request.EnvelopeFor(Source), now ?? CatalogueSource.Now);

    public Finding Examine(Sluice.Events.Envelope envelope) => Doctor.Examine(Source, envelope, CatalogueSource.Now);

    public Finding Examine(CatalogueRequest request, DateTimeOffset? now, Work work) =>
        Doctor.Examine(Source, request.EnvelopeFor(Source), now ?? CatalogueSource.Now, work);
}
