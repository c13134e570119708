using System.Text;
using Sluice.Configuration;
using Sluice.Providers;

namespace Sluice.Core.Tests.Providers;

/// <summary>RFC 4231's cases through the generic provider. (Case 5 is of a truncated hash, which no sender uses.)</summary>
public sealed class Rfc4231Tests
{
    private const string LongData = "This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before being used by the HMAC algorithm.";

    public static TheoryData<string, byte[], byte[], string> Cases => new()
    {
        { "sha256", "Jefe"u8.ToArray(), "what do ya want for nothing?"u8.ToArray(), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843" },
        { "sha384", "Jefe"u8.ToArray(), "what do ya want for nothing?"u8.ToArray(), "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649" },
        { "sha512", "Jefe"u8.ToArray(), "what do ya want for nothing?"u8.ToArray(), "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737" },
    };

    /// <summary>The cases whose keys no text can be (bytes that are no UTF-8, or white space): in base64.</summary>
    public static TheoryData<string, byte[], byte[], string> BinaryCases => new()
    {
        { "sha256", Bytes(0x0b, 20), "Hi There"u8.ToArray(), "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7" },
        { "sha384", Bytes(0x0b, 20), "Hi There"u8.ToArray(), "afd03944d84895626b0825f4ab46907f15f9dadbe4101ec682aa034c7cebc59cfaea9ea9076ede7f4af152e8b2fa9cb6" },
        { "sha512", Bytes(0x0b, 20), "Hi There"u8.ToArray(), "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cdedaa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854" },
        { "sha256", Bytes(0xaa, 20), Bytes(0xdd, 50), "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe" },
        { "sha512", Bytes(0xaa, 20), Bytes(0xdd, 50), "fa73b0089d56a284efb0f0756c890be9b1b5dbdd8ee81a3655f83e33b2279d39bf3e848279a722c806b485a47e67c807b946a337bee8942674278859e13292fb" },
        { "sha256", [.. Enumerable.Range(1, 25).Select(i => (byte)i)], Bytes(0xcd, 50), "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b" },
        { "sha512", [.. Enumerable.Range(1, 25).Select(i => (byte)i)], Bytes(0xcd, 50), "b0ba465637458c6990e5a8c5f61d4af7e576d97ff94b872de76f8050361ee3dba91ca5c11aa25eb4d679275cc5788063a5f19741120c4f2de2adebeb10a298dd" },
        { "sha256", Bytes(0xaa, 131), "Test Using Larger Than Block-Size Key - Hash Key First"u8.ToArray(), "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54" },
        { "sha512", Bytes(0xaa, 131), "Test Using Larger Than Block-Size Key - Hash Key First"u8.ToArray(), "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f3526b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598" },
        { "sha256", Bytes(0xaa, 131), Encoding.UTF8.GetBytes(LongData), "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2" },
        { "sha512", Bytes(0xaa, 131), Encoding.UTF8.GetBytes(LongData), "e37b6a775dc87dbaa4dfa9f96e5e3ffddebd71f8867289865df5a32d20cdc944b6022cac3c4982b10d5eeb55c3e4de15134676fb6de0446065c97440fa8c6a58" },
    };

    [Theory, MemberData(nameof(Cases), DisableDiscoveryEnumeration = true)]
    public void A_case_is_accepted_and_signed_by_the_generic_provider(string algorithm, byte[] key, byte[] data, string expected)
    {
        var source = SignedSource.Generic(("Algorithm", algorithm), ("Secrets:0", Encoding.UTF8.GetString(key)));
        source.Accepts(new SignedRequest([new("X-Signature", expected)], data));
        Assert.Equal(expected, source.Sign(data)["X-Signature"]);
    }

    [Theory, MemberData(nameof(BinaryCases), DisableDiscoveryEnumeration = true)]
    public void A_case_with_a_key_of_any_bytes_is_signed_alike(string algorithm, byte[] key, byte[] data, string expected)
    {
        var scheme = SignedSource.Generic(("Algorithm", algorithm)).Scheme with { Key = KeyFormat.Whsec };
        var made = HmacKey.Create(new SecretSettings(Convert.ToBase64String(key)), scheme, out _)!;
        Assert.Equal(expected, Assert.Single(HmacSigner.Headers(scheme, made, "", SignedSource.Now, data)).Value);
    }

    [Fact]
    public void Sha1_is_there_for_senders_that_know_nothing_better()
    {
        // RFC 2202, case 2.
        var source = SignedSource.Generic(("Algorithm", "sha1"), ("Secrets:0", "Jefe"), ("Encoding", "base64"));
        source.Accepts(new SignedRequest([new("X-Signature", Convert.ToBase64String(Convert.FromHexString("effcdf6ae5eb2fa2d27416d5f184df9c259a7c79")))], "what do ya want for nothing?"u8.ToArray()));
    }

    private static byte[] Bytes(byte value, int count) => [.. Enumerable.Repeat(value, count)];
}
