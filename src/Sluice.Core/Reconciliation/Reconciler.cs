using Microsoft.Extensions.Logging;
using Sluice.Configuration;
using Sluice.Delivery;
using Sluice.Events;
using Sluice.Ingestion;
using Sluice.Storage;

namespace Sluice.Reconciliation;

/// <summary>
/// Compares what was kept of a source with what its sender says it sent. What is missing is kept as the sender's API has it, where that lists events
/// whole, or asked for again, so that it arrives through the webhook's own door. Two runs at once do no harm: the book keeps each event once.
/// </summary>
public sealed partial class Reconciler(
    LiveConfiguration configuration, IEventStore store, Ingestor ingestor, SenderLogs logs, SenderClient client, TimeProvider time, ILogger<Reconciler> logger)
{
    /// <summary>Entries of a sender's log that one run looks at.</summary>
    public const int MostEntries = 10_000;

    /// <summary>The header that says of a kept event that it is no webhook: it was got from the API of the provider it names, in the API's form, and has no signature.</summary>
    public const string FetchedHeader = "Sluice-Fetched";

    private const int MostPages = 1000;

    private readonly AskedEvents known = new();

    /// <summary>One run. Whatever the sender or the store does, it ends with a report.</summary>
    public async Task<ReconcileReport> RunAsync(Source source, ReconcileRequest request, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var settings = source.Settings.Reconcile;
        if (settings is null || !logs.TryGet(source.Provider.Name, out var log))
        {
            var nothing = new ReconcileRun(source.Name, now, request.IsDryRun);
            nothing.Stop(logs.TryGet(source.Provider.Name, out _)
                ? $"source {source.Name} says nothing of how its sender is asked; give it a section Reconcile"
                : $"the sender of source {source.Name} has no log that can be asked; those that have one are {string.Join(", ", logs.Names)}");
            return Logged(nothing);
        }

        var since = Gaps.Since(request.Since ?? now - settings.Lookback, now, log.Horizon, configuration.Current.Window.Length);
        var run = new ReconcileRun(source.Name, since, request.IsDryRun);
        if (settings.Fault is { } fault) run.Stop(fault);
        else if (source.Settings.Paused) run.Stop($"source {source.Name} is paused");
        else if (source.ChecksSignatures && !source.IsUsable(now)) run.Stop($"source {source.Name} accepts nothing now: {source.Fault ?? "none of its secrets is valid"}");
        else await RunAsync(source, log, new LogQuery(settings, since, now), request, run, cancellationToken);
        return Logged(run);
    }

    private async Task RunAsync(Source source, ISenderLog log, LogQuery query, ReconcileRequest request, ReconcileRun run, CancellationToken cancellationToken)
    {
        var api = new SenderApi(client, source.Provider.Facts.Title, query.Settings.ApiUrl ?? log.ApiUrl, time);
        try
        {
            // Where something is to be asked for afterwards, reading must leave time for it: a long log would else never be acted on.
            api.Until = query.Until + (log.IsWhole ? request.AtMost : request.AtMost / 2);
            await ReadAsync(source, log, api, query, run, cancellationToken);
            api.Until = query.Until + request.AtMost;
            await AskAsync(source, log, api, request, run, cancellationToken);
        }
        catch (StoreUnavailableException e)
        {
            run.Stop($"the store cannot be used: {SafeText.OneLine(e.Message)}");
        }
    }

    private async Task ReadAsync(Source source, ISenderLog log, SenderApi api, LogQuery query, ReconcileRun run, CancellationToken cancellationToken)
    {
        try
        {
            await log.SignInAsync(api, query.Settings, cancellationToken);
            string? cursor = null;
            for (var pages = 0; ; pages++)
            {
                var page = await log.ListAsync(api, query, cursor, cancellationToken);
                run.Fail($"{source.Provider.Facts.Title} listed something that is no event", page.Unreadable);
                foreach (var logged in page.Events)
                {
                    if (query.Settings.Types is null || query.Settings.Types.Any(type => Destination.Matches(type, logged.Type))) await MeetAsync(source, log, logged, query.Until, run, cancellationToken);
                }

                run.Entries += page.Events.Count + page.Unreadable;
                if (page.Next is null || page.Next == cursor) return;
                if (run.Entries >= MostEntries || pages >= MostPages)
                {
                    run.Stop($"the log is longer than one run looks at ({MostEntries} entries, {MostPages} pages); look at less of it, by Lookback or --since, more often");
                    return;
                }

                cursor = page.Next;
            }
        }
        catch (SenderLogException e)
        {
            run.Stop(e.Message, e.MayGoOnAt);
        }
    }

    private async Task MeetAsync(Source source, ISenderLog log, LoggedEvent logged, DateTimeOffset now, ReconcileRun run, CancellationToken cancellationToken)
    {
        var id = EventId.Of(source.Name, logged.Key);
        if (!run.IsFirst(id, logged)) return;
        if (known.IsKept(id) || await store.FindAsync(id, cancellationToken) is not null)
        {
            known.Kept(id);
            run.Kept++;
        }
        else if (!log.IsWhole) run.Missing(id, logged);
        else if (Gaps.ActAt(logged.At, tries: 1, isAsked: true) > now) run.End(logged, MissingOutcome.Waiting);
        else if (run.IsDryRun) run.End(logged, MissingOutcome.Found);
        else await KeepAsync(source, id, logged, run, cancellationToken);
    }

    private async Task KeepAsync(Source source, EventId id, LoggedEvent logged, ReconcileRun run, CancellationToken cancellationToken)
    {
        if (logged.Body.Length > source.Settings.MaxBodyBytes)
        {
            run.Fail($"an event is larger than the {source.Settings.MaxBodyBytes} bytes of MaxBodyBytes");
            run.End(logged, MissingOutcome.Failed);
            return;
        }

        // The moment as the book has it: to the millisecond.
        var now = DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());
        var webhook = EventOf.Request(source, new Envelope
        {
            Method = "POST", Target = "", Headers = new HeaderList([new("Content-Type", "application/json")]), Body = logged.Body.ToArray(), ReceivedAt = now,
        });
        if (webhook.Id != id)
        {
            run.Fail("an event could not be read as the webhook would be");
            run.End(logged, MissingOutcome.Failed);
            return;
        }

        var kept = await ingestor.KeepAsync(webhook with { Headers = webhook.Headers.With(FetchedHeader, source.Provider.Name) }, now, isAskedFor: false, cancellationToken);
        known.Kept(id);
        // Somebody else may have brought it in meanwhile.
        if (kept.Result == IngestResult.Accepted) run.End(logged, MissingOutcome.Fetched);
        else run.Kept++;
    }

    private async Task AskAsync(Source source, ISenderLog log, SenderApi api, ReconcileRequest request, ReconcileRun run, CancellationToken cancellationToken)
    {
        var isStopped = false;
        foreach (var gap in run.Gaps)
        {
            var asked = known.Of(gap.Id);
            var last = asked.Last > gap.Last ? asked.Last : gap.Last ?? asked.Last;
            var isWaiting = isStopped || Gaps.ActAt(last, Math.Max(gap.Tries, asked.Times + 1), request.IsAsked) > time.GetUtcNow();
            if (isWaiting || run.IsDryRun)
            {
                run.End(gap.Logged, isWaiting ? MissingOutcome.Waiting : MissingOutcome.Found);
                continue;
            }

            try
            {
                await api.WaitAsync(api.LastAsked + log.Pause, "the time for one run is over", cancellationToken);
                // Before it is asked: an answer that gets lost is no reason to ask at once again.
                known.Ask(gap.Id, time.GetUtcNow());
                await log.AskAgainAsync(api, source.Settings, gap.Logged, cancellationToken);
                run.End(gap.Logged, MissingOutcome.AskedAgain);
            }
            catch (SenderLogException e) when (!e.IsFinal)
            {
                run.Fail(e.Message);
                run.End(gap.Logged, MissingOutcome.Failed);
            }
            catch (SenderLogException e)
            {
                isStopped = true;
                run.Stop(e.Message, e.MayGoOnAt);
                run.End(gap.Logged, MissingOutcome.Waiting);
            }
        }
    }

    private ReconcileReport Logged(ReconcileRun run)
    {
        var report = run.Report();
        Log.Compared(logger, report.Source, report.Listed, report.Kept, report.Missing, report.AskedAgain, report.Fetched, report.Waiting, report.Failed);
        if (!report.IsComplete) Log.Incomplete(logger, report.Source, string.Join("; ", new[] { report.StoppedBecause }.OfType<string>().Concat(report.Failures)));
        return report;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "{Source} compared with its sender's log: {Listed} listed, {Kept} kept, {Missing} missing; {AskedAgain} asked for again, {Fetched} fetched, {Waiting} left for later, {Failed} failed")]
        public static partial void Compared(ILogger logger, string source, int listed, int kept, int missing, int askedAgain, int fetched, int waiting, int failed);

        [LoggerMessage(2, LogLevel.Warning, "{Source} was not compared to the end: {Reason}")]
        public static partial void Incomplete(ILogger logger, string source, string reason);
    }
}
