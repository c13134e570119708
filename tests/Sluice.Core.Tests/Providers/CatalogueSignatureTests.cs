using System.Globalization;
using Sluice.Contracts;
using Sluice.Contracts.Catalogue;
using Sluice.Providers;

namespace Sluice.Core.Tests.Providers;

/// <summary>What every sender signs is accepted, and nothing that is near it: wherever the proof stands, in headers, URL or body.</summary>
public sealed class CatalogueSignatureTests
{
    public static TheoryData<string> Provers => [.. CatalogueTable.Names.Where(name => !CatalogueTable.Of(name).ProvesNothing)];

    [Theory, MemberData(nameof(CatalogueTests.Played), MemberType = typeof(CatalogueTests))]
    public async Task What_the_sender_sends_is_accepted(string name)
    {
        var source = CatalogueSource.Of(name);
        Assert.Equal(SignatureResult.Valid, (await source.CheckAsync(source.Send())).Result);
        Assert.True(source.Source.IsUsable(CatalogueSource.Now));
    }

    [Attack("A6")]
    [Theory, MemberData(nameof(Provers))]
    public async Task A_body_with_any_one_byte_changed_is_refused(string name)
    {
        var source = CatalogueSource.Of(name);
        var request = source.Send();
        var changed = 0;
        for (var i = 0; i < request.Body.Length; i++)
        {
            foreach (var change in new byte[] { 1, 0x20, 0x80, 0xff })
            {
                var body = request.Body.ToArray();
                body[i] ^= change;
                if (!source.Entry.Covers(request.Body, body)) continue;
                await source.RefusesAsync(request with { Body = body }, $"byte {i} ^ {change}");
                changed++;
            }
        }

        Assert.True(changed > 0 || source.Entry.Covered is not null);
    }

    [Attack("A6")]
    [Theory, MemberData(nameof(Provers))]
    public async Task A_body_with_anything_more_or_less_is_refused(string name)
    {
        var source = CatalogueSource.Of(name);
        var request = source.Send();
        byte[][] bodies = [[], request.Body.ToArray()[..^1], request.Body.ToArray()[1..], [.. request.Body.Span, (byte)'\n'], [(byte)' ', .. request.Body.Span], [0xEF, 0xBB, 0xBF, .. request.Body.Span], [.. request.Body.Span, .. request.Body.Span]];
        foreach (var body in bodies.Where(body => source.Entry.Covers(request.Body, body)))
            await source.RefusesAsync(request with { Body = body }, $"{body.Length} bytes in place of {request.Body.Length}");
    }

    [Theory, MemberData(nameof(Provers))]
    public async Task A_proof_with_any_one_character_changed_is_refused(string name)
    {
        var source = CatalogueSource.Of(name);
        foreach (var (where, value, put) in Proofs(source, source.Send()))
        {
            for (var i = 0; i < value.Length; i++)
            {
                var others = "0fgZ=, \0é".Append((char)(value[i] + 1)).Append((char)(value[i] - 1)).Append((char)(value[i] ^ 0x20));
                foreach (var other in others)
                {
                    var spoiled = $"{value[..i]}{other}{value[(i + 1)..]}";
                    if (!IsSame(source.Entry, value, spoiled)) await source.RefusesAsync(put(spoiled), $"{where} '{spoiled}'");
                }
            }
        }
    }

    [Attack("A3")]
    [Theory, MemberData(nameof(Provers))]
    public async Task A_proof_cut_anywhere_or_with_anything_around_it_is_refused(string name)
    {
        var source = CatalogueSource.Of(name);
        foreach (var (where, value, put) in Proofs(source, source.Send()))
        {
            for (var k = 0; k < value.Length; k++)
            {
                await source.RefusesAsync(put(value[..k]), $"the first {k} characters of {where}");
                if (k > 0) await source.RefusesAsync(put(value[k..]), $"all but the first {k} characters of {where}");
            }

            // An empty entry at the end of a list is none.
            foreach (var tail in new[] { "0", "=", "\0", "\n", "\t", "00", ".", ";", "%00", "é" }.Where(tail => tail != ";" || !value.Contains(';', StringComparison.Ordinal))) await source.RefusesAsync(put(value + tail), $"{where} with '{tail}' behind it");
            foreach (var other in new[] { " ", "\0", "null", "undefined", "true", "*", new string('A', 100_000), "\ud800", "v1=,", "=" }) await source.RefusesAsync(put(other), $"{where} '{other[..Math.Min(9, other.Length)]}'");
            if (!IsSame(source.Entry, value, value.ToUpperInvariant())) await source.RefusesAsync(put(value.ToUpperInvariant()), $"{where} in upper case");
        }
    }

