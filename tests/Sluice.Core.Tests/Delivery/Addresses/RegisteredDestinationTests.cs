using System.Net;
using Sluice.Configuration;
using Sluice.Contracts;
using Sluice.Events;

namespace Sluice.Core.Tests.Delivery.Addresses;

/// <summary>A destination that somebody has registered is dialled in the public internet only, or with AllowPrivate in private networks too.</summary>
public sealed class RegisteredDestinationTests
{
    private static readonly Func<DestinationSettings, DestinationSettings> Own = static settings => settings;
    private static readonly Func<DestinationSettings, DestinationSettings> Strict = static settings => settings with { Strict = true };
    private static readonly Func<DestinationSettings, DestinationSettings> Registered = static settings => settings with { IsRegistered = true };
    private static readonly Func<DestinationSettings, DestinationSettings> AllowPrivate = static settings => settings with { IsRegistered = true, AllowPrivate = true };

    /// <summary>Only ever an answer, never dialled: what stands beside it is refused.</summary>
    private static readonly IPAddress Public = IPAddress.Parse("2606:4700::1111");

    [Attack("A27", "A28", "A29")]
    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("0.0.0.1")]
    [InlineData("100.64.0.1")]
    [InlineData("100.100.100.200")]
    [InlineData("168.63.129.16")]
    [InlineData("169.254.169.254")]
    [InlineData("192.0.0.192")]
    [InlineData("198.18.0.1")]
    [InlineData("224.0.0.1")]
    [InlineData("240.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("::127.0.0.1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:8.8.8.8")]
    [InlineData("::ffff:0:127.0.0.1")]
    [InlineData("64:ff9b::7f00:1")]
    [InlineData("64:ff9b:1::7f00:1")]
    [InlineData("2001::1")]
    [InlineData("2002:7f00:1::")]
    [InlineData("fd00:ec2::254")]
    [InlineData("fd20:ce::254")]
    [InlineData("fe80::1")]
    [InlineData("fe80::a9fe:a9fe%1")]
    [InlineData("fec0::1")]
    [InlineData("ff02::1")]
    public async Task What_nobody_may_register_is_a_dead_letter_and_nothing_is_connected(string address)
    {
        foreach (var settings in new[] { Strict, Registered, AllowPrivate })
        {
            foreach (var answer in new IPAddress[][] { [IPAddress.Parse(address)], [Public, IPAddress.Parse(address)], [IPAddress.Loopback, IPAddress.Parse(address)] })
            {
                await using var inside = LoopbackDestination.Answering("200 OK");
                using var poster = new Poster((_, _) => Task.FromResult(answer));
                var outcome = await poster.PostAsync(Named(inside.Url), settings: settings);
                Assert.Equal(AttemptOutcome.DeadLetter, outcome.Kind);
                Assert.StartsWith("its host leads to ", outcome.Reason, StringComparison.Ordinal);
                Assert.Equal(0, inside.Connections);
            }
        }
    }

    [Attack("A27", "A29")]
    [Theory]
    [InlineData("127.0.0.1", "this machine")]
    [InlineData("127.255.255.254", "this machine")]
    [InlineData("::1", "this machine")]
    [InlineData("10.1.2.3", "private")]
    [InlineData("172.16.0.1", "private")]
    [InlineData("192.168.1.1", "private")]
    [InlineData("fd12:3456::1", "private")]
    public async Task What_is_private_needs_to_be_allowed(string address, string what)
    {
        await using var inside = LoopbackDestination.Answering("200 OK");
        using var poster = new Poster((_, _) => Task.FromResult<IPAddress[]>([Public, IPAddress.Parse(address)]));
        var outcome = await poster.PostAsync(Named(inside.Url), settings: Registered);
        Assert.Equal(
            (AttemptOutcome.DeadLetter, $"its host leads to {address}, which is {what}; a registered destination has to be in the public internet, unless it is registered with --allow-private"),
            (outcome.Kind, outcome.Reason));
        Assert.Equal(0, inside.Connections);
    }

    [Fact]
    public async Task What_never_is_allowed_names_no_way_around()
    {
        using var poster = new Poster((_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse("169.254.169.254")]));
        foreach (var settings in new[] { Registered, AllowPrivate })
        {
            var outcome = await poster.PostAsync(new Uri("https://hooks.example.com/"), settings: settings);
            Assert.Equal("its host leads to 169.254.169.254, which is link-local, where clouds keep their metadata; no registered destination may lead there", outcome.Reason);
        }
    }

    [Fact]
    public async Task What_is_allowed_to_be_private_is_dialled_there_by_name()
    {
        await using var inside = LoopbackDestination.Answering("200 OK");
        using var poster = new Poster((_, _) => Task.FromResult<IPAddress[]>([IPAddress.Loopback]));
        Assert.Equal(AttemptOutcome.Done, (await poster.PostAsync(Named(inside.Url), settings: AllowPrivate)).Kind);
        Assert.Contains("Host: hooks.example.com", Assert.Single(inside.Requests).Head, StringComparison.Ordinal);
    }

    [Attack("A27")]
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.1")]
    [InlineData("0x7f.1")]
    [InlineData("017700000001")]
    [InlineData("2130706433")]
    public async Task However_this_machine_is_written_it_is_the_same(string host)
    {
        await using var inside = LoopbackDestination.Answering("200 OK");
        using var poster = new Poster();
        var url = new Uri($"http://{host}:{inside.Url.Port}/");
        foreach (var refused in new[] { Strict, Registered }) Assert.Contains("leads to 127.0.0.1, which is this machine", (await poster.PostAsync(url, settings: refused)).Reason, StringComparison.Ordinal);
        Assert.Equal(0, inside.Connections);
        foreach (var allowed in new[] { AllowPrivate, Own }) Assert.Equal(AttemptOutcome.Done, (await poster.PostAsync(url, settings: allowed)).Kind);
    }

    [Attack("A27", "A28")]
    [Theory]
    [InlineData("0")]
    [InlineData("0.0.0.0")]
    [InlineData("[::]")]
    [InlineData("[::127.0.0.1]")]
    [InlineData("[::ffff:127.0.0.1]")]
    [InlineData("[0:0:0:0:0:ffff:7f00:1]")]
    [InlineData("[64:ff9b::7f00:1]")]
    [InlineData("[2002:7f00:1::]")]
    [InlineData("169.254.169.254")]
    [InlineData("0xa9fea9fe")]
    public async Task What_is_this_machine_or_a_clouds_in_disguise_is_refused_even_where_private_is_allowed(string host)
    {
        await using var inside = LoopbackDestination.Answering("200 OK");
        using var poster = new Poster();
        foreach (var settings in new[] { Strict, Registered, AllowPrivate })
            Assert.Equal(AttemptOutcome.DeadLetter, (await poster.PostAsync(new Uri($"http://{host}:{inside.Url.Port}/"), settings: settings)).Kind);
        Assert.Equal(0, inside.Connections);
    }

    [Attack("A29")]
    [Fact]
    public async Task A_connection_that_was_allowed_to_be_private_never_serves_one_that_is_not()
    {
        await using var inside = LoopbackDestination.Answering("200 OK");
        using var poster = new Poster();
        foreach (var allowed in new[] { Own, AllowPrivate }) Assert.Equal(AttemptOutcome.Done, (await poster.PostAsync(inside.Url, settings: allowed)).Kind);
        foreach (var refused in new[] { Strict, Registered }) Assert.Equal(AttemptOutcome.DeadLetter, (await poster.PostAsync(inside.Url, settings: refused)).Kind);
        Assert.Equal((2, 2), (inside.Requests.Count, inside.Connections));
    }

    [Attack("A29")]
    [Fact]
    public async Task A_name_that_leads_to_a_clouds_metadata_the_second_time_is_refused_then()
    {
        await using var inside = LoopbackDestination.Answering("200 OK", headers: "Connection: close\r\n");
        var asked = 0;
        using var poster = new Poster((_, _) => Task.FromResult<IPAddress[]>([asked++ == 0 ? IPAddress.Loopback : IPAddress.Parse("169.254.169.254")]));
        Assert.Equal(AttemptOutcome.Done, (await poster.PostAsync(Named(inside.Url), settings: AllowPrivate)).Kind);
        Assert.Equal(AttemptOutcome.DeadLetter, (await poster.PostAsync(Named(inside.Url), settings: AllowPrivate)).Kind);
        Assert.Equal(1, inside.Connections);
    }

    [Attack("A30")]
    [Fact]
    public async Task A_redirect_is_not_followed_where_private_is_allowed_either()
    {
        await using var elsewhere = LoopbackDestination.Answering("200 OK");
        await using var inside = LoopbackDestination.Answering("307 Temporary Redirect", headers: $"Location: {elsewhere.Url}\r\n");
        using var poster = new Poster();
        Assert.Equal(307, (await poster.PostAsync(inside.Url, settings: AllowPrivate)).StatusCode);
        Assert.Equal(0, elsewhere.Connections);
    }

    private static Uri Named(Uri url) => new UriBuilder(url) { Host = "hooks.example.com" }.Uri;
}
