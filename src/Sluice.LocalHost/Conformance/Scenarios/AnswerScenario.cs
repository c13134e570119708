namespace Sluice.LocalHost.Conformance.Scenarios;

/// <summary>At the moment of the answer the event has to be there: what ends the process a moment later must not take it along.</summary>
internal sealed class AnswerScenario : IScenario
{
    private const int Events = 4;

    public string Name => "answer";

    public async Task PlayAsync(Stage stage, Scene scene, CancellationToken cancellationToken)
    {
        if (stage.Observer is not { } observer)
        {
            scene.LeaveOut("nobody says what is kept; --observe names a URL that does");
            return;
        }

        for (var i = 0; i < Events; i++)
        {
            var played = stage.NewEvent(scene);
            var exchange = await stage.SendAsync(scene, played, cancellationToken);
            scene.Judge(played, exchange);
            if (exchange.IsSuccess && !(await observer.LookAsync([played], cancellationToken))[0].IsReceived)
                scene.Blame(FaultKind.AnswersBeforeKeeping, $"an event was {exchange} and was not kept at that moment");
        }
    }
}
