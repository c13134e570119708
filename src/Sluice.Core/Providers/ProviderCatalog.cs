using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace Sluice.Providers;

/// <summary>The providers that are there, by name.</summary>
public sealed class ProviderCatalog(params IEnumerable<IProvider> providers)
{
    private readonly FrozenDictionary<string, IProvider> byName = providers.ToFrozenDictionary(provider => provider.Name, StringComparer.Ordinal);

    /// <summary>Every provider that Sluice brings. A new one is one class and one line here.</summary>
    public static ProviderCatalog Default { get; } = new(
        new BraintreeProvider(),
        new DialogflowProvider(),
        new DiscordInteractionsProvider(),
        new DiscordProvider(),
        new GitHubProvider(),
        new HmacProvider(),
        new JwtProvider(),
        new MandrillProvider(),
        new PayPalProvider(),
        new SendGridProvider(),
        new ShopifyProvider(),
        new SlackProvider(),
        new StandardWebhooksProvider(),
        new StripeProvider(),
        new TravisCiProvider(),
        new TwilioProvider());

    public IEnumerable<string> Names => byName.Keys.Order(StringComparer.Ordinal);

    public bool TryGet(string name, [NotNullWhen(true)] out IProvider? provider) => byName.TryGetValue(name, out provider);
}
