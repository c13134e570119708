namespace Sluice.LocalHost.Conformance.Scenarios;

/// <summary>Events that arrive newest first, with repeats of earlier ones between them. No sender promises an order.</summary>
internal sealed class OrderScenario : IScenario
{
    private const int Events = 5;

    public string Name => "order";

    public async Task PlayAsync(PlayedSender sender, ScenarioRecord record, CancellationToken cancellationToken)
    {
        var played = Enumerable.Range(0, Events).Select(i => sender.NewEvent(record, ago: TimeSpan.FromSeconds(Events - i))).Reverse().ToList();
        for (var i = 0; i < played.Count; i++)
        {
            record.Judge(played[i], await sender.SendAsync(record, played[i], cancellationToken));
            if (i == 0) continue;
            var earlier = played[sender.Random.Next(i)];
            record.Judge(earlier, await sender.SendAsync(record, earlier, cancellationToken, repeat: 1));
        }
    }
}
