using System.Text.RegularExpressions;
using Sluice.Contracts;

namespace Sluice.Core.Tests.Attacks;

/// <summary>The table of attacks in SECURITY.md and the tests that show how they end: neither has a row that the other has not.</summary>
public sealed partial class AttackTableTests
{
    private static IEnumerable<string> Rows => Row().Matches(Checkout.Read("SECURITY.md")).Select(match => match.Groups[1].Value);

    [Fact]
    public void Every_attack_of_the_table_has_its_tests_and_every_marked_test_its_attack()
    {
        var marked = Directory.EnumerateFiles(Checkout.PathOf("tests"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(file => Mark().Matches(File.ReadAllText(file)).SelectMany(match => Id().Matches(match.Value)).Select(match => match.Value))
            .Distinct(StringComparer.Ordinal);
        Assert.NotEmpty(Rows);
        Assert.Equal(Rows.Order(StringComparer.Ordinal), marked.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void No_attack_stands_twice() => Assert.Equal(Rows.Distinct(StringComparer.Ordinal), Rows);

    [GeneratedRegex(@"^\| (A\d+) \|", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"^\s*\[Attack\(.*\)\]", RegexOptions.Multiline)]
    private static partial Regex Mark();

    [GeneratedRegex(@"A\d+(?="")")]
    private static partial Regex Id();
}
