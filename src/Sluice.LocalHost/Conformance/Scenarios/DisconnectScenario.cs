namespace Sluice.LocalHost.Conformance.Scenarios;

/// <summary>A sender that hangs up before the answer, and comes again: with a farewell, and without one.</summary>
internal sealed class DisconnectScenario : IScenario
{
    public string Name => "disconnect";

    public async Task PlayAsync(PlayedSender sender, ScenarioRecord record, CancellationToken cancellationToken)
    {
        foreach (var hard in new[] { false, true })
        {
            var played = sender.NewEvent(record);
            await sender.BreakOffAsync(record, played, hard, cancellationToken);
            var exchange = await sender.SendAsync(record, played, cancellationToken, repeat: 1);
            if (!exchange.IsSuccess) record.Blame(FaultKind.RefusesDuplicates, $"an event that came again after the connection broke was {exchange}");
        }
    }
}
