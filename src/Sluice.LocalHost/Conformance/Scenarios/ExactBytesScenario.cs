namespace Sluice.LocalHost.Conformance.Scenarios;

/// <summary>Bodies that no serializer would write: odd blanks, escapes, letters beyond ASCII, an end of line at the end.</summary>
internal sealed class ExactBytesScenario : IScenario
{
    public string Name => "exact-bytes";

    public async Task PlayAsync(Stage stage, Scene scene, CancellationToken cancellationToken)
    {
        var played = stage.NewEvent(scene);
        var exchange = await stage.SendAsync(scene, played, stage.Proven(played, form: BodyForm.Odd), cancellationToken);
        if (!exchange.IsSuccess) scene.Blame(FaultKind.ChecksParsedBody, $"an event with odd blanks, escapes and letters, signed over its bytes, was {exchange}");
    }
}
