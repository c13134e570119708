using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace Sluice.Providers;

/// <summary>The providers that are there, by name.</summary>
public sealed class ProviderCatalog(params IEnumerable<IProvider> providers)
{
    private readonly FrozenDictionary<string, IProvider> byName = providers.ToFrozenDictionary(provider => provider.Name, StringComparer.Ordinal);

    /// <summary>Every provider that Sluice brings. A new one is one class and one line here.</summary>
    public static ProviderCatalog Default { get; } = new(
        new AdyenProvider(),
        new AsanaProvider(),
        new BasicProvider(),
        new BitbucketProvider(),
        new BraintreeProvider(),
        new CircleCIProvider(),
        new CloudEventsProvider(),
        new DialogflowProvider(),
        new DiscordInteractionsProvider(),
        new DiscordProvider(),
        new DockerHubProvider(),
        new DropboxProvider(),
        new EventGridProvider(),
        new GitHubProvider(),
        new GitLabProvider(),
        new HmacProvider(),
        new HubSpotProvider(),
        new IntercomProvider(),
        new JwtProvider(),
        new LinearProvider(),
        new MailchimpProvider(),
        new MandrillProvider(),
        new MetaProvider(),
        new MsGraphProvider(),
        new NoneProvider(),
        new OktaProvider(),
        new PaddleProvider(),
        new PayPalProvider(),
        new SendGridProvider(),
        new ShopifyProvider(),
        new SlackProvider(),
        new SquareProvider(),
        new StandardWebhooksProvider(),
        new StravaProvider(),
        new StripeProvider(),
        new TelegramProvider(),
        new TokenProvider(),
        new TravisCiProvider(),
        new TwilioProvider(),
        new TwitchProvider(),
        new TypeformProvider(),
        new ZendeskProvider(),
        new ZoomProvider());

    public IEnumerable<string> Names => byName.Keys.Order(StringComparer.Ordinal);

    public bool TryGet(string name, [NotNullWhen(true)] out IProvider? provider) => byName.TryGetValue(name, out provider);
}
