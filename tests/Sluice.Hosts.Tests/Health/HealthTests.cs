using System.Text.Json.Nodes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Configuration;
using Sluice.Delivery;
using Sluice.Hosts.Tests.Fixtures;
using Sluice.Providers;

namespace Sluice.Hosts.Tests.Health;

/// <summary>Health says that the process lives; readiness, looked at every five seconds at most, says what is at fault.</summary>
public sealed class HealthTests
{
    private const string Locked = "store: the database is locked by another program";

    [Fact]
    public async Task A_host_that_is_well_is_alive_and_ready()
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        var (live, ready) = (await sluice.GetAsync("/api/health"), await sluice.GetAsync("/api/health/ready"));

        Assert.Equal((200, "ok"), (live.Status, live.Json.GetProperty("status").GetString()));
        Assert.Equal((200, "ready"), (ready.Status, ready.Json.GetProperty("status").GetString()));
        Assert.False(ready.Json.TryGetProperty("faults", out _));
    }

    [Fact]
    public async Task A_book_that_cannot_be_written_is_named_and_the_process_is_alive_all_the_same()
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        using var locked = new LockedBook(sluice);
        var ready = await sluice.GetAsync("/api/health/ready");

        Assert.Equal((503, "not ready"), (ready.Status, ready.Json.GetProperty("status").GetString()));
        Assert.Equal([Locked], Faults(ready));
        Assert.Equal(TimeSpan.FromSeconds(5), ready.Headers.RetryAfter?.Delta);
        Assert.Equal(200, (await sluice.GetAsync("/api/health")).Status);
    }

    [Fact]
    public async Task A_fault_is_remembered_for_five_seconds_and_then_looked_at_again()
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        using (new LockedBook(sluice)) Assert.Equal(503, (await sluice.GetAsync("/api/health/ready")).Status);
        sluice.Time.Advance(TimeSpan.FromMilliseconds(4999));

        Assert.Equal([Locked], Faults(await sluice.GetAsync("/api/health/ready")));
        sluice.Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(200, (await sluice.GetAsync("/api/health/ready")).Status);
    }

    [Fact]
    public async Task Being_well_is_remembered_for_five_seconds_too()
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        Assert.Equal(200, (await sluice.GetAsync("/api/health/ready")).Status);
        using var locked = new LockedBook(sluice);

        Assert.Equal(200, (await sluice.GetAsync("/api/health/ready")).Status);
        sluice.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(503, (await sluice.GetAsync("/api/health/ready")).Status);
    }

    [Fact]
    public async Task Many_who_ask_at_once_make_one_look()
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        using var locked = new LockedBook(sluice);
        var started = System.Diagnostics.Stopwatch.GetTimestamp();
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => sluice.GetAsync("/api/health/ready")));

        // One look at a locked book takes a second of real time; twenty would take twenty.
        Assert.All(answers, answer => Assert.Equal(503, answer.Status));
        Assert.InRange(System.Diagnostics.Stopwatch.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task A_source_whose_only_secret_has_expired_is_named()
    {
        var secret = new JsonObject { ["Value"] = Sender.SecretOf("stripe"), ["NotAfter"] = "2026-03-01T12:01:00Z" };
        await using var sluice = await RunningSluice.StartAsync(new SluiceFile().Source(settings: new() { ["Secrets"] = new JsonArray(secret) }));
        Assert.Equal(200, (await sluice.GetAsync("/api/health/ready")).Status);
        sluice.Time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(["source stripe accepts nothing: none of its secrets is valid now"], Faults(await sluice.GetAsync("/api/health/ready")));
    }

    [Theory]
    [InlineData("Secrets:0", " CANARY")]
    [InlineData("Secrets:0", "env:CANARY")]
    [InlineData("Secrets:0", "file:/CANARY/x")]
    [InlineData("Provider", "CANARY")]
    [InlineData("Tolerance", "CANARY")]
    [InlineData("PublicUrl", "CANARY")]
    [InlineData("AllowedIps:0", "CANARY")]
    public async Task A_fault_in_the_configuration_is_no_strangers_business(string setting, string value)
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        var settings = new Dictionary<string, string?> { ["Sluice:Sources:stripe:Provider"] = "stripe", ["Sluice:Sources:stripe:Secrets:0"] = "whsec_x", [$"Sluice:Sources:stripe:{setting}"] = value };
        var errors = new List<ConfigurationError>();
        var faulty = SluiceConfiguration.Build(new ConfigurationBuilder().AddInMemoryCollection(settings).Build(), ProviderCatalog.Default, sluice.Services.GetRequiredService<HandlerCatalog>(), new SecretResolver(_ => null, "/"), errors);
        Assert.NotEmpty(errors);
        sluice.Services.GetRequiredService<LiveConfiguration>().Replace(faulty);
        var ready = await sluice.GetAsync("/api/health/ready");

        Assert.Equal(503, ready.Status);
        Assert.Equal(["source stripe accepts nothing: its configuration has a fault, which the log names"], Faults(ready));
        Assert.DoesNotContain("CANARY", ready.Text, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_paused_source_is_no_fault()
    {
        await using var sluice = await RunningSluice.StartAsync(new SluiceFile().Source(settings: new() { ["Paused"] = true }));

        Assert.Equal(200, (await sluice.GetAsync("/api/health/ready")).Status);
    }

    private static IEnumerable<string?> Faults(Answered ready) => ready.Json.GetProperty("faults").EnumerateArray().Select(fault => fault.GetString());
}
