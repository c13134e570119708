namespace Sluice.LocalHost.Conformance.Scenarios;

/// <summary>The same event several times at once, then again and again.</summary>
internal sealed class DuplicatesScenario : IScenario
{
    private const int AtOnce = 6;
    private const int Spread = 3;

    public string Name => "duplicates";

    public async Task PlayAsync(Stage stage, Scene scene, CancellationToken cancellationToken)
    {
        var played = stage.NewEvent(scene);
        var request = stage.Proven(played);
        var exchanges = await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => stage.SendAsync(scene, played, request, cancellationToken)));
        foreach (var exchange in exchanges) scene.Judge(played, exchange);
        for (var i = 0; i < Spread; i++) scene.Judge(played, await stage.SendAsync(scene, played, cancellationToken));
        if (!played.IsKnownAgain) scene.Note($"{stage.Facts.Title} sends nothing by which a repeat could be known: each is an event of its own");
    }
}
