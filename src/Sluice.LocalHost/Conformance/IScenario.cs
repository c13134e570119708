namespace Sluice.LocalHost.Conformance;

/// <summary>One thing that senders do and receivers have to stand. What is kept in the end is judged for all of them together.</summary>
internal interface IScenario
{
    /// <summary>What <c>--only</c> says.</summary>
    string Name { get; }

    Task PlayAsync(PlayedSender sender, ScenarioRecord record, CancellationToken cancellationToken);
}
