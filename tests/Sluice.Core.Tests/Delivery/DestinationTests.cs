using System.Diagnostics;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Configuration;
using Sluice.Delivery;

namespace Sluice.Core.Tests.Delivery;

public sealed class DestinationTests
{
    [Theory]
    [InlineData("invoice.paid", "invoice.paid", true)]
    [InlineData("invoice.paid", "invoice.paid.late", false)]
    [InlineData("invoice.paid", "invoice", false)]
    [InlineData("invoice.paid", "Invoice.Paid", false)]
    [InlineData("invoice.paid", "invoiceXpaid", false)]
    [InlineData("invoice.*", "invoice.paid", true)]
    [InlineData("invoice.*", "invoice.", true)]
    [InlineData("invoice.*", "invoice", false)]
    [InlineData("*", "", true)]
    [InlineData("*", "anything/at all ☕", true)]
    [InlineData("**", "x", true)]
    [InlineData("", "", true)]
    [InlineData("", "x", false)]
    [InlineData("*.paid", "invoice.paid", true)]
    [InlineData("*.paid", "paid", false)]
    [InlineData("*.paid", "a.paid.b.paid", true)]
    [InlineData("*.paid", "a.paid.b", false)]
    [InlineData("a*b*c", "abc", true)]
    [InlineData("a*b*c", "aXXbYYc", true)]
    [InlineData("a*b*c", "acb", false)]
    [InlineData("a*a", "a", false)]
    [InlineData("a*a", "aa", true)]
    [InlineData("*ab", "aab", true)]
    [InlineData("orders/*", "orders/create", true)]
    [InlineData("a?c", "abc", false)]
    [InlineData("a[b]c", "abc", false)]
    [InlineData("a\\*", "a\\x", true)]
    public void A_star_stands_for_any_characters_and_everything_else_for_itself(string pattern, string type, bool matches) =>
        Assert.Equal(matches, Destination.Matches(pattern, type));

    [Fact]
    public void Random_patterns_match_what_a_regular_expression_says()
    {
        var random = new Random(11);
        for (var i = 0; i < 5000; i++)
        {
            var pattern = Text(random, "ab*.");
            var type = Text(random, "ab.");
            var expected = Regex.IsMatch(type, $@"\A{Regex.Escape(pattern).Replace(@"\*", ".*", StringComparison.Ordinal)}\z", RegexOptions.Singleline);
            Assert.True(expected == Destination.Matches(pattern, type), $"'{pattern}' '{type}'");
        }
    }

    [Fact]
    public void A_pattern_made_to_cost_is_fast()
    {
        var pattern = string.Concat(Enumerable.Repeat("a*", 1000)) + "b";
        var started = Stopwatch.GetTimestamp();
        Assert.False(Destination.Matches(pattern, new string('a', 10_000)));
        Assert.False(Destination.Matches("*" + new string('a', 1000) + "b", new string('a', 10_000)));
        Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(2));
    }

    [Fact]
    public void A_pattern_made_to_cost_is_fast_over_a_megabyte()
    {
        var started = Stopwatch.GetTimestamp();
        Assert.False(Destination.Matches($"*{new string('a', 499)}b{new string('a', 499)}", new string('a', 1 << 20)));
        Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromMilliseconds(500));
    }

    [Fact]
    public void A_destination_takes_the_sources_and_types_it_names()
    {
        var destination = Of(["a", "b"], ["x.*", "y"]);
        Assert.True(destination.Takes("a"));
        Assert.False(destination.Takes("c"));
        Assert.False(destination.Takes("A"));
        Assert.True(destination.TakesType("x.1"));
        Assert.True(destination.TakesType("y"));
        Assert.False(destination.TakesType("z"));
    }

    [Fact]
    public void A_destination_that_names_none_takes_all()
    {
        var destination = Of(null, null);
        Assert.True(destination.Takes("anything"));
        Assert.True(destination.TakesType(""));
    }

    [Fact]
    public void Two_handlers_of_one_name_are_a_mistake() =>
        Assert.Throws<ArgumentException>(() => new HandlerCatalog(new LogHandler(NullLogger<LogHandler>.Instance), new LogHandler(NullLogger<LogHandler>.Instance)));

    private static Destination Of(string[]? sources, string[]? types) => new(
        new DestinationSettings { Name = "billing", Handler = "log", Sources = sources, Types = types },
        new HandlerCatalog(new LogHandler(NullLogger<LogHandler>.Instance)));

    private static string Text(Random random, string letters) => new([.. Enumerable.Range(0, random.Next(8)).Select(_ => letters[random.Next(letters.Length)])]);
}
