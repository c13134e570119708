using System.Text;
using Sluice.Events;

namespace Sluice.Core.Tests.Events;

public sealed class HeaderListTests
{
    [Fact]
    public void Headers_read_back_as_they_were_in_order_and_doubled()
    {
        var headers = List(("A", "1"), ("b", ""), ("A", "2"), ("a", " x:y:z "), ("C", "é ☕ \t"));
        Assert.Equal(headers, HeaderList.Decode(headers.Encode()));
    }

    [Theory]
    [InlineData("\u0085")]
    [InlineData("\u2028")]
    [InlineData("\u2029")]
    [InlineData("\f")]
    [InlineData("\v")]
    public void A_value_with_a_line_end_of_unicode_stays_one_value_and_smuggles_no_header(string lineEnd)
    {
        // Kestrel reads header values as UTF-8, so these arrive.
        var headers = List(("X-GitHub-Hook", $"a{lineEnd}X-GitHub-Event:smuggled"), ("B", "2"));
        Assert.Equal(headers, HeaderList.Decode(headers.Encode()));
    }

    [Fact]
    public void No_headers_are_no_text()
    {
        Assert.Equal("", HeaderList.Empty.Encode());
        Assert.Empty(HeaderList.Decode(""));
    }

    [Fact]
    public void Any_headers_that_http_allows_read_back()
    {
        var random = new Random(3);
        const string names = "abcXYZ019!#$%&'*+-.^_`|~";
        for (var i = 0; i < 2000; i++)
        {
            var headers = List([.. Enumerable.Range(0, random.Next(10)).Select(_ => (Text(random, names, 1), Value(random)))]);
            Assert.Equal(headers, HeaderList.Decode(headers.Encode()));
        }
    }

    [Theory]
    [InlineData("no colon\n")]
    [InlineData(":no name\n")]
    [InlineData("\n\n\n")]
    public void Lines_that_are_no_headers_are_left_out(string text) => Assert.Empty(HeaderList.Decode(text));

    [Fact]
    public void A_text_without_its_last_line_end_is_read_whole() => Assert.Equal(List(("A", "1"), ("B", "2")), HeaderList.Decode("A:1\nB:2"));

    [Fact]
    public void A_single_header_is_one_that_stands_once_in_any_case()
    {
        var headers = List(("Once", "1"), ("twice", "1"), ("TWICE", "1"), ("Empty", ""));
        Assert.Equal("1", headers.Single("oNCE", out var count));
        Assert.Equal(1, count);
        Assert.Null(headers.Single("Twice", out count));
        Assert.Equal(2, count);
        Assert.Null(headers.Single("None", out count));
        Assert.Equal(0, count);
        Assert.Equal("", headers.Single("empty", out _));
    }

    [Fact]
    public void The_first_of_a_doubled_header_is_found()
    {
        Assert.Equal("1", List(("A", "1"), ("a", "2")).First("a"));
        Assert.Null(HeaderList.Empty.First("a"));
    }

    private static HeaderList List(params (string Name, string Value)[] headers) =>
        new([.. headers.Select(header => KeyValuePair.Create(header.Name, header.Value))]);

    private static string Text(Random random, string letters, int least) =>
        new([.. Enumerable.Range(0, random.Next(least, 20)).Select(_ => letters[random.Next(letters.Length)])]);

    // Any characters but CR, LF and NUL.
    private static string Value(Random random)
    {
        var text = new StringBuilder();
        for (var i = random.Next(30); i > 0; i--)
        {
            var rune = random.Next(2) == 0 ? random.Next(1, 0x80) : random.Next(1, 0x3000);
            if (rune is not ('\r' or '\n')) text.Append((char)rune);
        }

        return text.ToString();
    }
}
