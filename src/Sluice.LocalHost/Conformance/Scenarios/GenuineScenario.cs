namespace Sluice.LocalHost.Conformance.Scenarios;

/// <summary>One event as it always is. What refuses it is asked nothing else.</summary>
internal sealed class GenuineScenario : IScenario
{
    public string Name => "genuine";

    public async Task PlayAsync(Stage stage, Scene scene, CancellationToken cancellationToken)
    {
        var first = await stage.SendAsync(scene, stage.NewEvent(scene), cancellationToken);
        if (first.IsSuccess) return;

        // Whoever checks what a parser made of the body takes what a serializer would write: everything else can then be played too.
        var next = stage.NewEvent(scene);
        if (first.StatusCode is not null && OddBody.Rewritten(next.Sample.Body) is not null)
        {
            stage.Form = BodyForm.Rewritten;
            if ((await stage.SendAsync(scene, next, cancellationToken)).IsSuccess)
            {
                scene.Blame(FaultKind.ChecksParsedBody, $"an event as the sender writes it was answered {first}, and the same as a serializer writes it was taken");
                return;
            }
        }

        var codes = stage.Facts.SuccessCodes is { } some ? string.Join(" or ", some) : "2xx";
        scene.Blame(FaultKind.RefusesGenuine, $"a genuine event was answered {first}; {stage.Facts.Title} takes {codes} for success");
        stage.Closed = "a genuine event is refused";
    }
}