    [Attack("A2")]
    [Theory, MemberData(nameof(Provers))]
    public async Task A_proof_that_is_missing_is_refused(string name)
    {
        var source = CatalogueSource.Of(name);
        var request = source.Send();
        foreach (var header in source.ProofHeaders) await source.RefusesAsync(request.Without(header), $"no {header}");
        var bare = request with { Target = "/api/webhooks/it", Headers = [.. request.Headers.Where(header => !source.ProofHeaders.Contains(header.Key))] };
        if (bare.Headers.Count < request.Headers.Count || bare.Target != request.Target) await source.RefusesAsync(bare, "nothing");
        await source.RefusesAsync(bare with { Headers = [], Body = default }, "nothing at all");
    }

    [Attack("A13")]
    [Theory, MemberData(nameof(Provers))]
    public async Task A_proof_header_that_stands_twice_is_refused(string name)
    {
        var source = CatalogueSource.Of(name);
        var (request, other) = (source.Send(), source.Send(key: 1));
        foreach (var header in source.ProofHeaders)
        {
            await source.RefusesAsync(request.Plus(header, request[header]), $"{header} twice");
            await source.RefusesAsync(request.Plus(header.ToUpperInvariant(), other[header]), $"{header} twice, the second another");
            await source.RefusesAsync(other.With(header, other[header]).Plus(header, request[header]), $"{header} twice, the first another");
        }
    }

    [Attack("A7")]
    [Theory, MemberData(nameof(Provers))]
    public async Task A_time_that_is_signed_has_a_limit_both_ways(string name)
    {
        var source = CatalogueSource.Of(name);
        if ((source.Settings.Tolerance ?? source.Source.Scheme.Tolerance) is not { } tolerance) return;
        var request = source.Send();
        await source.AcceptsAsync(request, CatalogueSource.Now + tolerance);
        await source.AcceptsAsync(request, CatalogueSource.Now - tolerance);
        foreach (var beyond in new[] { TimeSpan.FromSeconds(1), TimeSpan.FromDays(400) }.Skip(source.Entry.HasExpiry ? 1 : 0))
        {
            Assert.Equal(source.Entry.HasExpiry ? SignatureResult.TokenExpired : SignatureResult.TimestampTooOld, (await source.CheckAsync(request, CatalogueSource.Now + tolerance + beyond)).Result);
            Assert.Equal(SignatureResult.TimestampInFuture, (await source.CheckAsync(request, CatalogueSource.Now - tolerance - beyond)).Result);
        }
    }

    [Theory, MemberData(nameof(Provers))]
    public async Task What_another_key_signed_is_refused(string name)
    {
        await CatalogueSource.Of(name).RefusesAsync(CatalogueSource.Of(name, key: 1).Send(), "what another source of this provider was sent");
        await CatalogueSource.Of(name, key: 1).RefusesAsync(CatalogueSource.Of(name).Send(), "what another source of this provider was sent");
    }

    [Attack("A15")]
    [Theory, MemberData(nameof(Provers))]
    public async Task What_any_other_sender_sends_is_refused(string name)
    {
        var source = CatalogueSource.Of(name);
        foreach (var other in CatalogueTable.Names.Where(other => other != name)) await source.RefusesAsync(CatalogueSource.Of(other).Send(), $"what {other} sends");
    }

