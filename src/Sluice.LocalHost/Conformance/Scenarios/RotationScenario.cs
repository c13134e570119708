namespace Sluice.LocalHost.Conformance.Scenarios;

/// <summary>The secrets beside the first: those that are valid too, and those that are not any more.</summary>
internal sealed class RotationScenario : IScenario
{
    public string Name => "rotation";

    public async Task PlayAsync(Stage stage, Scene scene, CancellationToken cancellationToken)
    {
        if (stage.NextSecrets.Count == 0 && stage.RetiredSecrets.Count == 0)
        {
            scene.LeaveOut("there is one secret only; --next-secret names another that the receiver takes");
            return;
        }

        foreach (var secret in stage.NextSecrets)
        {
            var exchange = await SendAsync(stage, scene, secret, isForged: false, cancellationToken);
            if (!exchange.IsSuccess) scene.Blame(FaultKind.RefusesNextSecret, $"an event signed with a secret that is valid beside the first was {exchange}");
        }

        foreach (var secret in stage.RetiredSecrets)
        {
            var exchange = await SendAsync(stage, scene, secret, isForged: true, cancellationToken);
            if (exchange.IsSuccess) scene.Blame(FaultKind.AcceptsRetiredSecret, $"an event signed with a secret that is not valid any more was {exchange}");
        }
    }

    private static Task<Exchange> SendAsync(Stage stage, Scene scene, string secret, bool isForged, CancellationToken cancellationToken)
    {
        var played = stage.NewEvent(scene, isForged);
        return stage.SendAsync(scene, played, stage.Proven(played, secret: stage.Target.Secret with { Value = secret }), cancellationToken);
    }
}
