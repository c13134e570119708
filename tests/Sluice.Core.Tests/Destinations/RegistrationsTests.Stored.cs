using Sluice.Contracts;
using Sluice.Core.Tests.Configuration;
using Sluice.Destinations;
using Sluice.Storage;

namespace Sluice.Core.Tests.Destinations;

// What stands in the shared state: of newer versions, and what cannot be used.
public sealed partial class RegistrationsTests
{
    [Theory]
    [InlineData("not JSON at all")]
    [InlineData("""{"settings":5,"state":"Active"}""")]
    [InlineData("""{"settings":{"Url":"https://crm.example/","Shape":"round"},"state":"Active"}""")]
    [InlineData("""{"settings":{"Url":"https://crm.example/"},"state":"Hibernating"}""")]
    [InlineData("""{"settings":{"Url":"http://crm.example/"},"state":"Active"}""")]
    public async Task A_document_that_cannot_be_used_pauses_that_destination_alone_and_says_why(string json)
    {
        await StoreAsync("crm", json);
        await StoreAsync("good", """{"settings":{"Url":"https://good.example/"},"state":"Active"}""");
        await shared.RefreshAsync(Cancellation);

        Assert.Equal(DestinationState.Paused, Destination("crm").Standing.State);
        Assert.StartsWith("cannot be used: crm", Destination("crm").Standing.Reason, StringComparison.Ordinal);
        Assert.Equal(live.Current.Registrations["crm"].Fault, Destination("crm").Standing.Reason);
        Assert.Equal((DestinationState.Active, null), (Destination("good").Standing.State, live.Current.Registrations["good"].Fault));
    }

    [Fact]
    public async Task What_a_newer_version_registered_takes_its_events_as_far_as_it_says_which()
    {
        await StoreAsync("clear", """{"settings":{"Url":"https://crm.example/","Types":["invoice.*"],"Shape":"round"},"state":"Active"}""");
        await StoreAsync("vague", """{"settings":{"Url":"https://crm.example/","Filter":{"moon":"full"}},"state":"Active"}""");
        await shared.RefreshAsync(Cancellation);

        Assert.Equal(["billing", "clear"], Takers("stripe"));
        Assert.False(Destination("clear").TakesType("charge.failed"));
    }

    [Fact]
    public async Task What_a_newer_version_wrote_is_not_written_over_but_can_be_removed()
    {
        await StoreAsync("crm", """{"settings":{"Url":"https://crm.example/"},"state":"Hibernating","since":"2026-01-01T00:00:00Z"}""");

        var answer = await registrations.PauseAsync("crm", "x", Cancellation);
        Assert.Equal((DestinationResult.Refused, "crm was written by a newer version of Sluice, or cannot be read; update this one, or remove or register it again"), (answer.Result, Assert.Single(answer.Faults)));
        Assert.Equal(DestinationResult.Done, (await registrations.RemoveAsync("crm", PendingOnRemoval.DeadLetter, Cancellation)).Result);
    }

    [Fact]
    public async Task Words_of_a_newer_version_stay_when_this_one_pauses()
    {
        await StoreAsync("crm", """{"settings":{"Url":"https://crm.example/"},"state":"Active","colour":{"of":"the sky"}}""");
        await registrations.PauseAsync("crm", "x", Cancellation);
        Assert.Contains("""  "colour":{"of":"the sky"}""".Trim(), (await state.FindAsync("destination", "crm", Cancellation))!.Json, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_source_that_left_the_configuration_leaves_its_destinations_usable()
    {
        await registrations.PutAsync("crm", Crm, null, Cancellation);
        live.Replace(SettingsText.Of(""" "Sources": { "other": { "Provider": "github", "Secrets": ["x"] } } """).Reads());
        Assert.Equal((DestinationState.Active, null), (Destination("crm").Standing.State, live.Current.Registrations["crm"].Fault));
        Assert.Empty(Takers("other"));
    }

    [Fact]
    public async Task The_longest_settings_fit_into_their_document()
    {
        var owner = new string('ü', 190);
        var types = string.Join(',', Enumerable.Range(0, 900).Select(i => $"\"тип.{i}\""));
        var answer = await registrations.PutAsync("crm", $$"""{ "Url": "https://crm.example/", "Owner": "{{owner}}", "Types": [{{types}}] }""", null, Cancellation);
        Assert.Equal(DestinationResult.Created, answer.Result);
        Assert.Equal(900, Destination("crm").Settings.Types!.Count);
    }

    [Theory]
    [InlineData("not JSON at all")]
    [InlineData("""{"settings":{"Url":"https://crm.example/","Shape":"round"},"state":"Active"}""")]
    [InlineData("""{"settings":{"Url":"https://crm.example/","Shape":"round"},"state":"Removed"}""")]
    public async Task A_configured_destination_is_not_paused_by_a_registration_of_its_name_that_cannot_be_used(string json)
    {
        await StoreAsync("billing", json);
        await shared.RefreshAsync(Cancellation);

        Assert.Equal(DestinationState.Active, Destination("billing").Standing.State);
        Assert.Equal(DestinationResult.Done, (await registrations.PauseAsync("billing", "moving", Cancellation)).Result);
        Assert.Equal((DestinationState.Paused, "moving"), (Destination("billing").Standing.State, Destination("billing").Standing.Reason));
        Assert.Equal(DestinationResult.Done, (await registrations.ResumeAsync("billing", Cancellation)).Result);
        Assert.Equal(DestinationState.Active, Destination("billing").Standing.State);
    }

    [Fact]
    public async Task A_state_of_a_newer_version_holds_a_configured_destination_too()
    {
        await StoreAsync("billing", """{"state":"Hibernating"}""");
        await shared.RefreshAsync(Cancellation);

        Assert.Equal(DestinationState.Paused, Destination("billing").Standing.State);
        Assert.Equal(DestinationResult.Refused, (await registrations.PauseAsync("billing", "x", Cancellation)).Result);
    }

    [Fact]
    public async Task What_was_removed_stays_removed_when_a_configured_destination_of_its_name_is_paused_and_resumed()
    {
        await registrations.PutAsync("crm", Crm, null, Cancellation);
        await registrations.RemoveAsync("crm", PendingOnRemoval.Skip, Cancellation);
        live.Replace(Written(""", "crm": { "Handler": "log" } """));
        await registrations.PauseAsync("crm", "x", Cancellation);
        await registrations.ResumeAsync("crm", Cancellation);
        live.Replace(Written());

        Assert.Equal(["billing"], Takers("stripe"));
        Assert.DoesNotContain("hunter2", (await state.FindAsync("destination", "crm", Cancellation))!.Json, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_accepted_can_be_used_whatever_letters_it_has()
    {
        var answer = await registrations.PutAsync("crm", $$"""{ "Url": "https://crm.example/", "Headers": { "X-A": "{{string.Concat(Enumerable.Repeat("😀", 1700))}}" } }""", null, Cancellation);
        Assert.Equal((DestinationResult.Created, null), (answer.Result, answer.Registration?.Fault));
    }

    private async Task StoreAsync(string name, string json) => Assert.NotNull(await state.WriteAsync(new SharedDocument("destination", name, json), Cancellation));
}
