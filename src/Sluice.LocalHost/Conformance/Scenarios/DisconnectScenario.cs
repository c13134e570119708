namespace Sluice.LocalHost.Conformance.Scenarios;

/// <summary>A sender that hangs up before the answer, and comes again: with a farewell, and without one.</summary>
internal sealed class DisconnectScenario : IScenario
{
    public string Name => "disconnect";

    public async Task PlayAsync(Stage stage, Scene scene, CancellationToken cancellationToken)
    {
        foreach (var hard in new[] { false, true })
        {
            var played = stage.NewEvent(scene);
            await stage.BreakOffAsync(scene, played, hard, cancellationToken);
            var exchange = await stage.SendAsync(scene, played, cancellationToken, repeat: 1);
            if (!exchange.IsSuccess) scene.Blame(FaultKind.RefusesDuplicates, $"an event that came again after the connection broke was {exchange}");
        }
    }
}
