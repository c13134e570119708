using Sluice.LocalHost.Hosting;

namespace Sluice.LocalHost.Conformance.Scenarios;

/// <summary>One event as it always is. What refuses it is sent nothing else.</summary>
internal sealed class GenuineScenario : IScenario
{
    public string Name => "genuine";

    /// <exception cref="CommandException">There is nobody.</exception>
    public async Task PlayAsync(Stage stage, Scene scene, CancellationToken cancellationToken)
    {
        var first = await stage.SendAsync(scene, stage.NewEvent(scene), cancellationToken);
        if (first.IsSuccess) return;
        if (first is { StatusCode: null, IsTimeout: false }) throw new CommandException($"{stage.Address} cannot be reached: {first.Error}");

        // Whoever checks what a parser made of the body takes what a serializer would write: everything else can then be played too.
        var next = stage.NewEvent(scene);
        if (first.StatusCode is not null && OddBody.Rewritten(next.Sample.Body) is not null)
        {
            stage.Form = BodyForm.Rewritten;
            if ((await stage.SendAsync(scene, next, cancellationToken)).IsSuccess)
            {
                scene.Blame(FaultKind.ChecksParsedBody, $"an event as the sender writes it was {first}, and the same as a serializer writes it was taken");
                return;
            }
        }

        var codes = stage.Facts.SuccessCodes is { } some ? string.Join(" or ", some) : "2xx";
        scene.Blame(FaultKind.RefusesGenuine, $"a genuine event was {first}; {stage.Facts.Title} takes {codes} for success");
        scene.Note("what refuses a genuine event is sent nothing else");
        stage.IsClosed = true;
    }
}
