using System.Text;
using Sluice.Contracts;
using Sluice.Providers;

namespace Sluice.Core.Tests.Providers;

/// <summary>Unusual and hostile requests: what is signed is accepted to the byte, nothing throws.</summary>
public sealed class OddRequestTests
{
    public static TheoryData<string, byte[]> Bodies
    {
        get
        {
            byte[][] bodies = [[], [0], [0xff, 0xfe], "\uFEFF{}"u8.ToArray(), "{}\r\n"u8.ToArray(), [0xc3, 0x28, 0xed, 0xa0, 0x80], "\u2028"u8.ToArray(), new byte[1_000_000]];
            var data = new TheoryData<string, byte[]>();
            foreach (var provider in SignedSource.HmacProviders)
            {
                foreach (var body in bodies) data.Add(provider, body);
            }

            return data;
        }
    }

    [Theory, MemberData(nameof(Bodies), DisableDiscoveryEnumeration = true)]
    public void Any_bytes_that_are_signed_are_accepted(string provider, byte[] body)
    {
        var source = SignedSource.Of(provider);
        source.Accepts(source.Sign(body));
        source.Refuses(source.Sign(body) with { Body = (byte[])[.. body, (byte)' '] }, SignatureResult.Mismatch);
    }

    [Theory, MemberData(nameof(SignedSource.Providers), MemberType = typeof(SignedSource))]
    public void An_id_of_five_kilobytes_is_verified_like_any_other(string provider)
    {
        var source = SignedSource.Of(provider);
        if (!source.Scheme.Content.HasId) return;
        var request = source.Sign(id: new string('é', 2500) + "x");
        source.Accepts(request);
        source.Refuses(request.With(source.Names.Id!, new string('é', 2500) + "y"), SignatureResult.Mismatch);
    }

    [Attack("A19")]
    [Theory, MemberData(nameof(SignedSource.Providers), MemberType = typeof(SignedSource))]
    public void Control_characters_and_strange_letters_in_headers_never_throw(string provider)
    {
        var source = SignedSource.Of(provider);
        var names = new[] { source.Names.Signature, source.Names.Timestamp, source.Names.Id }.OfType<string>();
        string[] values = ["\0", "\r\n", "\u001b[31m", "\ud800", "\udfff\ud800", "é", "\u2028", new('x', 100_000), new(',', 100_000), new(' ', 100_000), "=", "==", "v1", "t=", "{0}", "%s%n", "${jndi:ldap://x}"];
        foreach (var name in names)
        {
            foreach (var value in values) source.Refuses(source.Sign().With(name, value), value);
        }
    }

    [Attack("A19")]
    [Theory, MemberData(nameof(SignedSource.Providers), MemberType = typeof(SignedSource))]
    public void Random_headers_are_refused_and_never_throw(string provider)
    {
        var random = new Random(20261122);
        var source = SignedSource.Of(provider);
        var request = source.Sign();
        const string letters = "tv01=, abcdef\0\u00e9\ud83d";
        for (var i = 0; i < 3000; i++)
        {
            var value = new string([.. Enumerable.Range(0, random.Next(100)).Select(_ => letters[random.Next(letters.Length)])]);
            source.Refuses(request.With(source.Names.Signature, value), value);
        }
    }

    [Theory, MemberData(nameof(SignedSource.Providers), MemberType = typeof(SignedSource))]
    public void A_thousand_other_headers_change_nothing(string provider)
    {
        var source = SignedSource.Of(provider);
        var request = source.Sign();
        source.Accepts(request with { Headers = [.. Enumerable.Range(0, 1000).Select(i => KeyValuePair.Create($"X-{i}", "v1=0")), .. request.Headers] });
    }

    [Fact]
    public void The_body_is_part_of_the_signature_beyond_the_separators()
    {
        // id "a.1700000000" with body "x" reads like id "a" with body "1700000000.x" once joined: only the headers' own texts count.
        var source = SignedSource.Of("standard-webhooks");
        var request = source.Sign("1700000000.x", id: "a");
        source.Accepts(request);
        source.Refuses(request.With("webhook-id", "a.1700000000").Carrying("x").With("webhook-timestamp", "1700000001"), SignatureResult.Mismatch);
    }

    [Theory, MemberData(nameof(SignedSource.Providers), MemberType = typeof(SignedSource))]
    public async Task One_verifier_serves_many_threads(string provider)
    {
        var source = SignedSource.Of(provider);
        var requests = Enumerable.Range(0, 8).Select(i => source.Sign($"body {i}")).ToArray();
        await Parallel.ForAsync(0, 2000, TestContext.Current.CancellationToken, (i, _) =>
        {
            source.Accepts(requests[i % 8]);
            source.Refuses(requests[i % 8] with { Body = Encoding.UTF8.GetBytes("forged") }, SignatureResult.Mismatch);
            return ValueTask.CompletedTask;
        });
    }
}
