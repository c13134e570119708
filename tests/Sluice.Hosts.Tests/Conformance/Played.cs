using Sluice.Contracts.Catalogue;
using Sluice.LocalHost.Commands;
using Sluice.LocalHost.Conformance;

namespace Sluice.Hosts.Tests.Conformance;

/// <summary>A sender played inside the test, without waiting between its repeats.</summary>
internal static class Played
{
    /// <summary>Clients of one run; their connections end with the test's process.</summary>
    private static readonly HttpClient Client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, UseCookies = false }) { Timeout = TimeSpan.FromSeconds(30) };

    public static PlayedSender Sender(SendTarget target, Uri url, IKeptObserver? observer = null, int seed = 1, string[]? next = null, string[]? retired = null, TimeSpan? patience = null) =>
        new(target, url, target.Provider.SampleType, Client, TimeProvider.System, new Random(seed), observer) { Scale = 0, Patience = patience ?? TimeSpan.FromSeconds(10), NextSecrets = next ?? [], RetiredSecrets = retired ?? [] };

    /// <summary>A sender of the catalogue, with the first of its keys.</summary>
    public static SendTarget Target(CatalogueSource source, string name) => new(
        source.Provider, source.Source.Scheme, source.Settings with { Name = name }, new SendSecret(source.Source.Scheme, source.Entry.Keys?.Invoke(source.Provider.Name, 0).Signs ?? "", ""));

    public static SendTarget Target(string provider) => Target(CatalogueSource.Of(provider), "it");

    /// <summary>A sender with a shared secret of the test's own, that signs no URL.</summary>
    public static SendTarget Target(string provider, string secret)
    {
        var target = Target(CatalogueSource.Of(provider, 0, ("Secrets:0", secret), ("PublicUrl", null)), "it");
        return target with { Secret = target.Secret with { Value = secret } };
    }

    public static Task<ConformanceReport> PlayAsync(PlayedSender sender, params string[] only) =>
        ConformanceRun.PlayAsync(sender, only.Length == 0 ? null : only, static _ => { }, TestContext.Current.CancellationToken);

    public static UrlObserver Observer(Uri url) => new(Client, url);
}
