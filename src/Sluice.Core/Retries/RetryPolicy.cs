using System.Globalization;
using Sluice.Delivery;
using Sluice.Events;

namespace Sluice.Retries;

/// <summary>From an outcome to a verdict: a pure function of outcome, attempt, options, time and a random number.</summary>
public static class RetryPolicy
{
    /// <param name="outcome">How the attempt ended.</param>
    /// <param name="attempt">Which attempt it was since booking or the last replay, from 1.</param>
    /// <param name="random">From 0 (inclusive) to 1 (exclusive).</param>
    /// <param name="receivedAt">From when MaxAge counts; null where its age does not matter: it is not known, or somebody asked for a replay.</param>
    public static Verdict Decide(Outcome outcome, int attempt, RetryOptions options, DateTimeOffset now, double random, DateTimeOffset? receivedAt = null)
    {
        switch (outcome.Kind)
        {
            case AttemptOutcome.Done:
                return Verdict.Delivered;
            case AttemptOutcome.DeadLetter:
                return outcome.Skips ? Verdict.Skipped(outcome.Reason!) : Verdict.DeadLettered(outcome.Reason!);
        }

        if (attempt >= options.MaxAttempts)
            return Verdict.DeadLettered(string.Create(CultureInfo.InvariantCulture, $"{outcome.Reason} (attempt {attempt} of {options.MaxAttempts})"));

        var at = now + Wait(outcome, attempt, options, random);
        return TooOld(options, receivedAt, at) is { } old ? Verdict.DeadLettered($"{old} at its next attempt; {outcome.Reason}") : Verdict.RetryAt(at, outcome.Reason!);
    }

    /// <summary>Why an attempt of an event may not begin at a moment any more, in one line; null where it may.</summary>
    /// <param name="receivedAt">As for <see cref="Decide"/>.</param>
    public static string? TooOld(RetryOptions options, DateTimeOffset? receivedAt, DateTimeOffset at) =>
        options.MaxAge is { } most && at - receivedAt > most ? string.Create(CultureInfo.InvariantCulture, $"older than MaxAge {most}") : null;

    /// <summary>The delay after the given attempt: the one that Delays names, or BaseDelay times Factor for each attempt before it; at most MaxDelay, plus or minus Jitter.</summary>
    public static TimeSpan Delay(int attempt, RetryOptions options, double random)
    {
        var most = (double)options.MaxDelay.Ticks;
        var plain = Math.Min(options.Delays is { } delays ? delays[Math.Min(attempt, delays.Count) - 1].Ticks : options.BaseDelay.Ticks * Math.Pow(options.Factor, attempt - 1), most);
        var varied = plain * (1 + (options.Jitter * ((2 * random) - 1)));
        return TimeSpan.FromTicks((long)Math.Clamp(varied, 0, most));
    }

    private static TimeSpan Wait(Outcome outcome, int attempt, RetryOptions options, double random)
    {
        // A first attempt of which nobody knows the end mostly met a restart: waiting would only make people wait.
        // Later ones wait, so that an event that ends processes is met by fewer of them each time.
        if (outcome.Kind == AttemptOutcome.Unknown && attempt == 1) return TimeSpan.Zero;
        var delay = Delay(attempt, options, random);
        return outcome.After is { } asked ? TimeSpan.FromTicks(Math.Max(delay.Ticks, Math.Min(asked.Ticks, options.MaxDelay.Ticks))) : delay;
    }
}
