using System.Collections.Frozen;
using Microsoft.Extensions.Logging;
using Sluice.Events;
using Sluice.Processing;
using Sluice.Providers;

namespace Sluice.Ingestion;

/// <summary>What a source answers instead of the plain success: its template, or code that it names, within the time its sender waits. Two answers of one name are a mistake in the registration and throw.</summary>
public sealed partial class OwnAnswers(IEnumerable<IAnswer> answers, TimeProvider time, ILogger<OwnAnswers> logger)
{
    /// <summary>For senders that do not say how long they wait.</summary>
    private static readonly TimeSpan UsualDeadline = TimeSpan.FromSeconds(5);

    /// <summary>What an answer may not set: the server does, or the sender would be led elsewhere.</summary>
    private static readonly FrozenSet<string> NotSet = new[] { "Content-Length", "Content-Type", "Transfer-Encoding", "Connection", "Location", "Set-Cookie" }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private readonly FrozenDictionary<string, IAnswer> byName = answers.ToDictionary(answer => answer.Name, StringComparer.Ordinal).ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The answer to a kept event, or null for the plain success. Never throws.</summary>
    /// <param name="started">When the request began, by <see cref="TimeProvider.GetTimestamp"/>: its sender waits since then.</param>
    public ValueTask<Answer?> OfAsync(Source source, Ingested ingested, long started) =>
        ingested.Event is not { } webhook ? default
        : source.Settings.AnswerTemplate is { } template ? new(template.Fill(ingested.Id, webhook))
        : source.Settings.AnswerName is { } name ? RunAsync(source, name, webhook, started)
        : default;

    /// <summary>How long code may take: four fifths of the sender's deadline, since the way there and back takes time too.</summary>
    public static TimeSpan LimitOf(ProviderFacts facts) => (facts.Deadline ?? UsualDeadline) * 0.8;

    private async ValueTask<Answer?> RunAsync(Source source, string name, WebhookEvent webhook, long started)
    {
        if (!byName.TryGetValue(name, out var answer))
        {
            Log.Missing(logger, source.Name, name);
            return null;
        }

        var left = LimitOf(source.Provider.Facts) - time.GetElapsedTime(started);
        if (left <= TimeSpan.Zero)
        {
            Log.Late(logger, source.Name, name);
            return null;
        }

        using var limit = new CancellationTokenSource();
        using var timer = time.CreateTimer(HandlerCall.Cancel, limit, left, Timeout.InfiniteTimeSpan);
        try
        {
            var call = answer.AnswerAsync(webhook, limit.Token);
            var given = call.IsCompletedSuccessfully ? call.Result : await call.AsTask().WaitAsync(left, time, CancellationToken.None);
            if (given is null || IsFit(given)) return given;
            Log.Unfit(logger, source.Name, name);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException && limit.IsCancellationRequested)
        {
            Log.Late(logger, source.Name, name);
        }
#pragma warning disable CA1031 // A user's code may throw anything; the event is kept, and its sender is told so.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Log.Failed(logger, source.Name, name, SafeText.OneLine($"{e.GetType().Name}: {e.Message}"));
        }

        return null;
    }

    private static bool IsFit(Answer answer) =>
        answer.StatusCode is >= 200 and < 300 && answer.Body.Length <= AnswerTemplate.LongestAnswer && IsPrintable(answer.ContentType)
        && (answer.StatusCode is not (204 or 205) || answer.Body.IsEmpty)
        && answer.Headers.All(header => header.Key.Length > 0 && header.Key.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') && !NotSet.Contains(header.Key) && IsPrintable(header.Value));

    private static bool IsPrintable(string text) => !text.AsSpan().ContainsAnyExceptInRange(' ', '~');

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "{Source}: there is no answer '{Answer}'; register it, or change the source's Answer. The sender got the plain success")]
        public static partial void Missing(ILogger logger, string source, string answer);

        [LoggerMessage(2, LogLevel.Warning, "{Source}: answer {Answer} was not there in time; the event is kept and the sender got the plain success")]
        public static partial void Late(ILogger logger, string source, string answer);

        [LoggerMessage(3, LogLevel.Warning, "{Source}: answer {Answer} failed; the event is kept and the sender got the plain success: {Reason}")]
        public static partial void Failed(ILogger logger, string source, string answer, string reason);

        [LoggerMessage(4, LogLevel.Warning, "{Source}: answer {Answer} gave one that is no success, is too large or has headers that it may not set; the event is kept and the sender got the plain success")]
        public static partial void Unfit(ILogger logger, string source, string answer);
    }
}
