using Sluice.Configuration;
using Sluice.Contracts;
using Sluice.Core.Tests.Configuration;
using Sluice.Destinations;
using Sluice.Storage;

namespace Sluice.Core.Tests.Destinations;

public sealed partial class RegistrationsTests
{
    private const string Crm = """{ "Url": "https://crm.example/hooks", "Sources": ["stripe"], "Bearer": "sk_hunter2" }""";

    private readonly VirtualTime time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly ProcessState state = new();
    private readonly LiveConfiguration live = new(Written());
    private readonly SharedDestinations shared;
    private readonly Registrations registrations;

    public RegistrationsTests()
    {
        shared = Shared.Over(live, time, state);
        registrations = new(state, shared, live, Shared.Reader, time);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_registered_is_in_force_when_the_call_returns()
    {
        var answer = await registrations.PutAsync("crm", Crm, null, Cancellation);

        Assert.Equal((DestinationResult.Created, DestinationState.Active, time.GetUtcNow()), (answer.Result, answer.Registration!.Standing.State, answer.Registration.Standing.Since));
        Assert.True(live.Current.TryGetDestination("crm", out var crm));
        Assert.Equal("https://crm.example/hooks", crm.Settings.Url!.ToString());
        Assert.Equal(["billing", "crm"], Takers("stripe"));
        Assert.Equal(["billing"], Takers("github"));
    }

    [Fact]
    public async Task A_registration_that_replaces_another_stays_where_that_stood()
    {
        await registrations.PutAsync("crm", Crm, null, Cancellation);
        await registrations.PauseAsync("crm", "a person wants it so", Cancellation);

        var answer = await registrations.PutAsync("crm", """{ "Url": "https://other.example/" }""", null, Cancellation);

        Assert.Equal((DestinationResult.Done, DestinationState.Paused), (answer.Result, answer.Registration!.Standing.State));
        Assert.Equal("other.example", Destination("crm").Settings.Url!.Host);
    }

    [Fact]
    public async Task Of_two_that_change_the_same_version_one_is_told_to_look_again()
    {
        var version = (await registrations.PutAsync("crm", Crm, null, Cancellation)).Registration!.Version;

        Assert.Equal(DestinationResult.Done, (await registrations.PutAsync("crm", """{ "Url": "https://first.example/" }""", version, Cancellation)).Result);
        var second = await registrations.PutAsync("crm", """{ "Url": "https://second.example/" }""", version, Cancellation);

        Assert.Equal((DestinationResult.Conflict, "crm was changed by somebody else meanwhile; look at it again"), (second.Result, Assert.Single(second.Faults)));
        Assert.Equal("first.example", Destination("crm").Settings.Url!.Host);
    }

    [Fact]
    public async Task What_is_refused_changes_nothing()
    {
        await registrations.PutAsync("crm", Crm, null, Cancellation);

        var answer = await registrations.PutAsync("crm", """{ "Url": "http://crm.example/" }""", null, Cancellation);

        Assert.Equal((DestinationResult.Refused, false), (answer.Result, answer.IsDone));
        Assert.Equal("https", Destination("crm").Settings.Url!.Scheme);
    }

    [Fact]
    public async Task A_destination_is_paused_resumed_and_disabled()
    {
        await registrations.PutAsync("crm", Crm, null, Cancellation);

        await registrations.PauseAsync("crm", "they are\nmoving", Cancellation);
        Assert.Equal(new Standing(DestinationState.Paused, "they are?moving", time.GetUtcNow()), Destination("crm").Standing);
        Assert.Contains("crm", Takers("stripe"));

        time.Advance(TimeSpan.FromMinutes(5));
        await registrations.ResumeAsync("crm", Cancellation);
        Assert.Equal(new Standing(DestinationState.Active, null, time.GetUtcNow()), Destination("crm").Standing);

        await registrations.DisableAsync("crm", "answered 410", time.GetUtcNow(), Cancellation);
        Assert.Equal(new Standing(DestinationState.Disabled, "answered 410", time.GetUtcNow()), Destination("crm").Standing);
    }

    [Fact]
    public async Task What_sluice_disabled_stays_so_when_paused_and_what_a_person_paused_is_not_disabled()
    {
        await registrations.PutAsync("crm", Crm, null, Cancellation);
        await registrations.DisableAsync("crm", "answered 410", time.GetUtcNow(), Cancellation);
        Assert.Equal(DestinationState.Disabled, (await registrations.PauseAsync("crm", "x", Cancellation)).Registration!.Standing.State);

        await registrations.PauseAsync("billing", "x", Cancellation);
        Assert.False(await registrations.DisableAsync("billing", "answered 410", time.GetUtcNow(), Cancellation));
        Assert.Equal(DestinationState.Paused, Destination("billing").Standing.State);
    }

    [Fact]
    public async Task What_is_disabled_late_or_twice_does_not_undo_what_a_person_said_since()
    {
        var at = time.GetUtcNow();
        Assert.True(await registrations.DisableAsync("billing", "answered 410", at, Cancellation));
        Assert.True(await registrations.DisableAsync("billing", "answered 410", at, Cancellation));
        time.Advance(TimeSpan.FromSeconds(1));
        await registrations.ResumeAsync("billing", Cancellation);

        Assert.False(await registrations.DisableAsync("billing", "answered 410", at, Cancellation));
        Assert.Equal(DestinationState.Active, Destination("billing").Standing.State);
        await registrations.PauseAsync("billing", "x", Cancellation);
        Assert.False(await registrations.DisableAsync("billing", "answered 410", time.GetUtcNow(), Cancellation));
        Assert.Equal(DestinationState.Paused, Destination("billing").Standing.State);
        await registrations.ResumeAsync("billing", Cancellation);
        Assert.True(await registrations.DisableAsync("billing", "answered 410", time.GetUtcNow(), Cancellation));
    }

    [Fact]
    public async Task A_destination_of_the_configuration_is_paused_and_resumed_too()
    {
        Assert.Equal(DestinationResult.Done, (await registrations.PauseAsync("billing", "a person wants it so", Cancellation)).Result);
        Assert.Equal(DestinationState.Paused, Destination("billing").Standing.State);
        Assert.False(Destination("billing").Settings.IsRegistered);

        await registrations.ResumeAsync("billing", Cancellation);
        Assert.Equal(DestinationState.Active, Destination("billing").Standing.State);
    }

    [Fact]
    public async Task A_destination_of_the_configuration_is_neither_registered_nor_removed()
    {
        Assert.Equal(DestinationResult.Refused, (await registrations.PutAsync("billing", Crm, null, Cancellation)).Result);
        var answer = await registrations.RemoveAsync("billing", PendingOnRemoval.Skip, Cancellation);
        Assert.Equal((DestinationResult.Conflict, "billing is in the configuration; remove it there, or pause it"), (answer.Result, Assert.Single(answer.Faults)));
    }

    [Fact]
    public async Task The_configuration_wins_over_a_registration_and_leaves_it_for_when_it_goes()
    {
        await registrations.PutAsync("crm", Crm, null, Cancellation);

        live.Replace(Written(""" , "crm": { "Handler": "log" } """));
        Assert.Equal(("log", false), (Destination("crm").Settings.Handler, Destination("crm").Settings.IsRegistered));
        Assert.True(live.Current.IsConfigured("crm"));
        Assert.NotNull(live.Current.Registrations["crm"].Destination);

        live.Replace(Written());
        Assert.Equal("http", Destination("crm").Settings.Handler);
    }

    [Fact]
    public async Task A_configuration_that_is_taken_up_keeps_what_was_said_while_running()
    {
        await registrations.PutAsync("crm", Crm, null, Cancellation);
        await registrations.PauseAsync("billing", "x", Cancellation);

        live.Replace(Written(""" , "audit": { "Handler": "log" } """));

        Assert.Equal(["audit", "billing", "crm"], Takers("stripe"));
        Assert.Equal(DestinationState.Paused, Destination("billing").Standing.State);
    }

    [Theory]
    [InlineData(PendingOnRemoval.Deliver)]
    [InlineData(PendingOnRemoval.DeadLetter)]
    [InlineData(PendingOnRemoval.Skip)]
    public async Task A_removed_destination_takes_no_events_and_is_there_for_what_is_pending(PendingOnRemoval pending)
    {
        await registrations.PutAsync("crm", Crm, null, Cancellation);

        Assert.Equal(DestinationResult.Done, (await registrations.RemoveAsync("crm", pending, Cancellation)).Result);

        Assert.Equal(["billing"], Takers("stripe"));
        Assert.Equal((DestinationState.Removed, pending), (Destination("crm").Standing.State, Destination("crm").Standing.Pending));
        Assert.Equal(DestinationResult.Missing, (await registrations.PauseAsync("crm", "x", Cancellation)).Result);
        Assert.Equal(DestinationResult.Missing, (await registrations.RemoveAsync("crm", pending, Cancellation)).Result);

        Assert.Equal(DestinationResult.Created, (await registrations.PutAsync("crm", Crm, null, Cancellation)).Result);
        Assert.Equal(["billing", "crm"], Takers("stripe"));
    }

    [Theory]
    [InlineData("nobody")]
    [InlineData("No Name")]
    public async Task Of_a_name_that_nobody_has_it_is_said(string name)
    {
        var answer = await registrations.ResumeAsync(name, Cancellation);
        Assert.Equal((DestinationResult.Missing, $"no destination is called '{name}'"), (answer.Result, Assert.Single(answer.Faults)));
    }

    [Fact]
    public async Task One_more_than_a_thousand_is_refused_until_one_is_removed()
    {
        for (var i = 0; i < Registrations.Most - 1; i++) await StoreAsync($"d{i}", """{"settings":{"Url":"https://a.example/"},"state":"Active"}""");
        await registrations.PauseAsync("billing", "not registered, so it does not count", Cancellation);
        Assert.Equal(DestinationResult.Created, (await registrations.PutAsync("crm", Crm, null, Cancellation)).Result);

        var full = await registrations.PutAsync("another", Crm, null, Cancellation);
        Assert.Equal((DestinationResult.Refused, "1000 destinations are registered, and 1000 are the most; remove one that nobody needs"), (full.Result, Assert.Single(full.Faults)));
        Assert.Equal(DestinationResult.Done, (await registrations.PutAsync("crm", Crm, null, Cancellation)).Result);

        await registrations.RemoveAsync("d7", PendingOnRemoval.Deliver, Cancellation);
        Assert.Equal(DestinationResult.Created, (await registrations.PutAsync("another", Crm, null, Cancellation)).Result);
    }

    [Fact]
    public async Task What_was_removed_longer_ago_than_events_are_kept_is_forgotten()
    {
        await registrations.PutAsync("crm", Crm, null, Cancellation);
        await registrations.RemoveAsync("crm", PendingOnRemoval.Deliver, Cancellation);
        time.Advance(live.Current.Window.Length + TimeSpan.FromSeconds(1));

        await registrations.PutAsync("other", Crm, null, Cancellation);

        Assert.False(live.Current.TryGetDestination("crm", out _));
        Assert.Null(await state.FindAsync("destination", "crm", Cancellation));
    }

    [Fact]
    public async Task Nothing_that_is_shown_of_it_holds_a_secret()
    {
        var answer = await registrations.PutAsync("crm", Crm, null, Cancellation);
        var document = await state.FindAsync("destination", "crm", Cancellation);
        Assert.Contains("hunter2", document!.Json, StringComparison.Ordinal);
        foreach (var shown in new object[] { answer, answer.Registration!, Destination("crm").Settings, document, live.Current.Registrations["crm"] }) Assert.DoesNotContain("hunter2", shown.ToString(), StringComparison.Ordinal);
    }

    private static SluiceConfiguration Written(string more = "") => SettingsText.Of($$"""
         "Sources": { {{SettingsText.Stripe}}, "github": { "Provider": "github", "Secrets": ["x"] } }, "Destinations": { "billing": { "Handler": "log" } {{more}} }
        """).Reads();

    private Sluice.Delivery.Destination Destination(string name) => live.Current.TryGetDestination(name, out var destination) ? destination : throw new InvalidOperationException($"no {name}");

    private string[] Takers(string source) => live.Current.TryGetSource(source, out var found) ? [.. found.Destinations.Select(destination => destination.Name).Order(StringComparer.Ordinal)] : [];
}
