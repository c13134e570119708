namespace Sluice.LocalHost.Conformance.Scenarios;

/// <summary>At the moment of the answer the event has to be there: what ends the process a moment later must not take it along.</summary>
internal sealed class AnswerScenario : IScenario
{
    private const int Events = 4;

    public string Name => "answer";

    public async Task PlayAsync(PlayedSender sender, ScenarioRecord record, CancellationToken cancellationToken)
    {
        if (sender.Observer is not { } observer)
        {
            record.LeaveOut("nobody says what is kept; --observe names a URL that does");
            return;
        }

        for (var i = 0; i < Events; i++)
        {
            var played = sender.NewEvent(record);
            var exchange = await sender.SendAsync(record, played, cancellationToken);
            record.Judge(played, exchange);
            if (exchange.IsSuccess && !(await observer.LookAsync([played], cancellationToken))[0].IsReceived)
                record.Blame(FaultKind.AnswersBeforeKeeping, $"an event was {exchange} and was not kept at that moment");
        }
    }
}
