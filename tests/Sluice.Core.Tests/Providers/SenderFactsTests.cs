using System.Text;
using Sluice.Inspection;
using Sluice.Providers;

namespace Sluice.Core.Tests.Providers;

/// <summary>What the catalogue says of a sender's repeats, bursts and successes fits together.</summary>
public sealed class SenderFactsTests
{
    // Some pages round: 75 hours are 35 minutes more.
    private static readonly TimeSpan Rounding = TimeSpan.FromHours(1);

    public static TheoryData<string> Names => [.. ProviderCatalog.Default.Names];

    [Theory, MemberData(nameof(Names))]
    public void A_sender_that_never_sends_again_has_no_schedule_and_the_others_end_within_their_time(string name)
    {
        var facts = CatalogueTests.Provider(name).Facts;
        if (facts.RetryDelays is not { } delays) return;
        Assert.Equal(facts.RetryHorizon == TimeSpan.Zero, delays.Count == 0);
        Assert.True(delays.Aggregate(TimeSpan.Zero, (sum, delay) => sum + delay) <= (facts.RetryHorizon ?? TimeSpan.MaxValue - Rounding) + Rounding);
    }

    [Theory, MemberData(nameof(Names))]
    public void What_we_answer_is_success_to_its_sender(string name)
    {
        var provider = CatalogueTests.Provider(name);
        if (provider.Facts.SuccessCodes is { } codes) Assert.Contains(provider.Success?.StatusCode ?? 200, codes);
    }

    [Theory, MemberData(nameof(Names))]
    public void What_a_repeat_changes_in_a_body_stands_in_the_first_one(string name)
    {
        var provider = CatalogueTests.Provider(name);
        if (provider.Facts.RetryText is var (first, _)) Assert.Contains(first, Encoding.UTF8.GetString(provider.CreateSample(provider.SampleType, "1", DateTimeOffset.UnixEpoch).Body), StringComparison.Ordinal);
    }

    [Fact]
    public void Schedules_headers_and_bursts_are_those_of_the_senders_pages()
    {
        Assert.Equal([0, 1, 5], CatalogueTests.Provider("slack").Facts.RetryDelays!.Select(delay => delay.TotalMinutes));
        Assert.Equal(["X-Slack-Retry-Num", "X-Slack-Retry-Reason"], CatalogueTests.Provider("slack").Facts.RetryHeaders.Select(header => header.Key));
        Assert.Equal([2, 5, 10, 15, 30, 60, 120, 240, 480], CatalogueTests.Provider("adyen").Facts.RetryDelays!.Select(delay => delay.TotalMinutes));
        Assert.Equal([1, 60, 360], CatalogueTests.Provider("linear").Facts.RetryDelays!.Select(delay => delay.TotalMinutes));
        Assert.Equal(24, CatalogueTests.Provider("braintree").Facts.RetryDelays!.Count);
        Assert.Equal(40, CatalogueTests.Provider("telegram").Facts.Burst);
        Assert.Null(CatalogueTests.Provider("stripe").Facts.RetryDelays);
    }

    [Fact]
    public void They_are_listed_with_the_provider()
    {
        Assert.Equal([0.0, 60, 300], ProviderView.Of(CatalogueTests.Provider("slack")).RetryDelaysSeconds);
        Assert.Empty(ProviderView.Of(CatalogueTests.Provider("github")).RetryDelaysSeconds!);
        Assert.Equal((null, 40), (ProviderView.Of(CatalogueTests.Provider("telegram")).RetryDelaysSeconds, ProviderView.Of(CatalogueTests.Provider("telegram")).Burst));
    }
}
