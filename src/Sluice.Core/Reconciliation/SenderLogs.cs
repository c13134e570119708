using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using Sluice.Reconciliation.Senders;

namespace Sluice.Reconciliation;

/// <summary>The senders whose logs can be asked, by the provider's name.</summary>
public sealed class SenderLogs(params IEnumerable<ISenderLog> logs)
{
    private readonly FrozenDictionary<string, ISenderLog> byProvider = logs.ToFrozenDictionary(log => log.Provider, StringComparer.Ordinal);

    /// <summary>Every log that Sluice knows. A new one is one class and one line here.</summary>
    public static SenderLogs Default { get; } = new(new GitHubLog(), new GitLabLog(), new PayPalLog(), new SquareLog(), new StripeLog());

    public IEnumerable<string> Names => byProvider.Keys.Order(StringComparer.Ordinal);

    public bool TryGet(string provider, [NotNullWhen(true)] out ISenderLog? log) => byProvider.TryGetValue(provider, out log);
}
