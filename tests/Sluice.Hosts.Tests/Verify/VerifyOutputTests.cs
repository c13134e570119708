using Sluice.Diagnosis;
using Sluice.LocalHost.Commands;
using Sluice.Providers;
using Spectre.Console;

namespace Sluice.Hosts.Tests.Verify;

/// <summary>A answer in the words that people read.</summary>
public sealed class VerifyOutputTests
{
    private static readonly VerifyAnswer Refused = new()
    {
        Source = "it", Provider = "stripe", Holds = false, Result = SignatureResult.Mismatch, Proof = "HMAC-SHA256", Tolerance = TimeSpan.FromMinutes(5), At = DateTimeOffset.UnixEpoch, AtFrom = "--at",
    };

    [Fact]
    public void Causes_stand_with_their_fixes_and_markup_in_them_is_text()
    {
        var said = Print(Refused with { Causes = [new(CauseKind.SecretWhitespace, "the secret has [white] space", "trim it"), new(CauseKind.UrlPort, "the port", "write it")] });
        Assert.Equal(
            ["The signature does not hold: Mismatch.", "source     it (provider stripe)", "checked    HMAC-SHA256, tolerance 5 minutes", "as of      1970-01-01 00:00:00 UTC (--at)", "cause      the secret has [white] space", "fix        trim it", "cause      the port", "fix        write it"],
            said);
    }

    [Theory]
    [InlineData("1700000000.{\"a\":1}", "1700000000.{\"a\": 1}", 16L, 16)]
    [InlineData("abc", "abcd", 3L, 3)]
    [InlineData("", "abc", 0L, 0)]
    [InlineData("漢字x", "漢字y", 6L, 4)]
    public void A_mark_stands_under_the_first_difference(string received, string sent, long at, int column)
    {
        var said = Print(Refused with { Signed = new(received, sent, at) });
        Assert.Equal([$"received   {received}".TrimEnd(), $"signed     {sent}", $"{new string(' ', 11 + column)}^ byte {at}"], said[^3..]);
    }

    [Theory]
    [InlineData(240)]
    [InlineData(80)]
    [InlineData(40)]
    public void Of_a_long_text_the_part_around_the_difference_is_shown_as_far_as_the_terminal_goes(int width)
    {
        var same = new string('a', 500);
        var said = Print(Refused with { Signed = new($"{same}X{same}", $"{same}Y{same}", 500) }, width);
        Assert.All(said[^3..], line => Assert.InRange(line.Length, 1, Math.Min(width - 1, 175)));
        Assert.Equal('X', said[^3][said[^1].IndexOf('^')]);
        Assert.Equal('Y', said[^2][said[^1].IndexOf('^')]);
        Assert.Matches("^received   …a+Xa+…$", said[^3]);
    }

    [Fact]
    public void Where_nothing_differs_nothing_is_marked()
    {
        Assert.Equal("received   abc", Print(Refused with { Signed = new("abc") })[^1]);
        Assert.Equal("signed     abc", Print(Refused with { Holds = true, Result = SignatureResult.Valid, Signed = new("abc") })[^1]);
        Assert.DoesNotContain(Print(Refused with { Signed = new("abc", "abc") }), line => line.Contains('^', StringComparison.Ordinal));
    }

    [Fact]
    public void A_key_that_could_not_be_fetched_is_neither_a_yes_nor_a_no() =>
        Assert.StartsWith("Nobody can say: the sender's key could not be fetched", Print(Refused with { Result = SignatureResult.KeyUnavailable })[0], StringComparison.Ordinal);

    [Theory]
    [InlineData("{\"k\":\"secret-of-the-source\"}", "{\"k\":\"********************\"}")]
    [InlineData("secret-of-the-source, secret-of-the-source", "********************, ********************")]
    [InlineData("...of-the-source\"}", "...*************\"}")]
    [InlineData("{\"k\":\"secret-of-", "{\"k\":\"**********")]
    [InlineData("a secret of the source", "a secret of the source")]
    [InlineData("pin 1234 and 123", "pin **** and 123")]
    public void A_secret_in_what_was_signed_is_covered_whole_or_cut_off(string text, string covered) =>
        Assert.Equal(covered, new SecretMask(["secret-of-the-source", "1234", ""]).Cover(text));

    private static string[] Print(VerifyAnswer answer, int width = 240)
    {
        using var text = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Out = new AnsiConsoleOutput(text) });
        console.Profile.Width = width;
        new VerifyOutput(console).Full(answer with { Causes = answer.Causes.Count > 0 ? answer.Causes : [new(CauseKind.UnknownSecret, "x", "y")] });
        return [.. text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.TrimEnd())];
    }
}
