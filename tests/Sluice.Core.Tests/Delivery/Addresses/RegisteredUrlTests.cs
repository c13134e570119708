using Sluice.Configuration;
using Sluice.Contracts;
using Sluice.Delivery;

namespace Sluice.Core.Tests.Delivery.Addresses;

/// <summary>A registration whose Url cannot be right is refused with the rule and the fix.</summary>
public sealed class RegisteredUrlTests
{
    [Attack("A27", "A28", "A31")]
    [Theory]
    [InlineData("http://hooks.example.com/", "has a Url that is not https; write https, or register it with --allow-private")]
    [InlineData("https://hooks.example.com:22/", "has a Url that names port 22; registered destinations listen on 443 or 8443, unless they are registered with --allow-private")]
    [InlineData("https://127.1/", "has a Url that leads to 127.0.0.1, which is this machine; name a host in the public internet, or register it with --allow-private")]
    [InlineData("https://10.0.0.1/", "has a Url that leads to 10.0.0.1, which is private; name a host in the public internet, or register it with --allow-private")]
    [InlineData("https://[fd12::1]/", "has a Url that leads to fd12::1, which is private; name a host in the public internet, or register it with --allow-private")]
    [InlineData("https://169.254.169.254/", "has a Url that leads to 169.254.169.254, which is link-local, where clouds keep their metadata; name a host in the public internet")]
    [InlineData("https://[::ffff:10.0.0.1]/", "has a Url that leads to ::ffff:10.0.0.1, which is an IPv4 address in the clothes of IPv6; name a host in the public internet")]
    public void One_that_has_to_be_public_says_how_it_could_be(string url, string fault) => Assert.Equal([fault], Faults(url, allowPrivate: false));

    [Attack("A27", "A28", "A31")]
    [Theory]
    [InlineData("http://hooks.example.com:22/", "has a Url that names port 22; registered destinations listen on 80, 443 or a port from 1024")]
    [InlineData("http://localhost:25/", "has a Url that names port 25; registered destinations listen on 80, 443 or a port from 1024")]
    [InlineData("http://0/", "has a Url that leads to 0.0.0.0, which is this network; name a host in the public internet")]
    [InlineData("http://100.100.100.200/", "has a Url that leads to 100.100.100.200, which is shared by a provider's customers; name a host in the public internet")]
    [InlineData("http://168.63.129.16/", "has a Url that leads to 168.63.129.16, which is the platform of Azure; name a host in the public internet")]
    [InlineData("http://[fd00:ec2::254]/", "has a Url that leads to fd00:ec2::254, which is where a cloud keeps its metadata; name a host in the public internet")]
    [InlineData("http://[::ffff:10.0.0.1]/", "has a Url that leads to ::ffff:10.0.0.1, which is an IPv4 address in the clothes of IPv6; name a host in the public internet")]
    public void One_that_may_be_private_may_not_be_anything(string url, string fault) => Assert.Equal([fault], Faults(url, allowPrivate: true));

    [Theory]
    [InlineData("https://hooks.example.com/", false)]
    [InlineData("https://hooks.example.com:8443/", false)]
    [InlineData("https://hooks.example.com/", true)]
    [InlineData("http://localhost:3000/", true)]
    [InlineData("http://127.0.0.1:8080/", true)]
    [InlineData("http://[::1]:8080/", true)]
    [InlineData("http://192.168.1.2/", true)]
    [InlineData("http://[fd12::1]/", true)]
    public void Any_other_is_fine(string url, bool allowPrivate) => Assert.Empty(Faults(url, allowPrivate));

    [Fact]
    public void One_without_a_url_is_none() => Assert.Equal(["has no Url; handler http needs the address to post to"], Faults(null, allowPrivate: true));

    private static IEnumerable<string> Faults(string? url, bool allowPrivate)
    {
        using var clients = new HttpClients();
        return [.. new HttpHandler(clients, TimeProvider.System).Check(new DestinationSettings { Name = "theirs", Handler = "http", Url = url is null ? null : new Uri(url), IsRegistered = true, AllowPrivate = allowPrivate })];
    }
}
