using Sluice.Contracts;

namespace Sluice.Hosts.Tests.Processes;

/// <summary>What the environment says of proxies is not for destinations: a proxy would dial what nobody here has looked at.</summary>
public sealed class ProxyTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Attack("A31")]
    [Fact]
    public async Task No_proxy_of_the_environment_gets_what_is_for_a_destination()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "env is not there to start a program with other variables");
        await using var proxy = await LoopbackDestination.StartAsync();
        await using var own = await LoopbackDestination.StartAsync();
        await using var registered = await LoopbackDestination.StartAsync();
        using var folder = new WorkFolder(WorkFolder.Http("own", own.Url));
        await using var sluice = await RunningSluice.StartAsync(folder, ["env", "-u", "NO_PROXY", "-u", "no_proxy", .. new[] { "http_proxy", "HTTP_PROXY", "ALL_PROXY" }.Select(name => $"{name}={proxy.Url}")]);
        Assert.Contains("crm is registered", (await folder.RunAsync("destination", "add", "crm", "--url", registered.Url, "--allow-private")).Success, StringComparison.Ordinal);
        using var sender = new StripeSender(sluice.Url);
        Assert.NotNull((await sender.SendAsync("evt_1")).Event);

        await Eventually.DrainedAsync(sluice, Patience);
        Assert.Single(own.Arrivals);
        Assert.Single(registered.Arrivals);
        Assert.Empty(proxy.Arrivals);
    }
}
