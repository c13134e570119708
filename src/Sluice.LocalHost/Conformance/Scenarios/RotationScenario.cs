namespace Sluice.LocalHost.Conformance.Scenarios;

/// <summary>The secrets beside the first: those that are valid too, and those that are not any more.</summary>
internal sealed class RotationScenario : IScenario
{
    public string Name => "rotation";

    public async Task PlayAsync(PlayedSender sender, ScenarioRecord record, CancellationToken cancellationToken)
    {
        if (sender.NextSecrets.Count == 0 && sender.RetiredSecrets.Count == 0)
        {
            record.LeaveOut("there is one secret only; --next-secret names another that the receiver takes");
            return;
        }

        foreach (var secret in sender.NextSecrets)
        {
            var exchange = await SendAsync(sender, record, secret, isForged: false, cancellationToken);
            if (!exchange.IsSuccess) record.Blame(FaultKind.RefusesNextSecret, $"an event signed with a secret that is valid beside the first was {exchange}");
        }

        foreach (var secret in sender.RetiredSecrets)
        {
            var exchange = await SendAsync(sender, record, secret, isForged: true, cancellationToken);
            if (exchange.IsSuccess) record.Blame(FaultKind.AcceptsRetiredSecret, $"an event signed with a secret that is not valid any more was {exchange}");
        }
    }

    private static Task<Exchange> SendAsync(PlayedSender sender, ScenarioRecord record, string secret, bool isForged, CancellationToken cancellationToken)
    {
        var played = sender.NewEvent(record, isForged);
        return sender.SendAsync(record, played, sender.Proven(played, secret: sender.Target.Secret with { Value = secret }), cancellationToken);
    }
}