    [Attack("A39")]
    [Theory, MemberData(nameof(Provers))]
    public async Task Either_of_two_keys_is_accepted_while_it_is_valid_and_named(string name)
    {
        var entry = CatalogueTable.Of(name);
        if (entry.Keys is null || !entry.KeySetting.EndsWith(":0", StringComparison.Ordinal)) return;
        var list = entry.KeySetting[..^2];
        var change = CatalogueSource.Now.ToString("O", CultureInfo.InvariantCulture);
        var source = CatalogueSource.Of(name, 0, (entry.KeySetting, null),
            ($"{list}:0:Value", entry.Keys(name, 0).Checks), ($"{list}:0:NotAfter", change), ($"{list}:1:Value", entry.Keys(name, 1).Checks), ($"{list}:1:NotBefore", change));
        var (old, @new) = (source.Send(), source.Send(key: 1));
        var before = CatalogueSource.Now.AddSeconds(-1);
        Assert.Equal(new SignatureCheck(SignatureResult.Valid, 0), await source.CheckAsync(old, before));
        Assert.Equal(new SignatureCheck(SignatureResult.SecretNotYetValid, 1), await source.CheckAsync(@new, before));
        Assert.Equal(new SignatureCheck(SignatureResult.SecretExpired, 0), await source.CheckAsync(old));
        Assert.Equal(new SignatureCheck(SignatureResult.Valid, 1), await source.CheckAsync(@new));
    }

    [Attack("A16")]
    [Theory, MemberData(nameof(Provers))]
    public async Task A_url_that_is_signed_is_the_configured_one_with_the_query_that_was_sent(string name)
    {
        var source = CatalogueSource.Of(name);
        if (!source.Source.Scheme.SignsUrl) return;
        var request = source.Send();
        await CatalogueSource.Of(name, 0, ("PublicUrl", "https://hooks.example.com/api/webhooks/other")).RefusesAsync(request, "another path");
        await CatalogueSource.Of(name, 0, ("PublicUrl", "http://hooks.example.com/api/webhooks/it")).RefusesAsync(request, "another scheme");
        await CatalogueSource.Of(name, 0, ("PublicUrl", "https://hooks.example.org/api/webhooks/it")).RefusesAsync(request, "another host");
        await source.RefusesAsync(request with { Target = $"{request.Target}{(request.Query is null ? '?' : '&')}x=1" }, "a longer query");
        await source.AcceptsAsync(request.Plus("X-Forwarded-Host", "evil.example").Plus("X-Forwarded-Proto", "http").Plus("X-Forwarded-Prefix", "/x").Plus("Forwarded", "host=evil.example"));
    }

    [Theory, MemberData(nameof(CatalogueTests.Played), MemberType = typeof(CatalogueTests))]
    public async Task A_thousand_other_headers_change_nothing(string name)
    {
        var source = CatalogueSource.Of(name);
        var request = source.Send();
        await source.AcceptsAsync(request with { Headers = [.. Enumerable.Range(0, 1000).Select(i => KeyValuePair.Create($"X-{i}", "v1=0")), .. request.Headers] });
    }

    /// <summary>The places of a request that prove it, beside its body: what stands there, and how to put something else there.</summary>
    private static IEnumerable<(string Where, string Value, Func<string, CatalogueRequest> Put)> Proofs(CatalogueSource source, CatalogueRequest request)
    {
        foreach (var header in source.ProofHeaders) yield return (header, request[header], value => request.With(header, value));
        if (request.PathSecret is { Length: > 0 } secret) yield return ("the path", secret, value => request with { Target = $"{request.Path[..^secret.Length]}{value}{(request.Query is null ? "" : $"?{request.Query}")}" });
        if (request.Query is { Length: > 0 } query) yield return ("the query", query, value => request with { Target = $"{request.Path}?{value}" });
    }

    // The name of an authorization scheme has no case (RFC 9110, 11.1).
    private static bool IsSame(CatalogueEntry entry, string value, string other)
    {
        var space = value.StartsWith("Basic ", StringComparison.Ordinal) || value.StartsWith("Bearer ", StringComparison.Ordinal) ? value.IndexOf(' ', StringComparison.Ordinal) : 0;
        return value.Length == other.Length
            && value[..space].Equals(other[..space], StringComparison.OrdinalIgnoreCase)
            && value[space..].Equals(other[space..], entry.HasEitherCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal);
    }
}
