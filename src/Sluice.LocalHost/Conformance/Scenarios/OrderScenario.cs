namespace Sluice.LocalHost.Conformance.Scenarios;

/// <summary>Events that arrive newest first, with repeats of earlier ones between them. No sender promises an order.</summary>
internal sealed class OrderScenario : IScenario
{
    private const int Events = 5;

    public string Name => "order";

    public async Task PlayAsync(Stage stage, Scene scene, CancellationToken cancellationToken)
    {
        var played = Enumerable.Range(0, Events).Select(i => stage.NewEvent(scene, ago: TimeSpan.FromSeconds(Events - i))).Reverse().ToList();
        for (var i = 0; i < played.Count; i++)
        {
            scene.Judge(played[i], await stage.SendAsync(scene, played[i], cancellationToken));
            if (i == 0) continue;
            var earlier = played[stage.Random.Next(i)];
            scene.Judge(earlier, await stage.SendAsync(scene, earlier, cancellationToken, repeat: 1));
        }
    }
}
