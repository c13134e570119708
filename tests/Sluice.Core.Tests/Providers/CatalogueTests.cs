using System.Text.RegularExpressions;
using Sluice.Contracts;
using Sluice.Contracts.Catalogue;
using Sluice.Providers;

namespace Sluice.Core.Tests.Providers;

/// <summary>No provider is half there: each has its facts, its line in the table, a sample that reads back, and a source that closes when its key is bad.</summary>
public sealed partial class CatalogueTests
{
    public static TheoryData<string> Names => [.. ProviderCatalog.Default.Names];

    /// <summary>Those that the table says how to play.</summary>
    public static TheoryData<string> Played => [.. CatalogueTable.Names];

    [Fact]
    public void Every_provider_has_its_line_in_the_table_of_the_tests() => Assert.Empty(CatalogueTable.Missing);

    [Theory, MemberData(nameof(Names))]
    public void Its_name_is_lower_case_with_dashes_or_underscores(string name) => Assert.Matches(NameForm(), name);

    [Theory, MemberData(nameof(Names))]
    public void Its_facts_have_a_source_and_the_day_it_was_read(string name)
    {
        var facts = Provider(name).Facts;
        Assert.False(string.IsNullOrWhiteSpace(facts.Title));
        if (name is not ("hmac" or "token" or "basic" or "none" or "jwt")) Assert.Matches(DayRead(), facts.Source);
        Assert.False(string.IsNullOrWhiteSpace(facts.Source));
        Assert.True(facts.Deadline is null || facts.Deadline > TimeSpan.Zero);
        Assert.True(facts.RetryHorizon is null || facts.RetryHorizon >= TimeSpan.Zero);
        Assert.All(facts.Unconfirmed, line => Assert.False(string.IsNullOrWhiteSpace(line) || line.Contains('\n', StringComparison.Ordinal)));
    }

    [Theory, MemberData(nameof(Played))]
    public void A_sample_is_described_as_what_was_asked_for(string name)
    {
        var source = CatalogueSource.Of(name);
        var described = Described(source, source.Send("0123abc"));
        Assert.Equal(source.Entry.HasType ? source.Provider.SampleType : null, described.Type);
        if (!source.Entry.HasId)
        {
            Assert.Null(described.Id);
            return;
        }

        Assert.False(string.IsNullOrEmpty(described.Id));
        Assert.Equal(described, Described(source, source.Send("0123abc")));
        Assert.NotEqual(described.Id, Described(source, source.Send("4567def")).Id);
    }

    [Theory, MemberData(nameof(Played))]
    public void A_sample_is_an_event_and_no_question(string name)
    {
        var source = CatalogueSource.Of(name);
        var envelope = source.Send().EnvelopeFor(source.Source);
        Assert.Equal("POST", envelope.Method);
        Assert.Null(source.Provider.Greet(envelope, source.Settings));
        Assert.Null(source.Provider.Handshake(envelope, source.Settings));
    }

    [Theory, MemberData(nameof(Played))]
    public void What_it_answers_without_keeping_anything_can_be_asked_by_its_sender_too(string name)
    {
        var source = CatalogueSource.Of(name);
        var answers = ((string[])[nameof(IProvider.Greet), nameof(IProvider.Handshake)]).Any(method => source.Provider.GetType().GetMethod(method) is not null);
        Assert.Equal(answers, source.Provider.CreateHandshake(new Uri(CatalogueSource.PublicUrl), source.Settings) is not null);
    }

    [Theory, MemberData(nameof(Played))]
    public void What_it_answers_for_success_is_a_success(string name)
    {
        if (CatalogueSource.Of(name).Provider.Success is { } answer) Assert.InRange(answer.StatusCode, 200, 299);
    }

    [Attack("A1")]
    [Theory, MemberData(nameof(Played))]
    public void Without_a_key_its_source_accepts_nothing_and_says_what_is_missing(string name)
    {
        var entry = CatalogueTable.Of(name);
        if (entry.Keys is null) return;
        foreach (var value in new[] { null, "", " ", "\t", "whsec_" })
        {
            var source = CatalogueSource.Build(name, 0, [(entry.KeySetting, value)], out var errors);
            if (value == "whsec_" && errors.Count == 0) continue; // a password like any other to those who take any text
            if (value is null && entry.FetchesKeys) continue;
            Assert.Null(source.Source.Verifier);
            if (value is null && source.Source.Learns) continue; // its sender brings the secret: it accepts nothing before
            Assert.False(source.Source.Learns);
            Assert.Contains(errors, error => error.Source == CatalogueSource.Name && error.Entry.Contains(entry.KeySetting.Split(':')[0], StringComparison.Ordinal));
        }
    }

    [Attack("A1")]
    [Theory, MemberData(nameof(Played))]
    public void A_key_with_blanks_around_it_is_refused_and_never_shown(string name)
    {
        var entry = CatalogueTable.Of(name);
        if (entry.Keys is null) return;
        var key = entry.Keys(name, 0).Checks;
        if (key.Contains('\n', StringComparison.Ordinal)) return; // PEM is lines
        foreach (var value in new[] { $" {key}", $"{key} ", $"{key}\n" })
        {
            var source = CatalogueSource.Build(name, 0, [(entry.KeySetting, value)], out var errors);
            Assert.Null(source.Source.Verifier);
            Assert.False(source.Source.Learns);
            Assert.NotEmpty(errors);
            Assert.DoesNotContain(errors, error => error.ToString().Contains(key, StringComparison.Ordinal));
        }
    }

    [Theory, MemberData(nameof(Played))]
    public void A_sender_that_signs_its_url_has_to_be_told_it(string name)
    {
        var source = CatalogueSource.Build(name, 0, [("PublicUrl", null)], out var errors);
        if (source.Source.Scheme.SignsUrl) Assert.EndsWith(":PublicUrl", Assert.Single(errors).Entry, StringComparison.Ordinal);
        else Assert.Empty(errors);
        Assert.Equal(source.Source.Scheme.SignsUrl, source.Source.Verifier is null);
    }

    internal static IProvider Provider(string name)
    {
        Assert.True(ProviderCatalog.Default.TryGet(name, out var provider));
        return provider;
    }

    // Of a batch its first item, which is an event of its own.
    private static EventDescription Described(CatalogueSource source, CatalogueRequest request)
    {
        var envelope = request.EnvelopeFor(source.Source);
        if (!source.Provider.IsBatch(envelope)) return source.Provider.Describe(envelope, source.Settings);
        var items = source.Provider.Split(CatalogueHostileTests.Event(envelope));
        Assert.NotNull(items);
        Assert.NotEmpty(items);
        Assert.All(items, item => Assert.True(envelope.Body.Span.IndexOf(item.Body.Span) >= 0 || CatalogueEntry.Form(envelope.Body).Length > 0));
        return new(items[0].Id, items[0].Type);
    }

    [GeneratedRegex(@"\A[a-z][a-z0-9]*([-_][a-z0-9]+)*\z")]
    private static partial Regex NameForm();

    [GeneratedRegex(@"\S.*, read 20\d\d-\d\d-\d\d\z")]
    private static partial Regex DayRead();
}
