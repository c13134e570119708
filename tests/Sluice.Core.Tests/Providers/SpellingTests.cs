using Sluice.Contracts;
using Sluice.Providers;

namespace Sluice.Core.Tests.Providers;

/// <summary>One spelling of a signature counts: the sender's.</summary>
public sealed class SpellingTests
{
    [Attack("A4")]
    [Theory]
    [InlineData("stripe")]
    [InlineData("github")]
    [InlineData("slack")]
    public void Upper_case_hex_is_refused_where_the_senders_library_refuses_it(string provider)
    {
        var source = SignedSource.Of(provider);
        var request = source.Sign();
        var upper = request[source.Names.Signature].Replace(source.Signature(), source.Signature().ToUpperInvariant(), StringComparison.Ordinal);
        source.Refuses(request.With(source.Names.Signature, upper), SignatureResult.Mismatch);
    }

    [Fact]
    public void The_generic_scheme_takes_hex_in_either_case()
    {
        var source = SignedSource.Of("hmac");
        source.Accepts(source.Sign().With("X-Signature", "sha256=" + source.Signature().ToUpperInvariant()));
        source.Refuses(source.Sign().With("X-Signature", "SHA256=" + source.Signature()), SignatureResult.MalformedSignature);
    }

    [Attack("A4")]
    [Fact]
    public void Hex_with_letters_that_only_lower_to_hex_is_refused()
    {
        // U+212A, the Kelvin sign, lowers to k; no letter beyond ASCII lowers to a to f, and none may.
        var source = SignedSource.Of("hmac");
        for (var c = '\u0080'; c < '\ud800'; c++)
            Assert.False(char.ToLowerInvariant(c) is (>= '0' and <= '9') or (>= 'a' and <= 'f'), $"U+{(int)c:x4}");
        source.Refuses(source.Sign().With("X-Signature", "sha256=" + source.Signature().Replace('a', 'ａ')), "full-width a");
    }

    [Attack("A4")]
    [Theory]
    [InlineData("shopify")]
    [InlineData("standard-webhooks")]
    [InlineData("base64")]
    public void Base64_has_one_spelling(string provider)
    {
        var source = provider == "base64" ? SignedSource.Generic(("Encoding", "base64")) : SignedSource.Of(provider);
        var tried = 0;
        foreach (var body in Enumerable.Range(0, 64).Select(i => $"body {i}"))
        {
            var request = source.Sign(body);
            var header = request[source.Names.Signature];
            source.Accepts(request);
            foreach (var other in OtherSpellings(header, source.Scheme.Prefix.Length).Where(other => other != header))
            {
                source.Refuses(request.With(source.Names.Signature, other), other);
                tried++;
            }
        }

        Assert.True(tried > 64 * 7, $"{tried}");
    }

    [Theory]
    [InlineData("X-Signature")]
    [InlineData("x-signature")]
    [InlineData("X-SIGNATURE")]
    public void Header_names_have_no_case(string name)
    {
        var source = SignedSource.Of("hmac");
        source.Accepts(source.Sign().Renamed("X-Signature", name));
    }

    private static IEnumerable<string> OtherSpellings(string header, int prefix)
    {
        var text = header[prefix..];
        yield return header.TrimEnd('=');
        yield return header + "=";
        yield return header.Replace('+', '-').Replace('/', '_');
        yield return header + "\n";
        yield return header[..(prefix + 10)] + "\n" + header[(prefix + 10)..];
        yield return header[..(prefix + 10)] + " " + header[(prefix + 10)..];
        yield return header + "A";
        yield return header[..prefix] + Convert.ToHexStringLower(Convert.FromBase64String(text));
        // The last character before the padding carries unused bits: these decode to the same bytes.
        for (var bit = 1; bit < 4; bit++) yield return header[..^2] + Alphabet[Alphabet.IndexOf(header[^2], StringComparison.Ordinal) ^ bit] + "=";
    }

    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
}
