using Sluice.Contracts.Catalogue;
using Sluice.Diagnosis;
using Sluice.Providers;

namespace Sluice.Core.Tests.Diagnosis;

/// <summary>Each of the usual mistakes is found for what it is, and nothing that is broken is called whole.</summary>
public sealed partial class SignatureDoctorTests
{
    public static TheoryData<string> Broken => [.. BrokenRequests.All.Keys];

    [Theory, MemberData(nameof(Broken))]
    public void The_cause_is_named(string what)
    {
        var broken = BrokenRequests.All[what];
        var finding = broken.Receiver.Examine(broken.Arrived, broken.Now);
        Assert.NotEqual(SignatureResult.Valid, finding.Result);
        Assert.True(broken.Causes.SequenceEqual(finding.Causes.Select(cause => cause.Kind)), $"{what}: {finding.Summary}");
        Assert.Contains(broken.Says, finding.Summary, StringComparison.Ordinal);
        Assert.Equal(!broken.IsGuess, finding.IsProven);
        Assert.All(finding.Causes, cause => Assert.False(string.IsNullOrWhiteSpace(cause.Fix)));
    }

    [Theory, MemberData(nameof(Broken))]
    public void The_cause_is_named_just_as_well_while_the_sender_waits(string what)
    {
        var broken = BrokenRequests.All[what];
        var (brief, full) = (broken.Receiver.ExamineBriefly(broken.Arrived, broken.Now), broken.Receiver.Examine(broken.Arrived, broken.Now));
        Assert.Equal(full.Result, brief.Result);
        Assert.Equal(full.Causes.Select(cause => cause.Kind), brief.Causes.Select(cause => cause.Kind));
        Assert.Contains(broken.Says, brief.Summary, StringComparison.Ordinal);
        Assert.Equal(full.IsProven, brief.IsProven);
        Assert.Null(brief.Signed);
    }

    [Theory, MemberData(nameof(Broken))]
    public void Without_the_mistake_the_same_request_holds(string what)
    {
        var broken = BrokenRequests.All[what] with { Break = request => request, Settings = _ => [], Beside = [], Late = default };
        if (broken is { Scheme: not null } or { SendersSecret: not null } or { Key: not 0 } || broken.Url != CatalogueSource.PublicUrl) return;
        var finding = broken.Receiver.Examine(broken.Arrived, broken.Now);
        Assert.Equal(SignatureResult.Valid, finding.Result);
        Assert.Empty(finding.Causes);
        Assert.Equal("the signature holds", finding.Summary);
    }

    [Fact]
    public void The_table_has_enough_requests_of_enough_providers()
    {
        Assert.InRange(BrokenRequests.All.Count, 60, int.MaxValue);
        Assert.InRange(BrokenRequests.All.Values.Select(broken => broken.Provider).Distinct().Count(), 15, int.MaxValue);
        var kinds = BrokenRequests.All.Values.SelectMany(broken => broken.Causes).ToHashSet();
        Assert.Empty(Enum.GetValues<CauseKind>().Except(kinds).Except([CauseKind.AddressNotAllowed, CauseKind.SecretNotLearned]));
    }
}
