using System.Text;
using Sluice.Providers;

namespace Sluice.Core.Tests.Providers;

/// <summary>The one reader of queries and the one of forms.</summary>
public sealed class QueryTests
{
    [Theory]
    [InlineData("/x?a=1", "1", 1)]
    [InlineData("https://h.example/x?b=2&a=1&c", "1", 1)]
    [InlineData("/x?%61=%31+2%2B3", "1 2+3", 1)]
    [InlineData("/x?a=1&a=2", "2", 2)]
    [InlineData("/x?a=1&%61=", "", 2)]
    [InlineData("/x?a=%zz%C3%28", "%zz%C3(", 1)]
    [InlineData("/x?a==1=", "=1=", 1)]
    [InlineData("/x?A=1&aa=1&b&=1&&", "", 0)]
    [InlineData("/x?a", "", 0)]
    [InlineData("/a=1", "", 0)]
    [InlineData("", "", 0)]
    public void A_parameter_is_decoded_and_counted(string url, string value, int count)
    {
        Assert.Equal(value, Query.Value(url, "a", out var found).ToString());
        Assert.Equal(count, found);
        Assert.Equal(count == 1 ? value : null, Query.Single(url, "a"));
    }

    [Theory]
    [InlineData("a=1", "1")]
    [InlineData("b=2&a=1+2%263&c", "1 2&3")]
    [InlineData("%61=%C3%A9", "é")]
    [InlineData("a=", "")]
    [InlineData("a=1&a=1", null)]
    [InlineData("a=1&%61=1", null)]
    [InlineData("a=%zz", null)]
    [InlineData("a=%4", null)]
    [InlineData("a%=1", null)]
    [InlineData("aa=1&A=1&=1&a", null)]
    [InlineData("", null)]
    public void A_field_of_a_form_is_read_when_it_stands_once_and_is_encoded_as_it_should_be(string form, string? value) =>
        Assert.Equal(value, FormBody.Single(Encoding.UTF8.GetBytes(form), "a"));

    [Fact]
    public void Names_with_signs_are_names_too()
    {
        var form = FormBody.Encode(("data[é]", "a=b&c"), ("data", "2"));
        Assert.Equal("a=b&c", FormBody.Single(form, "data[é]"));
        Assert.Equal("2", FormBody.Single(form, "data"));
    }
}
