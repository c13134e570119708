using System.Text;
using Sluice.Core.Tests.Providers;
using Sluice.Providers;

namespace Sluice.Core.Tests.Senders;

/// <summary>What the senders' own libraries sign is accepted, and nothing else.</summary>
[Collection(nameof(SenderLibraries))]
public sealed class SenderLibraryTests(SenderLibraries libraries)
{
    private static readonly string[] Bodies = [SignedSource.Body, "{}", "[1,\"é☕\",\"\\ud83d\\ude00\"]", "\uFEFF{}", "{}\r\n", " ", "\u2028", new('x', 100_000), "payload=%7B%7D&x=1"];

    [Theory, MemberData(nameof(SenderLibraries.Names), MemberType = typeof(SenderLibraries))]
    public async Task What_the_library_signs_is_accepted(string sender)
    {
        libraries.SkipWhereMissing();
        var source = SignedSource.Of(SenderLibraries.Senders[sender]);
        var requests = await libraries.SignAsync(sender, source.Source.Settings.Secrets[0].Value, SignedSource.Now, Bodies);
        foreach (var request in requests) source.Accepts(request);
    }

    [Theory, MemberData(nameof(SenderLibraries.Names), MemberType = typeof(SenderLibraries))]
    public async Task What_the_library_signed_is_refused_after_one_byte_has_changed(string sender)
    {
        libraries.SkipWhereMissing();
        var source = SignedSource.Of(SenderLibraries.Senders[sender]);
        var request = (await libraries.SignAsync(sender, source.Source.Settings.Secrets[0].Value, SignedSource.Now, SignedSource.Body))[0];
        for (var i = 0; i < request.Body.Length; i++)
        {
            var body = request.Body.ToArray();
            body[i] ^= 1;
            source.Refuses(request with { Body = body }, SignatureResult.Mismatch);
        }
    }

    [Theory, MemberData(nameof(SenderLibraries.Names), MemberType = typeof(SenderLibraries))]
    public async Task What_the_library_signed_with_another_secret_is_refused(string sender)
    {
        libraries.SkipWhereMissing();
        var source = SignedSource.Of(SenderLibraries.Senders[sender]);
        var other = SignedSource.SecretOf(SenderLibraries.Senders[sender], "another secret of this length");
        source.Refuses((await libraries.SignAsync(sender, other, SignedSource.Now, SignedSource.Body))[0], SignatureResult.Mismatch);
    }

    [Theory, MemberData(nameof(SenderLibraries.Names), MemberType = typeof(SenderLibraries))]
    public async Task What_we_sign_is_accepted_by_the_library(string sender)
    {
        libraries.SkipWhereMissing();
        var provider = SenderLibraries.Senders[sender];
        var source = SignedSource.Of(provider);
        var cases = Bodies.Select(body => source.Sign(body)).Select(request => new SenderCase(sender, source.Source.Settings.Secrets[0].Value, Complete(request), SignedSource.Now.ToUnixTimeSeconds())).ToArray();
        Assert.All((await libraries.VerifyAsync(cases)).Zip(cases), answer => Assert.True(answer.First.Accepted, $"{answer.First.Why}: {answer.Second.Line}"));
    }

    [Theory, MemberData(nameof(SenderLibraries.Names), MemberType = typeof(SenderLibraries))]
    public async Task A_sample_of_ours_is_accepted_by_the_library(string sender)
    {
        libraries.SkipWhereMissing();
        var source = SignedSource.Of(SenderLibraries.Senders[sender]);
        var sample = source.Source.Provider.CreateSample(source.Source.Provider.SampleType, "0123", SignedSource.Now);
        var request = source.Sign(sample.Body);
        request = request with { Headers = [.. request.Headers, .. sample.Headers] };
        var answer = Assert.Single(await libraries.VerifyAsync([new SenderCase(sender, source.Source.Settings.Secrets[0].Value, request, SignedSource.Now.ToUnixTimeSeconds())]));
        Assert.True(answer.Accepted, $"{answer.Why}: {Encoding.UTF8.GetString(sample.Body)}");
    }

    // Shopify's library also wants to see what every request of Shopify's carries.
    private static SignedRequest Complete(SignedRequest request) => request
        .Plus("X-Shopify-Topic", "orders/create").Plus("X-Shopify-Shop-Domain", "example.myshopify.com").Plus("X-Shopify-API-Version", "2026-04").Plus("X-Shopify-Webhook-Id", "1");
}
