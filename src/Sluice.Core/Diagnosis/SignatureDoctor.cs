using Sluice.Configuration;
using Sluice.Events;
using Sluice.Ingestion;
using Sluice.Providers;

namespace Sluice.Diagnosis;

/// <summary>
/// Says why a signature does not hold: undoes the usual mistakes, one and two at a time, until the source's own verifier says that the request is
/// genuine. Pure: of the request, the configuration and the time; asks nobody. What it finds holds no secret and no signature.
/// </summary>
public sealed class SignatureDoctor(LiveConfiguration configuration)
{
    /// <summary>Checks, and where the signature does not hold tries the usual mistakes. Never throws, whatever the request holds.</summary>
    /// <param name="now">When the request arrived.</param>
    public Finding Examine(Source source, Envelope envelope, DateTimeOffset now) => Examine(source, envelope, now, Work.AtLeisure);

    /// <summary>The same within what a request may cost that still waits for its answer: a large body is not tried with every mistake, and <see cref="Finding.Signed"/> is null.</summary>
    public Finding ExamineBriefly(Source source, Envelope envelope, DateTimeOffset now) => Examine(source, envelope, now, Work.AtIngest);

    internal Finding Examine(Source source, Envelope envelope, DateTimeOffset now, Work work)
    {
        var current = configuration.Current;
        // Tried without its address: a verifier may remember where genuine requests come from, and what is tried here did not come.
        var seen = new Trial(source.Scheme, source.Settings, envelope with { RemoteAddress = null }) { Verifier = source.Verifier };
        var check = source.Verifier?.Verify(seen.Envelope, now) ?? new(SignatureResult.NoUsableSecret);
        Trial? fit = null;
        // An address that is not known, as that of a captured request, is none that is refused.
        if (envelope.RemoteAddress is { } address && !source.Allows(address)) return Found(SignatureResult.AddressNotAllowed, check.IsValid, Explanations.Elsewhere(check.IsValid));
        if (check.IsValid) return Found(check.Result, true);
        if (source is { Learns: true, Verifier: null }) return Found(check.Result, true, Explanations.Unlearned());
        // A source that is closed may have the right secret all the same: then its fault is all there is to say.
        if (source.Verifier is null && Remarks.IsGenuine(seen.Check(now))) return Found(check.Result, true, Explanations.Unusable(source));

        fit = Remarks.IsGenuine(check) ? seen : new Search(Mistakes(source, current, work), now, work).Find(seen, check);
        if (fit is null) return Found(check.Result, false, new Explanations(ProviderCatalog.Default).Of(source, envelope, check.Result, work));
        return Found(check.Result, true, [.. fit.Causes, .. Remarks.Of(fit, fit.Check(now), now)]);

        Finding Found(SignatureResult result, bool isProven, params Cause[] causes) => new()
        {
            Result = result,
            Causes = causes,
            IsProven = isProven,
            Signed = work.IsBrief ? null : SignedExcerpt.Of(source.Scheme.SignedText(envelope), fit?.Scheme.SignedText(fit.Envelope), current, source.Settings),
        };
    }

    // What changes how the proof is read comes first, what costs most last; of two mistakes in the body the first to be undone is the last to have been made.
    private static List<Mistake> Mistakes(Source source, SluiceConfiguration configuration, Work work)
    {
        var sources = new SourceMistakes([.. configuration.Sources.Where(other => other.Name != source.Name)], source.Provider);
        var schemes = new SchemeMistakes(source.Provider, ProviderCatalog.Default);
        var bodies = new BodyMistakes(work);
        return
        [
            .. HeaderMistakes.All, .. HeaderValueMistakes.All, .. SecretMistakes.All, .. sources.All, .. UrlMistakes.All, .. bodies.All,
            .. EncodingMistakes.All, .. SecretMistakes.Senders, .. schemes.All, .. bodies.Rewritten,
        ];
    }
}
