using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Sluice.Configuration;
using Sluice.Providers;
using Sluice.Storage;

namespace Sluice.Ingestion;

/// <summary>
/// What sources go by that have no secret of their own and learn the sender's from its handshake. The first that is offered is kept, for all
/// processes, and only then answered; from then on the source is checked with it and learns no other. What was learned never changes, so that
/// each process asks the store until it knows and never again.
/// </summary>
public sealed partial class Learning(ILearnedSecrets secrets, TimeProvider time, ILogger<Learning> logger)
{
    /// <summary>While nothing is learned the store is asked no more often than this, however many strangers knock.</summary>
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(1);

    // By the source of one reading of the configuration: the next begins anew, with its own settings.
    private readonly ConditionalWeakTable<Source, State> states = [];

    /// <summary>What checks the requests of the source; null while it waits for its handshake.</summary>
    /// <exception cref="StoreUnavailableException">Nobody knows whether it has learned a secret.</exception>
    public async ValueTask<ISignatureVerifier?> VerifierAsync(Source source)
    {
        var state = states.GetOrCreateValue(source);
        return state.Known is { } known ? known.Verifier : (await LookAsync(source, state))?.Verifier;
    }

    /// <summary>The source as if what this process knows it to have learned stood in its configuration: for looking closer at what was refused.</summary>
    public Source AsKnown(Source source) => source.Learns && states.TryGetValue(source, out var state) && state.Known is { } known
        ? source with { Settings = source.Settings with { Secrets = [new SecretSettings(known.Secret)] }, Verifier = known.Verifier, Learns = false }
        : source;

    /// <summary>Keeps what was offered if it is the first. Null where another secret stands, or it is none that anything can be checked with.</summary>
    /// <exception cref="StoreUnavailableException">It could not be kept, or nobody knows whether it was.</exception>
    public async ValueTask<Answer?> LearnAsync(Source source, SecretOffer offer, CancellationToken cancellationToken)
    {
        var state = states.GetOrCreateValue(source);
        if (state.Known is null)
        {
            if (Prepare(source, offer.Secret) is null) return null;
            var stands = await secrets.LearnAsync(source.Name, offer.Secret, cancellationToken);
            state.Known = Prepare(source, stands);
        }

        if (!Challenge.IsToken(offer.Secret, state.Known?.Secret)) return null;
        // Asana may ask again when our answer got lost: the same secret is answered as often as it comes.
        Log.Answered(logger, source.Name);
        return offer.Answer;
    }

    // One look for all who want to know at once. One that failed is not remembered.
    private Task<Known?> LookAsync(Source source, State state)
    {
        lock (state.Gate)
        {
            if (state.Look is { IsCompleted: false } || (state.Look is { IsCompletedSuccessfully: true } && time.GetElapsedTime(state.LookedAt) < BetweenLooks)) return state.Look;
            state.LookedAt = time.GetTimestamp();
            return state.Look = FindAsync(source, state);
        }
    }

    private async Task<Known?> FindAsync(Source source, State state)
    {
        // Not cancellable: others may be waiting for the same look.
        if (await secrets.FindAsync(source.Name, CancellationToken.None) is { } secret) state.Known = Prepare(source, secret);
        return state.Known;
    }

    private static Known? Prepare(Source source, string secret) =>
        source.Scheme.Prepare(source.Settings with { Secrets = [new SecretSettings(secret)] }, []) is { } verifier ? new(secret, verifier) : null;

    private sealed record Known(string Secret, ISignatureVerifier Verifier)
    {
        public override string ToString() => nameof(Known);
    }

    private sealed class State
    {
        private volatile Known? known;

        public Lock Gate { get; } = new();

        public Known? Known
        {
            get => known;
            set => known = value;
        }

        public Task<Known?>? Look { get; set; }

        public long LookedAt { get; set; }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "{Source}: the handshake is answered; the secret that it brought is kept, and the source learns no other")]
        public static partial void Answered(ILogger logger, string source);
    }
}
