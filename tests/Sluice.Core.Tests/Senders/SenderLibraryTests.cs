using System.Text;
using Sluice.Contracts.Catalogue;
using Sluice.Providers;

namespace Sluice.Core.Tests.Senders;

/// <summary>What the senders' own libraries sign is accepted, and nothing else.</summary>
[Collection(nameof(SenderLibraries))]
public sealed class SenderLibraryTests(SenderLibraries libraries)
{
    [Theory, MemberData(nameof(SenderLibraries.Names), MemberType = typeof(SenderLibraries))]
    public async Task What_the_library_signs_is_accepted(string sender)
    {
        libraries.SkipWhereMissing();
        var source = Source(sender);
        foreach (var request in await libraries.SignAsync(sender, Keys(sender).Signs, CatalogueSource.Now, SenderLibraries.Senders[sender].Bodies)) await source.AcceptsAsync(request);
    }

    [Theory, MemberData(nameof(SenderLibraries.Names), MemberType = typeof(SenderLibraries))]
    public async Task What_the_library_signed_is_refused_after_one_byte_has_changed(string sender)
    {
        libraries.SkipWhereMissing();
        var source = Source(sender);
        var request = (await libraries.SignAsync(sender, Keys(sender).Signs, CatalogueSource.Now, SenderLibraries.Senders[sender].Bodies[0]))[0];
        for (var i = 0; i < request.Body.Length; i++)
        {
            var body = request.Body.ToArray();
            body[i] ^= 1;
            if (source.Entry.Covers(request.Body, body)) await source.RefusesAsync(request with { Body = body }, $"another byte {i}");
        }
    }

    [Theory, MemberData(nameof(SenderLibraries.Names), MemberType = typeof(SenderLibraries))]
    public async Task What_the_library_signed_with_another_key_is_refused(string sender)
    {
        libraries.SkipWhereMissing();
        var request = (await libraries.SignAsync(sender, Keys(sender, 1).Signs, CatalogueSource.Now, SenderLibraries.Senders[sender].Bodies[0]))[0];
        Assert.Equal(SignatureResult.Mismatch, (await Source(sender).CheckAsync(request)).Result);
    }

    [Theory, MemberData(nameof(SenderLibraries.Names), MemberType = typeof(SenderLibraries))]
    public async Task What_we_sign_is_accepted_by_the_library(string sender)
    {
        libraries.SkipWhereMissing();
        var entry = SenderLibraries.Senders[sender];
        var source = Source(sender);
        await AcceptedAsync(sender, [.. entry.Bodies.Select(body => source.Sign(new SentRequest
        {
            Url = source.Settings.PublicUrl!, Body = Encoding.UTF8.GetBytes(entry.Sent(body)), ContentType = entry.ContentType, Headers = entry.Headers, Id = "msg_1",
        }))]);
    }

    [Theory, MemberData(nameof(SenderLibraries.Names), MemberType = typeof(SenderLibraries))]
    public async Task A_sample_of_ours_is_accepted_by_the_library(string sender)
    {
        libraries.SkipWhereMissing();
        await AcceptedAsync(sender, Source(sender).Send());
    }

    private static TestKeys Keys(string sender, int number = 0)
    {
        var provider = SenderLibraries.Senders[sender].Provider;
        return CatalogueTable.Of(provider).Keys!(provider, number);
    }

    private static CatalogueSource Source(string sender) => CatalogueSource.Of(SenderLibraries.Senders[sender].Provider);

    private async Task AcceptedAsync(string sender, params CatalogueRequest[] requests)
    {
        var cases = requests.Select(request => new SenderCase(sender, Keys(sender).Checks, request, CatalogueSource.Now.ToUnixTimeSeconds())).ToArray();
        Assert.All((await libraries.VerifyAsync(cases)).Zip(cases), answer => Assert.True(answer.First.Accepted, $"{answer.First.Why}: {answer.Second.Line}"));
    }
}
