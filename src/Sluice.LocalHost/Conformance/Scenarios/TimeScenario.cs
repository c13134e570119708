using Sluice.Providers;

namespace Sluice.LocalHost.Conformance.Scenarios;

/// <summary>Events that are signed correctly, for another time: recordings, as far as anybody can tell.</summary>
internal sealed class TimeScenario : IScenario
{
    /// <summary>How long the tokens hold that are signed here.</summary>
    private static readonly TimeSpan TokenLife = TimeSpan.FromMinutes(5);

    public string Name => "time";

    public async Task PlayAsync(Stage stage, Scene scene, CancellationToken cancellationToken)
    {
        if (stage.Tolerance is not { } tolerance)
        {
            scene.LeaveOut($"{stage.Facts.Title} signs no time that says how old a request may be");
            return;
        }

        if (stage.Target.Settings.AcceptLate)
        {
            scene.LeaveOut("the source takes late events: AcceptLate");
            return;
        }

        var away = (2 * tolerance) + TimeSpan.FromMinutes(1);
        var isToken = stage.Target.Scheme is JwtScheme;
        var late = await SendAsync(stage, scene, stage.Now - away - (isToken ? TokenLife : TimeSpan.Zero), cancellationToken);
        if (late.IsSuccess) scene.Blame(FaultKind.IgnoresTime, $"an event signed {away.TotalMinutes:0} minutes ago was {late}");
        if (isToken) return;
        var early = await SendAsync(stage, scene, stage.Now + away, cancellationToken);
        // Some senders' own libraries look at one side only.
        if (early.IsSuccess) scene.Note($"an event signed {away.TotalMinutes:0} minutes ahead was {early}: times ahead should be refused too");
    }

    private static async Task<Exchange> SendAsync(Stage stage, Scene scene, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var played = stage.NewEvent(scene, isForged: true);
        var exchange = await stage.SendAsync(scene, played, stage.Proven(played, at: at), cancellationToken);
        if (!exchange.IsSuccess && exchange.StatusCode is not (>= 400 and < 500 and not 410)) scene.Blame(FaultKind.RefusesForgeriesOddly, $"an event signed for another time was {exchange}");
        return exchange;
    }
}
