using System.IO.Enumeration;
using Sluice.Configuration;
using Sluice.Events;
using Sluice.Ingestion;
using Sluice.Providers;

namespace Sluice.Diagnosis;

/// <summary>Whose request it is by the headers that it has, whether its proof holds or not.</summary>
internal static class Recognition
{
    // Of many senders, or of none in particular.
    private static readonly string[] Anybodys = ["Authorization", "Idempotency-Key", "X-Request-Id", "Signature"];

    /// <summary>The one provider that has more of its own headers there than the source's; null where none or several have.</summary>
    public static IProvider? Other(Source source, ProviderCatalog providers, HeaderList headers)
    {
        // Whose headers the source's own settings name is for them to say.
        if (source.Scheme != Usual(source.Provider) && source.Scheme.HeaderNames.Any(name => headers.First(name) is not null)) return null;
        var best = Score(source.Provider, headers);
        IProvider? found = null;
        foreach (var name in providers.Names)
        {
            if (name == source.Provider.Name || !providers.TryGet(name, out var provider) || Score(provider, headers) is var score && score < best) continue;
            found = score > best ? provider : null;
            best = score;
        }

        return found;
    }

    /// <summary>How many of a sender's headers are there; those of its signature count twice.</summary>
    public static int Score(IProvider provider, HeaderList headers)
    {
        var scheme = Usual(provider);
        var proof = scheme.HeaderNames.Concat(scheme.CredentialNames).Where(IsIts);
        return (2 * proof.Count(name => headers.First(name) is not null)) + Marks(provider, headers);
    }

    /// <summary>How many headers are there that the sender has beside its proof, and nobody else.</summary>
    public static int Marks(IProvider provider, HeaderList headers)
    {
        var patterns = provider.Headers.Where(IsIts).ToList();
        return headers.Count(header => header.Key.Length <= HeaderMistakes.LongestName && patterns.Exists(pattern => FileSystemName.MatchesSimpleExpression(pattern, header.Key)));
    }

    private static bool IsIts(string name) => name.Length > 0 && !Anybodys.Contains(name, StringComparer.OrdinalIgnoreCase);

    private static SignatureScheme Usual(IProvider provider) => provider.Scheme(new SourceSettings { Name = "any", Provider = provider.Name }, []);
}
