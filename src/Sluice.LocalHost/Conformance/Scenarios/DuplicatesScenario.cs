namespace Sluice.LocalHost.Conformance.Scenarios;

/// <summary>The same event several times at once, then again and again.</summary>
internal sealed class DuplicatesScenario : IScenario
{
    private const int AtOnce = 6;
    private const int Spread = 3;

    public string Name => "duplicates";

    public async Task PlayAsync(PlayedSender sender, ScenarioRecord record, CancellationToken cancellationToken)
    {
        var played = sender.NewEvent(record);
        var request = sender.Proven(played);
        var exchanges = await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => sender.SendAsync(record, played, request, cancellationToken)));
        foreach (var exchange in exchanges) record.Judge(played, exchange);
        for (var i = 0; i < Spread; i++) record.Judge(played, await sender.SendAsync(record, played, cancellationToken));
        if (!played.IsKnownAgain) record.Note($"{sender.Facts.Title} sends nothing by which a repeat could be known: each is an event of its own");
    }
}
