namespace Sluice.LocalHost.Conformance;

/// <summary>One thing that senders do and receivers have to stand. What is kept in the end is judged for all of them together.</summary>
internal interface IScenario
{
    /// <summary>What <c>--only</c> says.</summary>
    string Name { get; }

    Task PlayAsync(Stage stage, Scene scene, CancellationToken cancellationToken);
}
