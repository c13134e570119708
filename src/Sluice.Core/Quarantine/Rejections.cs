using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Sluice.Configuration;
using Sluice.Diagnosis;
using Sluice.Events;
using Sluice.Ingestion;
using Sluice.Inspection;
using Sluice.Providers;
using Sluice.Storage;

namespace Sluice.Quarantine;

/// <summary>
/// What is done about a refused request before it is answered. All are counted. A few each minute are told: examined, logged and written down. Where
/// the source wants it, each is kept with its bytes while there is room. The answer depends on none of it and waits a moment for it at most.
/// </summary>
public sealed partial class Rejections(LiveConfiguration configuration, SignatureDoctor doctor, Learning learning, IQuarantine quarantine, TimeProvider time, Random random, ILogger<Rejections> logger)
{
    /// <summary>Of all sources together: a flood of forgeries costs neither log nor time.</summary>
    private const int ToldPerMinute = 20;

    /// <summary>More would crowd out the writes of requests that are accepted.</summary>
    private const int KeptAtOnce = 8;

    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(300);

    /// <summary>A store that failed is left alone for so long.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    private readonly Lock gate = new();
    private readonly Turns turns = new(KeptAtOnce);
    private readonly ConcurrentDictionary<string, Line> lines = new(StringComparer.Ordinal);
    private readonly KnownRoom room = new(time);
    private RejectionId last;
    private long minute;
    private int told;
    private int untold;
    private long awayUntil;
    private long quietUntil;
    private int examining;

    /// <summary>Returns when the request may be answered. Never throws, whatever it holds and wherever the store is.</summary>
    public async ValueTask TakeAsync(Source source, Envelope envelope, SignatureResult result)
    {
        Telemetry.Rejected.Add(1, new KeyValuePair<string, object?>("source", source.Name), new KeyValuePair<string, object?>("result", result));
        var finding = MayTell() ? Tell(source, envelope, result) : null;
        if (time.GetUtcNow().UtcTicks < Volatile.Read(ref awayUntil)) return;
        var bounds = source.Settings.Quarantine;
        var request = bounds is null ? null : Cut(source, envelope, bounds);
        if (finding is null && request is null) return;
        await KeepAsync(new Rejection
        {
            Id = NewId(envelope.ReceivedAt), Source = source.Name, ReceivedAt = envelope.ReceivedAt, Result = result, Finding = finding,
            RemoteAddress = envelope.RemoteAddress, BodyBytes = envelope.Body.Length, IsKept = request is not null, Request = request,
        }, bounds ?? new());
    }

    private bool MayTell()
    {
        int missed;
        lock (gate)
        {
            var now = time.GetUtcNow().Ticks / TimeSpan.TicksPerMinute;
            if (now != minute) (minute, told) = (now, 0);
            if (told == ToldPerMinute)
            {
                untold++;
                return false;
            }

            told++;
            (missed, untold) = (untold, 0);
        }

        if (missed > 0) Log.Missed(logger, missed);
        return true;
    }

    // Of one millisecond too the earlier comes before the later: they are released in that order.
    private RejectionId NewId(DateTimeOffset receivedAt)
    {
        var id = RejectionId.Create(receivedAt, random);
        lock (gate)
        {
            if (id.ReceivedAt == last.ReceivedAt && id <= last) id = last.Next;
            return last = id;
        }
    }

    private string Tell(Source source, Envelope envelope, SignatureResult result)
    {
        var text = result.ToString();
        // One at a time, and nobody waits: of those that come together one is examined.
        var isFree = Interlocked.Exchange(ref examining, 1) == 0;
        try
        {
            // What the doctor finds otherwise than the answer says would only confuse.
            if (isFree && doctor.ExamineBriefly(learning.AsKnown(source), envelope, envelope.ReceivedAt) is { } finding && finding.Result == result) text = SafeText.OneLine(finding.Summary, 1000);
        }
#pragma warning disable CA1031 // A fault of ours in looking for the reason must not cost the sender its answer.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Log.Fault(logger, e, source.Name);
        }
        finally
        {
            if (isFree) Volatile.Write(ref examining, 0);
        }

