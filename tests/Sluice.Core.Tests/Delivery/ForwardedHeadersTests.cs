using Sluice.Contracts;
using Sluice.Delivery;

namespace Sluice.Core.Tests.Delivery;

public sealed class ForwardedHeadersTests
{
    [Theory]
    [InlineData("X-GitHub-Event", "X-GitHub-*", true)]
    [InlineData("x-github-event", "X-GITHUB-*", true)]
    [InlineData("X-GitHub-", "X-GitHub-*", true)]
    [InlineData("X-GitHub", "X-GitHub-*", false)]
    [InlineData("X-GitHubEvent", "X-GitHub-*", false)]
    [InlineData("Stripe-Signature", "Stripe-Signature", true)]
    [InlineData("Stripe-Signature-2", "Stripe-Signature", false)]
    [InlineData("A-Stripe-Signature", "Stripe-Signature", false)]
    [InlineData("Anything", "*", true)]
    [InlineData("Authorization", "Authorization", false)]
    [InlineData("Cookie", "*", false)]
    [InlineData("Cookies", "*", true)]
    [InlineData("Hostess", "*", true)]
    [InlineData("Tea", "*", true)]
    public void A_header_is_passed_on_when_the_list_names_it_and_it_is_no_credential(string name, string pattern, bool allowed) =>
        Assert.Equal(allowed, ForwardedHeaders.Allows(name, "value", [pattern]));

    [Fact]
    public void An_empty_list_passes_nothing_on() => Assert.False(ForwardedHeaders.Allows("X-A", "1", []));

    [Attack("A33")]
    [Theory]
    [InlineData("a\rb", false)]
    [InlineData("a\nb", false)]
    [InlineData("a\0b", false)]
    [InlineData("", true)]
    [InlineData("a\tb", true)]
    public void A_value_that_would_end_its_line_is_not_passed_on(string value, bool allowed) => Assert.Equal(allowed, ForwardedHeaders.Allows("X-A", value, ["X-A"]));

    [Theory]
    [InlineData("invoice.paid", "invoice.paid")]
    [InlineData("", "")]
    [InlineData("~ !", "~ !")]
    [InlineData("a\u007f", "a%7F")]
    [InlineData("é", "%C3%A9")]
    [InlineData("100% é", "100%25%20%C3%A9")]
    public void Only_what_a_header_cannot_carry_is_encoded(string value, string encoded) => Assert.Equal(encoded, ForwardedHeaders.Encode(value));
}
