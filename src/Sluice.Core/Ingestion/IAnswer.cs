using Sluice.Events;
using Sluice.Providers;

namespace Sluice.Ingestion;

/// <summary>
/// Code that answers a sender who waits for more than success: a chat command, a call, a dialogue. It runs after the event is kept, so
/// that nothing is lost by it; what takes longer belongs into a handler. One instance serves all its sources at once: keep no state.
/// </summary>
public interface IAnswer
{
    /// <summary>What <c>Answer</c> in a source says.</summary>
    string Name { get; }

    /// <summary>
    /// The answer to a kept event; null for the plain success. Called again when the sender repeats the event. It must not block a
    /// thread. An answer that is late, fails, is no success (2xx) or is larger than 64 KiB is replaced by the plain success.
    /// </summary>
    /// <param name="webhook">As it was kept. Of a request that holds several events, the whole.</param>
    /// <param name="cancellationToken">Cancelled when the sender will not wait any longer.</param>
    ValueTask<Answer?> AnswerAsync(WebhookEvent webhook, CancellationToken cancellationToken);
}