        Log.Rejected(logger, source.Name, text);
        return text;
    }

    // Null where nothing of its bytes may be kept, or there is no room.
    private KeptRequest? Cut(Source source, Envelope envelope, QuarantineSettings bounds)
    {
        try
        {
            if (!room.MayFit(source.Name, bounds, envelope.Body.Length)) return null;
            return ShownSecrets.Of(configuration.Current).Cut(source, envelope) is { } request && room.MayFit(source.Name, bounds, request.Bytes) ? request : null;
        }
#pragma warning disable CA1031 // A fault of ours in looking for secrets must not cost the sender its answer.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Log.Fault(logger, e, source.Name);
            return null;
        }
    }

    private async ValueTask KeepAsync(Rejection rejection, QuarantineSettings bounds)
    {
        using var limit = new CancellationTokenSource(Patience, time);
        try
        {
            var line = lines.GetOrAdd(rejection.Source, static (_, own) => new(own.quarantine, own.turns, Patience, own.time), (quarantine, turns, time));
            var keeping = await line.KeepAsync(rejection, bounds, limit.Token);
            if (rejection.Request is not { } request || keeping.IsKept) return;
            if (keeping.IsBusy) Passed(rejection, "other instances wrote at the same moment");
            else if (keeping.IsTooLarge && room.Exceed(rejection.Source, bounds, request.Bytes)) Log.TooLarge(logger, rejection.Source, rejection.BodyBytes);
            else if (keeping.FullUntil is { } until && room.Fill(rejection.Source, bounds, keeping.FullFrom, until))
            {
                if (keeping.FullFrom == 0) Log.Full(logger, rejection.Source, until);
                else Log.FullFrom(logger, rejection.Source, keeping.FullFrom, until);
            }
        }
        catch (OperationCanceledException)
        {
            // No outage: the next may find its turn.
            Passed(rejection, "too many came at once");
        }
        catch (StoreUnavailableException e)
        {
            Volatile.Write(ref awayUntil, (time.GetUtcNow() + Pause).UtcTicks);
            if (MaySay()) Log.NotKept(logger, rejection.Source, e.Message);
        }
#pragma warning disable CA1031 // A fault of ours in writing it down must not cost the sender its answer.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Volatile.Write(ref awayUntil, (time.GetUtcNow() + Pause).UtcTicks);
            Log.Fault(logger, e, rejection.Source);
        }
    }

    private void Passed(Rejection rejection, string reason)
    {
        if (MaySay()) Log.Passed(logger, rejection.Source, reason);
    }

    private bool MaySay()
    {
        var now = time.GetUtcNow();
        var until = Interlocked.Read(ref quietUntil);
        return now.UtcTicks >= until && Interlocked.CompareExchange(ref quietUntil, (now + Pause).UtcTicks, until) == until;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{Source}: request refused: {Finding}")]
        public static partial void Rejected(ILogger logger, string source, string finding);

        [LoggerMessage(2, LogLevel.Warning, "{Count} more requests were refused and not logged one by one")]
        public static partial void Missed(ILogger logger, int count);

        [LoggerMessage(3, LogLevel.Warning, "{Source}: the quarantine is full of requests of the last hour and keeps nothing more until {Until:u}")]
        public static partial void Full(ILogger logger, string source, DateTimeOffset until);

        [LoggerMessage(4, LogLevel.Warning, "{Source}: a refused request of {Bytes} bytes is too large for the quarantine and was not kept")]
        public static partial void TooLarge(ILogger logger, string source, int bytes);

        [LoggerMessage(5, LogLevel.Warning, "{Source}: a refused request was not written down, nor are others for a moment: {Reason}")]
        public static partial void NotKept(ILogger logger, string source, string reason);

        [LoggerMessage(6, LogLevel.Error, "{Source}: a fault of Sluice's own while a refused request was looked at")]
        public static partial void Fault(ILogger logger, Exception fault, string source);

        [LoggerMessage(8, LogLevel.Warning, "{Source}: the quarantine is full of requests of the last hour and keeps none of {Bytes} bytes or more until {Until:u}")]
        public static partial void FullFrom(ILogger logger, string source, long bytes, DateTimeOffset until);

        [LoggerMessage(7, LogLevel.Warning, "{Source}: a refused request was not written down: {Reason}")]
        public static partial void Passed(ILogger logger, string source, string reason);
    }
}
