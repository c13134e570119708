using System.Globalization;
using Sluice.Configuration;
using Sluice.Diagnosis;
using Sluice.Events;
using Sluice.Ingestion;
using Sluice.Inspection;
using Sluice.Providers;
using Sluice.Retries;

namespace Sluice.Quarantine;

/// <summary>
/// The operator's doings with refused requests. What is released takes the way of any webhook, from the same check to the same booking: nobody
/// can force one through. It is forgotten here only when its event is durable, so that a crash in between leaves a duplicate and loses nothing.
/// </summary>
public sealed class QuarantineOperations(LiveConfiguration configuration, IQuarantine quarantine, Ingestor ingestor, Learning learning, SignatureDoctor doctor, TimeProvider time) : IQuarantineOperations
{
    public async Task<Page<RejectionView>> ListAsync(RejectionFilter filter, CancellationToken cancellationToken)
    {
        var page = await quarantine.ListAsync(filter, cancellationToken);
        return new([.. page.Items.Select(RejectionView.Of)], page.Next);
    }

    public async Task<RejectionView?> FindAsync(RejectionId id, CancellationToken cancellationToken) => await quarantine.FindAsync(id, cancellationToken) is { } found ? RejectionView.Of(found) : null;

    public async Task<byte[]?> BodyAsync(RejectionId id, CancellationToken cancellationToken) => (await quarantine.FindAsync(id, cancellationToken))?.Request?.Body.ToArray();

    public async Task<CheckedView?> VerifyAsync(RejectionId id, CancellationToken cancellationToken) =>
        await quarantine.FindAsync(id, cancellationToken) is { Request: { } request } found ? (await CheckAsync(found, request, cancellationToken)).View : null;

    public async Task<CheckedView?> ReleaseAsync(RejectionId id, CancellationToken cancellationToken)
    {
        if (await quarantine.FindAsync(id, cancellationToken) is not { Request: { } request } found) return null;
        var (view, source, envelope) = await CheckAsync(found, request, cancellationToken);
        if (view.Result != CheckedResult.Holds) return view;
        if (source!.Provider.Handshake(envelope, source.Settings) is not null)
        {
            await quarantine.RemoveAsync(id, cancellationToken);
            return view with { Result = CheckedResult.Question };
        }

        var kept = await ingestor.KeepAsync(EventOf.Request(source, envelope), time.GetUtcNow(), isAskedFor: true, cancellationToken);
        await quarantine.RemoveAsync(id, cancellationToken);
        return view with { Result = kept.Result == IngestResult.Duplicate ? CheckedResult.Duplicate : CheckedResult.Released, Event = kept.Id.ToString() };
    }

    public async Task<bool> PurgeAsync(RejectionId id, CancellationToken cancellationToken) => await quarantine.RemoveAsync(id, cancellationToken);

    public Task<CheckedStep> VerifyAllAsync(RejectionFilter filter, CancellationToken cancellationToken) => StepAsync(filter, VerifyAsync, cancellationToken);

    public Task<CheckedStep> ReleaseAllAsync(RejectionFilter filter, CancellationToken cancellationToken) => StepAsync(filter, ReleaseAsync, cancellationToken);

    public async Task<JobStep> PurgeAllAsync(RejectionFilter filter, CancellationToken cancellationToken)
    {
        var page = await quarantine.ListAsync(filter with { OnlyKept = true, OldestFirst = true }, cancellationToken);
        var purged = 0;
        foreach (var rejection in page.Items)
        {
            if (await quarantine.RemoveAsync(rejection.Id, cancellationToken)) purged++;
        }

        return new(purged, page.Next);
    }

    // One after the other: a page's bodies together could be more than a process has room for.
    private async Task<CheckedStep> StepAsync(RejectionFilter filter, Func<RejectionId, CancellationToken, Task<CheckedView?>> work, CancellationToken cancellationToken)
    {
        var page = await quarantine.ListAsync(filter with { OnlyKept = true, OldestFirst = true }, cancellationToken);
        var items = new List<CheckedView>(page.Items.Count);
        foreach (var rejection in page.Items)
        {
            // Null: somebody else has released or purged it meanwhile.
            if (await work(rejection.Id, cancellationToken) is { } view) items.Add(view);
        }

        return new(items, page.Next);
    }

    private async Task<(CheckedView View, Source? Source, Envelope Envelope)> CheckAsync(Rejection rejection, KeptRequest request, CancellationToken cancellationToken)
    {
        configuration.Current.TryGetSource(rejection.Source, out var source);
        var envelope = new Envelope
        {
            Method = "POST", Target = request.Target, Url = source?.Settings.UrlOf(request.Target), Headers = request.Headers, Body = request.Body,
            ReceivedAt = rejection.ReceivedAt, RemoteAddress = rejection.RemoteAddress,
        };
        if (source is null) return (View(CheckedResult.DoesNotHold, $"there is no source {rejection.Source} any more"), null, envelope);
        var verifier = source.Learns ? await learning.VerifierAsync(source) : source.Verifier;
        if (verifier is null) return (View(CheckedResult.DoesNotHold, source.Fault is { } fault ? $"the source accepts nothing: {fault}" : source.Learns ? "the source waits for its handshake: it has nothing to check with yet" : "the source accepts nothing: it has nothing to check with"), source, envelope);
        if (source.Settings.Paused) return (View(CheckedResult.DoesNotHold, "the source is paused"), source, envelope);
        if (!source.Allows(envelope.RemoteAddress)) return (View(CheckedResult.DoesNotHold, $"{SignatureResult.AddressNotAllowed}: {envelope.RemoteAddress} is not among AllowedIps"), source, envelope);
        await verifier.FetchAsync(envelope, cancellationToken);
        var check = verifier.Verify(envelope, envelope.ReceivedAt);
        if (check.IsValid || (check.Result == SignatureResult.TimestampTooOld && source.Settings.AcceptLate)) return (TooOld(rejection) is { } reason ? View(CheckedResult.DoesNotHold, reason) : View(CheckedResult.Holds, "the signature holds"), source, envelope);
        // The verifier decides; the doctor only says why.
        var finding = doctor.Examine(learning.AsKnown(source), envelope, envelope.ReceivedAt);
        return (View(CheckedResult.DoesNotHold, finding.Result == check.Result ? SafeText.OneLine(finding.Summary, 1000) : check.Result.ToString()), source, envelope);

        CheckedView View(CheckedResult result, string finding) => new(rejection.Id.ToString(), rejection.Source, rejection.ReceivedAt, result, finding);
    }

    private string? TooOld(Rejection rejection)
    {
        var (window, age) = (configuration.Current.Window, time.GetUtcNow() - rejection.ReceivedAt);
        return age <= ReleaseAge.Longest(window) ? null : string.Create(
            CultureInfo.InvariantCulture,
            $"too old: it was received {age.TotalDays:0.#} days ago and events are kept for {window.Length.TotalDays:0.#}, so that it could be lost or come twice; have the sender send it again");
    }
}
