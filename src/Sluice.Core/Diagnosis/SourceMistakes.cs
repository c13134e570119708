using Sluice.Ingestion;
using Sluice.Providers;

namespace Sluice.Diagnosis;

/// <summary>The request was signed for another source: test for live, one of two endpoints, or another sender's altogether.</summary>
internal sealed class SourceMistakes(IReadOnlyList<Source> others, IProvider provider)
{
    public IReadOnlyList<Mistake> All => [new(WithAnothersSecret), new(AsAnothers, MendsForm: true)];

    private IEnumerable<Trial> WithAnothersSecret(Trial trial)
    {
        foreach (var other in others)
        {
            if (other.Settings.Secrets.Count + other.Settings.PublicKeys.Count == 0) continue;
            var isSame = other.Scheme == trial.Scheme && other.Verifier is not null;
            var cause = new Cause(
                CauseKind.OtherSourcesSecret,
                $"made with the secret of source '{other.Name}'{(other.Provider.Name == provider.Name ? ", of the same provider: test and live or two endpoints were mixed up" : "")}",
                $"let the sender post to '{other.Name}', or set the secret that it shows for this endpoint");
            var settings = trial.Settings with { Secrets = other.Settings.Secrets, PublicKeys = other.Settings.PublicKeys };
            yield return isSame ? trial.With(settings, cause) with { Verifier = other.Verifier } : trial.With(settings, cause);
        }
    }

    // With all that the other source is: scheme, secrets, URL.
    private IEnumerable<Trial> AsAnothers(Trial trial)
    {
        foreach (var other in others)
        {
            if (other.Verifier is null || other.Scheme == trial.Scheme) continue;
            var query = trial.Envelope.Target.IndexOf('?', StringComparison.Ordinal);
            var url = other.Settings.PublicUrl is not { } own ? null : own.Query.Length > 0 || query < 0 ? own.OriginalString : own.OriginalString + trial.Envelope.Target[query..];
            var cause = other.Provider.Name == provider.Name
                ? new Cause(CauseKind.OtherSourcesSecret, $"made for source '{other.Name}'", $"let the sender post to '{other.Name}'")
                : new Cause(CauseKind.WrongProvider, $"a request of {other.Provider.Facts.Title}, genuine for source '{other.Name}'; this source is set up for {provider.Facts.Title}", $"let the sender post to '{other.Name}'");
            yield return new Trial(other.Scheme, other.Settings, trial.Envelope with { Url = url }) { Verifier = other.Verifier, Causes = [.. trial.Causes, cause] };
        }
    }
}
