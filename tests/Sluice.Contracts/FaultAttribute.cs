using Xunit.v3;

namespace Sluice.Contracts;

/// <summary>A test that shows what a fault of the table in docs/operations.md does. Its runner can be told <c>-trait Fault=F16</c>.</summary>
/// <param name="rows">The rows of the table, such as <c>F16</c>.</param>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class, AllowMultiple = false)]
public sealed class FaultAttribute(params string[] rows) : Attribute, ITraitAttribute
{
    public IReadOnlyCollection<KeyValuePair<string, string>> GetTraits() => [.. rows.Select(row => KeyValuePair.Create("Fault", row))];
}
