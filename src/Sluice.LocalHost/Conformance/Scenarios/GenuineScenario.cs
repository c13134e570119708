using Sluice.LocalHost.Hosting;

namespace Sluice.LocalHost.Conformance.Scenarios;

/// <summary>One event as it always is. What refuses it is sent nothing else.</summary>
internal sealed class GenuineScenario : IScenario
{
    public string Name => "genuine";

    /// <exception cref="CommandException">There is nobody.</exception>
    public async Task PlayAsync(PlayedSender sender, ScenarioRecord record, CancellationToken cancellationToken)
    {
        var first = await sender.SendAsync(record, sender.NewEvent(record), cancellationToken);
        if (first.IsSuccess) return;
        if (first is { StatusCode: null, IsTimeout: false }) throw new CommandException($"{sender.Address} cannot be reached: {first.Error}{(sender.Fix is null ? "" : $"; {sender.Fix}")}");

        // Whoever checks what a parser made of the body takes what a serializer would write: everything else can then be played too.
        var next = sender.NewEvent(record);
        if (first is { StatusCode: not null, IsRedirect: false } && OddBody.Rewritten(next.Sample.Body) is not null)
        {
            sender.Form = BodyForm.Rewritten;
            if ((await sender.SendAsync(record, next, cancellationToken)).IsSuccess)
            {
                record.Blame(FaultKind.ChecksParsedBody, $"an event as the sender writes it was {first}, and the same as a serializer writes it was taken");
                return;
            }
        }

        var codes = sender.Facts.SuccessCodes is { } some ? string.Join(" or ", some) : "2xx";
        record.Blame(first.IsRedirect ? FaultKind.Redirects : FaultKind.RefusesGenuine, $"a genuine event was {first}; {sender.Facts.Title} takes {codes} for success");
        record.Note("what refuses a genuine event is sent nothing else");
        sender.IsClosed = true;
    }
}
