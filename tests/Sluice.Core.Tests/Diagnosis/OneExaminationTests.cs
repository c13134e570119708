using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Contracts;
using Sluice.Contracts.Catalogue;
using Sluice.Events;
using Sluice.Ingestion;
using Sluice.Inspection;
using Sluice.Providers;
using Sluice.Quarantine;

namespace Sluice.Core.Tests.Diagnosis;

/// <summary>Of the requests that are refused at the same time one is examined; the others are refused as quickly as ever.</summary>
public sealed class OneExaminationTests
{
    [Fact]
    public async Task What_is_refused_while_another_is_examined_is_told_by_its_result_alone()
    {
        var broken = BrokenRequests.All["a line end added"];
        var receiver = broken.Receiver;
        var time = new VirtualTime(CatalogueSource.Now);
        var quarantine = new InMemoryQuarantine(time);
        var rejections = new Rejections(receiver.Live, receiver.Doctor, new Learning(new InMemoryLearnedSecrets(), time, NullLogger<Learning>.Instance), quarantine, time, new Random(1), NullLogger<Rejections>.Instance);
        var envelope = broken.Arrived.EnvelopeFor(receiver.Source) with { ReceivedAt = CatalogueSource.Now };

        // The second arrives in the middle of the first one's examination.
        Task? second = null;
        var source = receiver.Source with { Verifier = new Interrupted(receiver.Source.Verifier!, () => second ??= rejections.TakeAsync(receiver.Source, envelope, SignatureResult.Mismatch).AsTask()) };
        await rejections.TakeAsync(source, envelope, SignatureResult.Mismatch);
        await second!;
        Assert.Equal(["Mismatch", "Mismatch: the body arrived with blanks or a line end around it that the sender did not sign"], (await FindingsAsync(quarantine)).Order(StringComparer.Ordinal));

        // And the next has its turn again.
        await rejections.TakeAsync(receiver.Source, envelope, SignatureResult.Mismatch);
        Assert.Equal(2, (await FindingsAsync(quarantine)).Count(finding => finding.Contains("a line end", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_fault_in_one_examination_does_not_end_them_all()
    {
        var broken = BrokenRequests.All["a line end added"];
        var receiver = broken.Receiver;
        var time = new VirtualTime(CatalogueSource.Now);
        var quarantine = new InMemoryQuarantine(time);
        var rejections = new Rejections(receiver.Live, receiver.Doctor, new Learning(new InMemoryLearnedSecrets(), time, NullLogger<Learning>.Instance), quarantine, time, new Random(1), NullLogger<Rejections>.Instance);
        var envelope = broken.Arrived.EnvelopeFor(receiver.Source) with { ReceivedAt = CatalogueSource.Now };
        await rejections.TakeAsync(receiver.Source with { Verifier = new Interrupted(receiver.Source.Verifier!, () => throw new InvalidOperationException()) }, envelope, SignatureResult.Mismatch);
        await rejections.TakeAsync(receiver.Source, envelope, SignatureResult.Mismatch);
        Assert.Contains(await FindingsAsync(quarantine), finding => finding.Contains("a line end", StringComparison.Ordinal));
    }

    private static async Task<IReadOnlyList<string>> FindingsAsync(InMemoryQuarantine quarantine) =>
        [.. (await quarantine.ListAsync(new RejectionFilter(), TestContext.Current.CancellationToken)).Items.Select(rejection => rejection.Finding ?? "")];

    private sealed class Interrupted(ISignatureVerifier own, Action interrupt) : ISignatureVerifier
    {
        public int Keys => own.Keys;

        public bool IsUsable(DateTimeOffset now) => own.IsUsable(now);

        public SignatureCheck Verify(Envelope envelope, DateTimeOffset now)
        {
            interrupt();
            return own.Verify(envelope, now);
        }
    }
}
