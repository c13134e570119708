using Sluice.Contracts;
using Sluice.Core.Tests.Configuration;

namespace Sluice.Core.Tests.Delivery.Addresses;

/// <summary>What can be said of a strict destination's Url before anything is dialled is said at the start.</summary>
public sealed class StrictUrlTests
{
    [Attack("A31")]
    [Theory]
    [InlineData("http://hooks.example.com/", "is Strict and its Url is not https; write https, or remove Strict for a destination of your own")]
    [InlineData("https://hooks.example.com:22/", "is Strict and its Url names port 22; strict destinations listen on 443 or 8443")]
    [InlineData("https://hooks.example.com:6379/", "is Strict and its Url names port 6379; strict destinations listen on 443 or 8443")]
    [InlineData("https://127.0.0.1/", "is Strict and its Url leads to 127.0.0.1, which is this machine; name a host in the public internet")]
    [InlineData("https://127.1/", "is Strict and its Url leads to 127.0.0.1, which is this machine; name a host in the public internet")]
    [InlineData("https://2130706433/", "is Strict and its Url leads to 127.0.0.1, which is this machine; name a host in the public internet")]
    [InlineData("https://0x7f.1/", "is Strict and its Url leads to 127.0.0.1, which is this machine; name a host in the public internet")]
    [InlineData("https://[::1]/", "is Strict and its Url leads to ::1, which is this machine; name a host in the public internet")]
    [InlineData("https://[::ffff:8.8.8.8]/", "is Strict and its Url leads to ::ffff:8.8.8.8, which is an IPv4 address in the clothes of IPv6; name a host in the public internet")]
    [InlineData("https://169.254.169.254/latest", "is Strict and its Url leads to 169.254.169.254, which is link-local, where clouds keep their metadata; name a host in the public internet")]
    public void A_url_that_cannot_be_public_is_named_with_its_fix(string url, string fault)
    {
        var (_, errors) = SettingsText.Of($$""" "Destinations": { "theirs": { "Handler": "http", "Strict": true, "Url": "{{url}}" } } """).Build();
        Assert.Equal($"Sluice:Destinations:theirs {fault}", Assert.Single(errors).ToString());
    }

    [Attack("A31")]
    [Theory]
    [InlineData("https://good.example.com@evil.example.com/", "has a user name")]
    [InlineData("file:///etc/passwd", "is 'file:///etc/passwd'")]
    [InlineData("gopher://example.com/", "is 'gopher://example.com/'")]
    [InlineData("//example.com/", "is '//example.com/'")]
    [InlineData("unix:/var/run/docker.sock", "is 'unix:/var/run/docker.sock'")]
    public void A_url_that_is_no_plain_http_address_is_refused_strict_or_not(string url, string said)
    {
        var (_, errors) = SettingsText.Of($$""" "Destinations": { "theirs": { "Handler": "http", "Url": "{{url}}" } } """).Build();
        Assert.StartsWith($"Sluice:Destinations:theirs:Url {said}", errors[0].ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://hooks.example.com/a?b=c")]
    [InlineData("https://hooks.example.com:8443/")]
    [InlineData("https://8.8.8.8/")]
    [InlineData("https://[2606:4700::1111]/")]
    public void Any_other_is_fine(string url) => Assert.True(SettingsText.Of($$""" "Destinations": { "theirs": { "Handler": "http", "Strict": true, "Url": "{{url}}" } } """).Reads().Settings.Destinations[0].Strict);
}
