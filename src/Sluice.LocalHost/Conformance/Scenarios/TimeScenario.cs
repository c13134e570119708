using Sluice.Providers;

namespace Sluice.LocalHost.Conformance.Scenarios;

/// <summary>Events that are signed correctly, for another time: recordings, as far as anybody can tell.</summary>
internal sealed class TimeScenario : IScenario
{
    /// <summary>How long the tokens hold that are signed here.</summary>
    private static readonly TimeSpan TokenLife = TimeSpan.FromMinutes(5);

    public string Name => "time";

    public async Task PlayAsync(PlayedSender sender, ScenarioRecord record, CancellationToken cancellationToken)
    {
        if (sender.Tolerance is not { } tolerance || !SignsTime(sender))
        {
            record.LeaveOut($"{sender.Facts.Title} signs no time that says how old a request may be");
            return;
        }

        if (sender.Target.Settings.AcceptLate)
        {
            record.LeaveOut("the source takes late events: AcceptLate");
            return;
        }

        var away = (2 * tolerance) + TimeSpan.FromMinutes(1);
        var isToken = sender.Target.Scheme is JwtScheme;
        var late = await SendAsync(sender, record, sender.Now - away - (isToken ? TokenLife : TimeSpan.Zero), cancellationToken);
        if (late.IsSuccess) record.Blame(FaultKind.IgnoresTime, $"an event signed {away.TotalMinutes:0} minutes ago was {late}");
        if (isToken) return;
        var early = await SendAsync(sender, record, sender.Now + away, cancellationToken);
        // Some senders' own libraries look at one side only.
        if (early.IsSuccess) record.Note($"an event signed {away.TotalMinutes:0} minutes ahead was {early}: times ahead should be refused too");
    }

    // A tolerance may be set for a sender that has no time to be judged.
    private static bool SignsTime(PlayedSender sender)
    {
        var unsent = sender.NewUnsent();
        return !SentRequests.AreSame(sender.Proven(unsent), sender.Proven(unsent, at: sender.Now.AddDays(-1)));
    }

    private static async Task<Exchange> SendAsync(PlayedSender sender, ScenarioRecord record, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var played = sender.NewEvent(record, isForged: true);
        var exchange = await sender.SendAsync(record, played, sender.Proven(played, at: at), cancellationToken);
        if (!exchange.IsSuccess && exchange.StatusCode is not (>= 400 and < 500 and not 410)) record.Blame(FaultKind.RefusesForgeriesOddly, $"an event signed for another time was {exchange}");
        return exchange;
    }
}
