using System.Net;
using Sluice.Contracts;
using Sluice.Delivery;

namespace Sluice.Core.Tests.Delivery.Addresses;

/// <summary>Which addresses a strict destination may lead to.</summary>
public sealed class PublicAddressTests
{
    [Theory]
    [InlineData("8.8.8.8")]
    [InlineData("1.1.1.1")]
    [InlineData("9.255.255.255")]
    [InlineData("11.0.0.0")]
    [InlineData("100.63.255.255")]
    [InlineData("100.128.0.0")]
    [InlineData("168.63.129.15")]
    [InlineData("172.15.255.255")]
    [InlineData("172.32.0.0")]
    [InlineData("192.0.1.0")]
    [InlineData("223.255.255.255")]
    [InlineData("2606:4700:4700::1111")]
    [InlineData("2a00:1450:4001:830::200e")]
    public void A_public_address_is_one(string address) => Assert.Equal(AddressKind.Public, PublicAddresses.Look(IPAddress.Parse(address)).Kind);

    [Attack("A27")]
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.1")]
    [InlineData("127.255.255.255")]
    [InlineData("0")]
    [InlineData("0.0.0.0")]
    [InlineData("0x7f.1")]
    [InlineData("017700000001")]
    [InlineData("2130706433")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("10.0.0.1")]
    [InlineData("172.16.0.1")]
    [InlineData("192.168.1.1")]
    [InlineData("169.254.169.254")]
    [InlineData("168.63.129.16")]
    [InlineData("100.64.0.1")]
    [InlineData("100.100.100.200")]
    [InlineData("192.0.0.192")]
    [InlineData("198.18.0.1")]
    [InlineData("224.0.0.1")]
    [InlineData("240.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("fe80::1")]
    [InlineData("fe80::1%1")]
    [InlineData("fc00::1")]
    [InlineData("fd00:ec2::254")]
    [InlineData("fec0::1")]
    [InlineData("ff02::1")]
    [InlineData("100::1")]
    [InlineData("2001:db8::1")]
    public void An_address_of_the_inside_is_none(string address) => Assert.NotEqual(AddressKind.Public, PublicAddresses.Look(IPAddress.Parse(address)).Kind);

    [Attack("A28")]
    [Theory]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:8.8.8.8")]
    [InlineData("::127.0.0.1")]
    [InlineData("::8.8.8.8")]
    [InlineData("64:ff9b::7f00:1")]
    [InlineData("64:ff9b::808:808")]
    [InlineData("64:ff9b:1::1")]
    [InlineData("2002:7f00:1::")]
    [InlineData("2002:808:808::1")]
    [InlineData("2001::1")]
    [InlineData("2001:0:4136:e378:8000:63bf:3fff:fdd2")]
    public void An_address_that_carries_another_is_none(string address) => Assert.NotEqual(AddressKind.Public, PublicAddresses.Look(IPAddress.Parse(address)).Kind);

    [Attack("A27")]
    [Theory]
    [InlineData("127.0.0.1", AddressKind.Private)]
    [InlineData("127.255.255.255", AddressKind.Private)]
    [InlineData("::1", AddressKind.Private)]
    [InlineData("10.0.0.0", AddressKind.Private)]
    [InlineData("10.255.255.255", AddressKind.Private)]
    [InlineData("172.16.0.0", AddressKind.Private)]
    [InlineData("172.31.255.255", AddressKind.Private)]
    [InlineData("192.168.0.0", AddressKind.Private)]
    [InlineData("192.168.255.255", AddressKind.Private)]
    [InlineData("fc00::1", AddressKind.Private)]
    [InlineData("fdff:ffff::1", AddressKind.Private)]
    [InlineData("0.0.0.0", AddressKind.Never)]
    [InlineData("100.64.0.1", AddressKind.Never)]
    [InlineData("100.100.100.200", AddressKind.Never)]
    [InlineData("168.63.129.16", AddressKind.Never)]
    [InlineData("169.254.169.254", AddressKind.Never)]
    [InlineData("198.18.0.1", AddressKind.Never)]
    [InlineData("224.0.0.1", AddressKind.Never)]
    [InlineData("255.255.255.255", AddressKind.Never)]
    [InlineData("::", AddressKind.Never)]
    [InlineData("::ffff:10.0.0.1", AddressKind.Never)]
    [InlineData("::10.0.0.1", AddressKind.Never)]
    [InlineData("64:ff9b::a00:1", AddressKind.Never)]
    [InlineData("64:ff9b:1::a00:1", AddressKind.Never)]
    [InlineData("2001::1", AddressKind.Never)]
    [InlineData("2002:a00:1::", AddressKind.Never)]
    [InlineData("fd00:ec2::254", AddressKind.Never)]
    [InlineData("fd20:ce::254", AddressKind.Never)]
    [InlineData("fd00:c1::a9fe:a9fe", AddressKind.Never)]
    [InlineData("fd00:42::42", AddressKind.Never)]
    [InlineData("fd00:a9fe:a9fe::1", AddressKind.Never)]
    [InlineData("fd00:100::100:200", AddressKind.Never)]
    [InlineData("fe80::1", AddressKind.Never)]
    [InlineData("fec0::1", AddressKind.Never)]
    [InlineData("ff02::1", AddressKind.Never)]
    public void What_is_private_may_be_allowed_and_the_rest_may_not(string address, AddressKind kind) => Assert.Equal(kind, PublicAddresses.Look(IPAddress.Parse(address)).Kind);

    /// <summary>Beside AntiSSRF: it dials what is not known to be special, here nothing is dialled that IANA has not given out for hosts.</summary>
    [Attack("A27", "A28")]
    [Fact]
    public async Task Nothing_is_public_here_that_is_not_so_for_antissrf()
    {
        await using var oracle = NodeProgram.Start("addresses.mjs", out var missing);
        Assert.SkipWhen(oracle is null, missing);
        IPAddress[] addresses = [.. Boundaries(), .. Made(20_000)];
        var answers = await oracle!.AskAsync([.. addresses.Select(address => $"\"{address}\"")], TestContext.Current.CancellationToken);
        Assert.Contains("true", answers);
        Assert.Contains("false", answers);
        foreach (var (address, answer) in addresses.Zip(answers))
        {
            var isUnicast = address.GetAddressBytes() is { Length: 4 } || address.GetAddressBytes()[0] >> 5 == 1;
            var expected = answer == "true" && isUnicast;
            Assert.True(expected == (PublicAddresses.Look(address).Kind == AddressKind.Public), $"{address}: {answer} for AntiSSRF");
        }
    }

    // Every place where a range of either registry may begin or end, and its neighbours.
    private static IEnumerable<IPAddress> Boundaries()
    {
        for (var first = 0; first < 65536; first += 1)
        {
            yield return new IPAddress([(byte)(first >> 8), (byte)first, 0, 0]);
            if (first % 257 == 0) yield return new IPAddress([(byte)(first >> 8), (byte)first, 255, 255]);
            if (first is >= 0x2000 and < 0x4000 or < 0x200 or > 0xfb00) yield return new IPAddress([(byte)(first >> 8), (byte)first, .. new byte[14]]);
        }

        foreach (var text in new[] { "192.0.0.255", "192.0.1.0", "192.0.1.255", "192.0.3.0", "192.31.195.255", "192.31.197.0", "192.52.192.255", "192.52.194.0", "192.88.98.255", "192.88.100.0", "192.175.47.255", "192.175.49.0", "198.51.99.255", "198.51.101.0", "203.0.112.255", "203.0.114.0", "2001:1ff::", "2001:1ff:ffff::", "2001:200::", "2620:4f:7fff::", "2620:4f:8001::", "2001:db7::", "2001:db9::", "3ffe:ffff::", "3fff:1000::" })
            yield return IPAddress.Parse(text);
    }

    private static IEnumerable<IPAddress> Made(int count)
    {
        var random = new Random(1);
        for (var i = 0; i < count; i++)
        {
            var bytes = new byte[i % 2 == 0 ? 4 : 16];
            random.NextBytes(bytes);
            if (bytes.Length == 16 && i % 3 > 0) bytes[0] = (byte)(0x20 | (bytes[0] & 0x1f));
            yield return new IPAddress(bytes);
        }
    }
}
