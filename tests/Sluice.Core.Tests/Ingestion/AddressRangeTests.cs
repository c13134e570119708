using System.Net;
using Sluice.Core.Tests.Providers;
using Sluice.Ingestion;

namespace Sluice.Core.Tests.Ingestion;

public sealed class AddressRangeTests
{
    [Theory]
    [InlineData("203.0.113.7", "203.0.113.7", true)]
    [InlineData("203.0.113.7", "203.0.113.8", false)]
    [InlineData("203.0.113.0/24", "203.0.113.255", true)]
    [InlineData("203.0.113.0/24", "203.0.114.0", false)]
    [InlineData("203.0.112.0/23", "203.0.113.255", true)]
    [InlineData("203.0.113.128/25", "203.0.113.127", false)]
    [InlineData("203.0.113.7/32", "203.0.113.7", true)]
    [InlineData("203.0.113.7/32", "203.0.113.6", false)]
    [InlineData("0.0.0.0/0", "255.255.255.255", true)]
    [InlineData("0.0.0.0/0", "::1", false)]
    [InlineData("203.0.113.0/24", "::ffff:203.0.113.9", true)]
    [InlineData("::ffff:203.0.113.0/120", "203.0.113.9", true)]
    [InlineData("::ffff:203.0.113.9", "203.0.113.9", true)]
    [InlineData("2001:db8::/32", "2001:db8:ffff::1", true)]
    [InlineData("2001:db8::/32", "2001:db9::", false)]
    [InlineData("2001:db8::1", "2001:db8:0:0::1", true)]
    [InlineData("fe80::/10", "fe80::1%3", true)]
    [InlineData("::/0", "1.2.3.4", false)]
    public void An_address_is_in_a_range_or_not(string range, string address, bool expected) =>
        Assert.Equal(expected, AddressRange.Parse(range, out _)!.Contains(IPAddress.Parse(address)));

    [Theory]
    [InlineData("")]
    [InlineData("example.com")]
    [InlineData("127.1")]
    [InlineData("1")]
    [InlineData("0x7f.0.0.1")]
    [InlineData("010.0.0.1")]
    [InlineData("1.2.3.4/33")]
    [InlineData("1.2.3.4/-1")]
    [InlineData("1.2.3.4/")]
    [InlineData("1.2.3.4/ 8")]
    [InlineData("1.2.3.4/255.0.0.0")]
    [InlineData("::/129")]
    [InlineData("::ffff:1.2.3.4/95")]
    [InlineData("fe80::1%eth0")]
    [InlineData(" 1.2.3.4")]
    public void What_is_no_range_is_said(string text)
    {
        Assert.Null(AddressRange.Parse(text, out var error));
        Assert.StartsWith($"'{text}' is no address", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("192.168.1.5/24", "'192.168.1.5/24' does not begin a range of that size; write 192.168.1.0/24")]
    [InlineData("2001:db8::1/32", "'2001:db8::1/32' does not begin a range of that size; write 2001:db8::/32")]
    public void A_range_that_begins_elsewhere_is_said_with_the_one_that_was_meant(string text, string expected)
    {
        Assert.Null(AddressRange.Parse(text, out var error));
        Assert.Equal(expected, error);
    }

    [Fact]
    public void A_secret_matches_for_the_first_time_once()
    {
        var source = ShownSource.Of("gitlab").Source;
        Assert.Equal([true, false, true, false, false], new[] { 0, 0, 3, 3, -1 }.Select(source.IsFirstMatch));
    }
}
