using Sluice.Contracts;
using Sluice.Providers;

namespace Sluice.Core.Tests.Providers;

public sealed class SignatureHeaderTests
{
    [Attack("A2")]
    [Theory, MemberData(nameof(SignedSource.Providers), MemberType = typeof(SignedSource))]
    public void Without_a_signature_header_nothing_is_accepted(string provider)
    {
        var source = SignedSource.Of(provider);
        source.Refuses(source.Sign().Without(source.Names.Signature), SignatureResult.MissingSignature);
        source.Refuses(source.Sign().With(source.Names.Signature, ""), SignatureResult.MissingSignature);
        source.Refuses(new SignedRequest([], source.Sign().Body), SignatureResult.MissingSignature);
    }

    [Attack("A13")]
    [Theory, MemberData(nameof(SignedSource.Providers), MemberType = typeof(SignedSource))]
    public void A_signature_header_that_stands_twice_is_refused_even_when_both_are_genuine(string provider)
    {
        var source = SignedSource.Of(provider);
        var request = source.Sign();
        source.Refuses(request.Plus(source.Names.Signature, request[source.Names.Signature]), SignatureResult.AmbiguousHeader);
        source.Refuses(request.Plus(source.Names.Signature.ToUpperInvariant(), "x"), SignatureResult.AmbiguousHeader);
        source.Refuses(request.Plus(source.Names.Signature, ""), SignatureResult.AmbiguousHeader);
    }

    [Attack("A13")]
    [Theory, MemberData(nameof(SignedSource.Providers), MemberType = typeof(SignedSource))]
    public void A_timestamp_or_id_header_that_stands_twice_is_refused(string provider)
    {
        var source = SignedSource.Of(provider);
        var request = source.Sign();
        foreach (var name in new[] { source.Names.Timestamp, source.Scheme.Content.HasId ? source.Names.Id : null }.OfType<string>())
        {
            source.Refuses(request.Plus(name, request[name]), SignatureResult.AmbiguousHeader);
            source.Refuses(request.Plus(name.ToUpperInvariant(), "x"), SignatureResult.AmbiguousHeader);
        }
    }

    [Theory, MemberData(nameof(SignedSource.TimedProviders), MemberType = typeof(SignedSource))]
    public void Without_its_timestamp_or_id_a_genuine_signature_is_refused(string provider)
    {
        var source = SignedSource.Of(provider);
        var request = source.Sign();
        if (source.Names.Timestamp is { } timestamp)
        {
            source.Refuses(request.Without(timestamp), SignatureResult.MissingTimestamp);
            source.Refuses(request.With(timestamp, ""), SignatureResult.MissingTimestamp);
        }

        if (!source.Scheme.Content.HasId) return;
        source.Refuses(request.Without(source.Names.Id!), SignatureResult.MissingId);
        source.Refuses(request.With(source.Names.Id!, ""), SignatureResult.MissingId);
    }

    [Attack("A13")]
    [Theory, MemberData(nameof(SignedSource.Providers), MemberType = typeof(SignedSource))]
    public void Two_genuine_signatures_joined_by_a_comma_are_refused_where_one_is_meant(string provider)
    {
        var source = SignedSource.Of(provider);
        if (source.Scheme.Form != SignatureForm.Single) return;
        var request = source.Sign();
        var header = request[source.Names.Signature];
        source.Refuses(request.With(source.Names.Signature, $"{header},{header}"), "joined");
        source.Refuses(request.With(source.Names.Signature, $"{header}, {header}"), "joined with a space");
    }

    [Attack("A12")]
    [Theory]
    [InlineData("stripe", 16, true)]
    [InlineData("stripe", 17, false)]
    [InlineData("standard-webhooks", 16, true)]
    [InlineData("standard-webhooks", 17, false)]
    public void A_genuine_signature_is_found_among_sixteen_and_more_are_refused(string provider, int count, bool accepted)
    {
        var source = SignedSource.Of(provider);
        for (var position = 0; position < count; position++)
        {
            var entries = Enumerable.Range(0, count).Select(i => source.Scheme.Prefix + (i == position ? source.Signature() : source.Signature("another body"))).ToArray();
            var request = source.Sign().With(source.Names.Signature, List(provider, entries));
            source.Refuses(request.Carrying("{}"), accepted ? SignatureResult.Mismatch : SignatureResult.MalformedSignature);
            Assert.Equal(accepted ? SignatureResult.Valid : SignatureResult.MalformedSignature, source.Check(request).Result);
        }
    }

    [Theory]
    [InlineData("stripe")]
    [InlineData("standard-webhooks")]
    public void Entries_of_unknown_versions_do_not_count_against_the_cap(string provider)
    {
        var source = SignedSource.Of(provider);
        var unknown = Enumerable.Range(0, 100).Select(i => source.Scheme.Prefix.Replace('1', '9') + source.Signature());
        source.Accepts(source.Sign().With(source.Names.Signature, List(provider, [.. unknown, source.Scheme.Prefix + source.Signature()])));
    }

    [Attack("A12")]
    [Theory]
    [InlineData("stripe")]
    [InlineData("standard-webhooks")]
    public void Eight_kilobytes_of_separators_are_refused(string provider)
    {
        var source = SignedSource.Of(provider);
        foreach (var separator in ", ;=")
            source.Refuses(source.Sign().With(source.Names.Signature, new string(separator, 8192)), SignatureResult.MalformedSignature);
    }

    private static string List(string provider, string[] entries) =>
        provider == "stripe" ? $"t={SignedSource.Now.ToUnixTimeSeconds()},{string.Join(',', entries)}" : string.Join(' ', entries);
}
