namespace Sluice.LocalHost.Conformance.Scenarios;

/// <summary>What nobody signed, as some senders send it themselves to see whether it is refused.</summary>
internal sealed class ForgeryScenario : IScenario
{
    public string Name => "forgery";

    public async Task PlayAsync(PlayedSender sender, ScenarioRecord record, CancellationToken cancellationToken)
    {
        var forgeries = Forgeries.Of(sender, record);
        if (forgeries.Count == 0) record.LeaveOut($"{sender.Facts.Title} proves nothing that could be forged");
        var taken = new List<string>();
        foreach (var forgery in forgeries)
        {
            var exchange = await sender.SendAsync(record, forgery.Event, forgery.Request, cancellationToken);
            // A secret that is part of the URL makes another URL: there may be nothing at it.
            var isRefused = exchange.StatusCode is 400 or 401 or 403 || (exchange.StatusCode == 404 && sender.Target.Scheme.IsInPath);
            if (exchange.StatusCode is >= 200 and < 300) taken.Add($"an event {forgery.What} that was {exchange}");
            else if (!isRefused) record.Blame(FaultKind.RefusesForgeriesOddly, $"an event {forgery.What} was {exchange}");
        }

        if (taken.Count > 0) record.Blame(FaultKind.AcceptsForgeries, $"{taken.Count} of {forgeries.Count} forgeries were taken, such as {taken[0]}");
    }
}
