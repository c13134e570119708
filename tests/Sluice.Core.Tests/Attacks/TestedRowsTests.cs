using System.Text.RegularExpressions;
using Sluice.Contracts;

namespace Sluice.Core.Tests.Attacks;

/// <summary>The tables of attacks and faults, and the tests that show how they end: neither has a row that the other has not.</summary>
public sealed partial class TestedRowsTests
{
    [Theory]
    [InlineData("SECURITY.md", "Attack")]
    [InlineData("docs/operations.md", "Fault")]
    public void Every_row_has_its_tests_and_every_marked_test_its_row(string page, string attribute)
    {
        var marked = Directory.EnumerateFiles(Checkout.PathOf("tests"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(file => Mark().Matches(File.ReadAllText(file)))
            .Where(mark => mark.Groups[1].Value == attribute)
            .SelectMany(mark => Id().Matches(mark.Value).Select(match => match.Value))
            .Distinct(StringComparer.Ordinal)
            .ToList();
        Assert.NotEmpty(Rows(page));
        Assert.Empty(marked.Except(Rows(page), StringComparer.Ordinal));
        Assert.Empty(Rows(page).Except(marked, StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("SECURITY.md")]
    [InlineData("docs/operations.md")]
    public void No_row_stands_twice(string page) => Assert.Equal(Rows(page).Distinct(StringComparer.Ordinal), Rows(page));

    private static List<string> Rows(string page) => [.. Row().Matches(Checkout.Read(page)).Select(match => match.Groups[1].Value)];

    [GeneratedRegex(@"^\| ([AF]\d+) \|", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"^\s*\[(Attack|Fault)\(.*\)\]", RegexOptions.Multiline)]
    private static partial Regex Mark();

    [GeneratedRegex(@"[AF]\d+(?="")")]
    private static partial Regex Id();
}
