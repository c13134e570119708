using Xunit.v3;

namespace Sluice.Contracts;

/// <summary>A test that shows how an attack of the table in SECURITY.md ends. Its runner can be told <c>-trait Attack=A5</c>.</summary>
/// <param name="rows">The rows of the table, such as <c>A5</c>.</param>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class, AllowMultiple = false)]
public sealed class AttackAttribute(params string[] rows) : Attribute, ITraitAttribute
{
    public IReadOnlyCollection<KeyValuePair<string, string>> GetTraits() => [.. rows.Select(row => KeyValuePair.Create("Attack", row))];
}
