using System.Net;
using System.Net.NetworkInformation;
using Sluice.Contracts;
using Sluice.Delivery;
using Sluice.Events;

namespace Sluice.Core.Tests.Delivery.Addresses;

/// <summary>A strict destination is dialled where its name leads at that moment, and only if all of that is public.</summary>
public sealed class StrictDestinationTests
{
    /// <summary>Only ever an answer, never dialled: what stands beside it is not public.</summary>
    private static readonly IPAddress Public = IPAddress.Parse("2606:4700::1111");

    [Attack("A27", "A29")]
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("169.254.169.254")]
    [InlineData("10.1.2.3")]
    public async Task A_name_that_leads_inside_is_a_dead_letter_and_nothing_is_connected(string address)
    {
        await using var inside = LoopbackDestination.Answering("200 OK");
        using var poster = new Poster((_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse(address)]));
        var outcome = await poster.PostAsync(Named("hooks.example.com", inside.Url), strict: true);
        Assert.Equal(AttemptOutcome.DeadLetter, outcome.Kind);
        Assert.StartsWith($"its host leads to {address}, which is ", outcome.Reason, StringComparison.Ordinal);
        Assert.Equal(0, inside.Connections);
    }

    [Attack("A29")]
    [Fact]
    public async Task One_inner_address_among_public_ones_is_enough()
    {
        await using var inside = LoopbackDestination.Answering("200 OK");
        using var poster = new Poster((_, _) => Task.FromResult<IPAddress[]>([Public, IPAddress.Loopback]));
        Assert.Equal(AttemptOutcome.DeadLetter, (await poster.PostAsync(Named("hooks.example.com", inside.Url), strict: true)).Kind);
        Assert.Equal(0, inside.Connections);
    }

    [Attack("A32")]
    [Fact]
    public async Task A_public_address_of_this_machines_own_is_a_dead_letter()
    {
        using var poster = new Poster((_, _) => Task.FromResult<IPAddress[]>([Public]), isOwn: address => address.Equals(Public));
        var outcome = await poster.PostAsync(new Uri("https://hooks.example.com:8443/"), strict: true);
        Assert.Equal((AttemptOutcome.DeadLetter, $"its host leads to {Public}, which is this machine; a strict destination has to be in the public internet"), (outcome.Kind, outcome.Reason));
    }

    [Attack("A32")]
    [Fact]
    public void The_system_says_which_addresses_are_its_own()
    {
        IPAddress[] own = [.. NetworkInterface.GetAllNetworkInterfaces().Where(one => one.OperationalStatus == OperationalStatus.Up)
            .SelectMany(one => one.GetIPProperties().UnicastAddresses).Select(one => one.Address).Where(address => !address.IsIPv6LinkLocal)];
        Assert.Contains(IPAddress.Loopback, own);
        Assert.All(own, address => Assert.True(OwnAddress.Is(address), $"{address} is this machine's own"));
        Assert.All(new[] { "8.8.8.8", "192.0.2.1", "2606:4700::1111" }, address => Assert.False(OwnAddress.Is(IPAddress.Parse(address)), $"{address} is not"));
    }

    [Attack("A29")]
    [Fact]
    public async Task Where_a_name_leads_is_asked_for_every_new_connection()
    {
        var asked = new List<string>();
        using var poster = new Poster((host, _) =>
        {
            asked.Add(host);
            return asked.Count == 1 ? throw new System.Net.Sockets.SocketException(11001) : Task.FromResult<IPAddress[]>([IPAddress.Loopback]);
        });
        var url = new Uri("https://rebinding.example.com:8443/");
        // That a name leads nowhere heals, or not; that it leads inside does not.
        Assert.Equal(AttemptOutcome.Retry, (await poster.PostAsync(url, strict: true)).Kind);
        Assert.Equal(AttemptOutcome.DeadLetter, (await poster.PostAsync(url, strict: true)).Kind);
        Assert.Equal(["rebinding.example.com", "rebinding.example.com"], asked);
    }

    [Attack("A29")]
    [Fact]
    public async Task A_connection_of_another_destination_never_serves_a_strict_one()
    {
        await using var inside = LoopbackDestination.Answering("200 OK");
        using var poster = new Poster();
        Assert.Equal(AttemptOutcome.Done, (await poster.PostAsync(inside.Url)).Kind);
        Assert.Equal(AttemptOutcome.DeadLetter, (await poster.PostAsync(inside.Url, strict: true)).Kind);
        Assert.Single(inside.Requests);
    }

    [Fact]
    public async Task A_destination_of_the_operators_own_may_be_anywhere()
    {
        await using var inside = LoopbackDestination.Answering("200 OK");
        using var poster = new Poster((_, _) => throw new InvalidOperationException("asked for a name that is none"));
        Assert.Equal(AttemptOutcome.Done, (await poster.PostAsync(inside.Url)).Kind);
    }

    private static Uri Named(string host, Uri url) => new UriBuilder(url) { Host = host }.Uri;
}
