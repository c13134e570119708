using Microsoft.Extensions.DependencyInjection;
using Sluice.Configuration;
using Sluice.Destinations;
using Sluice.Events;
using Sluice.Hosts.Tests.Fixtures;
using Sluice.Storage;

namespace Sluice.Hosts.Tests.Destinations;

/// <summary>Destinations that are registered while the local host runs.</summary>
public sealed class RegistrationTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_registered_gets_the_next_event_with_its_credentials()
    {
        await using var sink = await Sink.StartAsync();
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        var before = await sluice.AcceptAsync("evt_before");
        await RegisterAsync(sluice, sink, """, "Bearer": "sk_crm" """);

        var id = await sluice.AcceptAsync();

        await sluice.UntilAsync(id, DeliveryStatus.Delivered, 1, "crm");
        Assert.Empty((await sluice.EventAsync(before)).Deliveries);
        Assert.Equal("Bearer sk_crm", Assert.Single(sink.Requests).Headers["Authorization"]);
        Assert.DoesNotContain("sk_crm", sluice.Log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_restart_remembers_what_was_registered_and_where_it_stands()
    {
        await using var sink = await Sink.StartAsync();
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe.Destination("billing", sink.Url));
        await RegisterAsync(sluice, sink);
        await Registrations(sluice).PauseAsync("billing", "a person wants it so", Cancellation);

        await sluice.RestartAsync(SluiceFile.Stripe.Destination("billing", sink.Url));

        // Before the first event came.
        Assert.Equal((DestinationState.Active, DestinationState.Paused), (Standing(sluice, "crm").State, Standing(sluice, "billing").State));
        await sluice.UntilAsync(await sluice.AcceptAsync(), DeliveryStatus.Delivered, 1, "crm");
    }

    [Fact]
    public async Task A_changed_configuration_keeps_what_was_registered()
    {
        await using var sink = await Sink.StartAsync();
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        await RegisterAsync(sluice, sink);

        sluice.Write(SluiceFile.Stripe.Destination("audit", "log").ToString());
        await sluice.PassAsync(RunningSluice.WatchPeriod);
        await sluice.UntilAsync(() => sluice.Log.Text.Contains("configuration is in force", StringComparison.Ordinal));

        var id = await sluice.AcceptAsync();
        await sluice.UntilAsync(id, DeliveryStatus.Delivered, 1, "crm");
        await sluice.UntilAsync(id, DeliveryStatus.Delivered, 1, "audit");
    }

    [Fact]
    public async Task A_removed_destination_gets_no_event_any_more()
    {
        await using var sink = await Sink.StartAsync();
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        await RegisterAsync(sluice, sink);
        Assert.True((await Registrations(sluice).RemoveAsync("crm", PendingOnRemoval.Deliver, Cancellation)).IsDone);
        Assert.Empty((await sluice.EventAsync(await sluice.AcceptAsync())).Deliveries);
    }

    [Fact]
    public async Task A_registration_that_cannot_be_used_does_not_keep_the_host_from_starting()
    {
        await using var sink = await Sink.StartAsync();
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        await RegisterAsync(sluice, sink);
        await sluice.Services.GetRequiredService<ISharedState>().WriteAsync(new("destination", "newer", """{"settings":{"Url":"https://a.example/","Types":["never"],"Shape":"round"},"state":"Active"}"""), Cancellation);
        await sluice.Services.GetRequiredService<ISharedState>().WriteAsync(new("destination", "broken", "{"), Cancellation);

        await sluice.RestartAsync(SluiceFile.Stripe);

        Assert.Contains("newer:Shape is no setting", Standing(sluice, "newer").Reason, StringComparison.Ordinal);
        Assert.Equal((DestinationState.Paused, DestinationState.Paused), (Standing(sluice, "newer").State, Standing(sluice, "broken").State));
        Assert.Contains("Destination newer cannot be used", sluice.Log.Text, StringComparison.Ordinal);
        await sluice.UntilAsync(await sluice.AcceptAsync(), DeliveryStatus.Delivered, 1, "crm");
    }

    [Fact]
    public async Task The_operators_list_shows_what_is_registered()
    {
        await using var sink = await Sink.StartAsync();
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        await RegisterAsync(sluice, sink);
        Assert.Equal("crm", Assert.Single((await sluice.OpsJsonAsync("destinations")).EnumerateArray()).GetProperty("name").GetString());
        Assert.Equal("crm", Assert.Single(Assert.Single((await sluice.OpsJsonAsync("sources")).EnumerateArray()).GetProperty("destinations").EnumerateArray()).GetString());
    }

    private static Registrations Registrations(RunningSluice sluice) => sluice.Services.GetRequiredService<Registrations>();

    private static Standing Standing(RunningSluice sluice, string name)
    {
        Assert.True(sluice.Services.GetRequiredService<LiveConfiguration>().Current.TryGetDestination(name, out var destination));
        return destination.Standing;
    }

    private static async Task RegisterAsync(RunningSluice sluice, Sink sink, string more = "")
    {
        var answer = await Registrations(sluice).PutAsync("crm", $$"""{ "Url": "{{sink.Url}}", "AllowPrivate": true {{more}} }""", null, Cancellation);
        Assert.Empty(answer.Faults);
        Assert.Equal(DestinationResult.Created, answer.Result);
    }
}
