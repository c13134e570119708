namespace Sluice.LocalHost.Conformance.Scenarios;

/// <summary>As many events at once as the sender is known for, within reason.</summary>
internal sealed class BurstScenario : IScenario
{
    private const int Usual = 25;
    private const int Most = 100;

    public string Name => "burst";

    public async Task PlayAsync(PlayedSender sender, ScenarioRecord record, CancellationToken cancellationToken)
    {
        var requests = Enumerable.Range(0, Math.Min(sender.Facts.Burst ?? Usual, Most)).Select(_ => sender.NewEvent(record)).Select(played => (Event: played, Request: sender.Proven(played))).ToList();
        var exchanges = await Task.WhenAll(requests.Select(item => sender.SendAsync(record, item.Event, item.Request, cancellationToken)));
        if (exchanges.FirstOrDefault(exchange => !exchange.IsSuccess) is { } failed)
            record.Blame(FaultKind.FailsInBursts, $"of {exchanges.Length} events at once {exchanges.Count(exchange => !exchange.IsSuccess)} got no success, such as one that was {failed}");
    }
}
