namespace Sluice.LocalHost.Conformance.Scenarios;

/// <summary>Bodies that no serializer would write: odd blanks, escapes, letters beyond ASCII, an end of line at the end.</summary>
internal sealed class ExactBytesScenario : IScenario
{
    public string Name => "exact-bytes";

    public async Task PlayAsync(PlayedSender sender, ScenarioRecord record, CancellationToken cancellationToken)
    {
        var played = sender.NewEvent(record);
        var exchange = await sender.SendAsync(record, played, sender.Proven(played, form: BodyForm.Odd), cancellationToken);
        if (!exchange.IsSuccess) record.Blame(FaultKind.ChecksParsedBody, $"an event with odd blanks, escapes and letters, signed over its bytes, was {exchange}");
    }
}
