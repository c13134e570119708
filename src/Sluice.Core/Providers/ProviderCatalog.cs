using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace Sluice.Providers;

/// <summary>The providers that are there, by name.</summary>
public sealed class ProviderCatalog(params IEnumerable<IProvider> providers)
{
    private readonly FrozenDictionary<string, IProvider> byName = providers.ToFrozenDictionary(provider => provider.Name, StringComparer.Ordinal);

    /// <summary>Every provider that Sluice brings. A new one is one class and one line here.</summary>
    public static ProviderCatalog Default { get; } = new(
        new BasicProvider(),
        new CloudEventsProvider(),
        new DockerHubProvider(),
        new EventGridProvider(),
        new GitHubProvider(),
        new GitLabProvider(),
        new HmacProvider(),
        new MailchimpProvider(),
        new MsGraphProvider(),
        new NoneProvider(),
        new OktaProvider(),
        new ShopifyProvider(),
        new SlackProvider(),
        new StandardWebhooksProvider(),
        new StravaProvider(),
        new StripeProvider(),
        new TelegramProvider(),
        new TokenProvider());

    public IEnumerable<string> Names => byName.Keys.Order(StringComparer.Ordinal);

    public bool TryGet(string name, [NotNullWhen(true)] out IProvider? provider) => byName.TryGetValue(name, out provider);
}
