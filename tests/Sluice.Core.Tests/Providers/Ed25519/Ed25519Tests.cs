using System.Numerics;
using Sluice.Providers;

namespace Sluice.Core.Tests.Providers;

/// <summary>What a forger, a broken sender or an odd signer can send.</summary>
public sealed class Ed25519Tests
{
    private static readonly byte[] Seed = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
    private static readonly CraftedSignature Signed = CraftedSignature.Honest(Seed, "{\"id\":1}"u8.ToArray());
    private static readonly byte[][] SmallOrder = TextbookCurve.SmallOrder;

    public static TheoryData<string> SmallOrderPoints => [.. SmallOrder.Select(Convert.ToHexStringLower)];

    [Fact]
    public void An_honest_signature_is_accepted() => Assert.True(Signed.IsAccepted());

    [Fact]
    public void A_message_with_any_bit_changed_is_refused()
    {
        for (var bit = 0; bit < Signed.Message.Length * 8; bit++) Assert.False((Signed with { Message = CraftedSignature.Flip(Signed.Message, bit) }).IsAccepted(), $"bit {bit}");
    }

    [Fact]
    public void A_signature_with_any_bit_changed_is_refused()
    {
        for (var bit = 0; bit < 512; bit++) Assert.False((Signed with { Signature = CraftedSignature.Flip(Signed.Signature, bit) }).IsAccepted(), $"bit {bit}");
    }

    [Fact]
    public void A_key_with_any_bit_changed_refuses()
    {
        for (var bit = 0; bit < 256; bit++) Assert.False((Signed with { PublicKey = CraftedSignature.Flip(Signed.PublicKey, bit) }).IsAccepted(), $"bit {bit}");
    }

    [Fact]
    public void Another_key_refuses() => Assert.False((Signed with { PublicKey = Ed25519.PublicKey(new byte[32]) }).IsAccepted());

    [Theory, InlineData(0), InlineData(1), InlineData(32), InlineData(63), InlineData(65), InlineData(128)]
    public void A_signature_of_another_length_is_refused(int length) =>
        Assert.False((Signed with { Signature = [.. Signed.Signature.Concat(new byte[64]).Take(length)] }).IsAccepted());

    [Theory, InlineData(0), InlineData(1), InlineData(31), InlineData(33), InlineData(64)]
    public void A_key_of_another_length_is_no_key(int length)
    {
        var key = Signed.PublicKey.Concat(new byte[32]).Take(length).ToArray();
        Assert.False(Ed25519PublicKey.TryCreate(key, out var none));
        Assert.Null(none);
        Assert.False((Signed with { PublicKey = key }).IsAccepted());
    }

    [Theory, InlineData(0), InlineData(31), InlineData(33)]
    public void A_seed_of_another_length_is_a_mistake_of_the_caller(int length)
    {
        Assert.Throws<ArgumentException>(() => Ed25519.PublicKey(new byte[length]));
        Assert.Throws<ArgumentException>(() => Ed25519.Sign(new byte[length], []));
    }

    [Fact]
    public void All_zeros_are_no_signature_and_no_key()
    {
        Assert.False((Signed with { Signature = new byte[64] }).IsAccepted());
        Assert.False(Ed25519PublicKey.TryCreate(new byte[32], out _));
        Assert.False(new CraftedSignature(new byte[32], Signed.Message, new byte[64]).IsAccepted());
    }

    [Fact]
    public void An_s_with_L_added_is_refused()
    {
        // Up to what 256 bits hold: 15 of them, each with the same remainder.
        for (var s = Signed.S + TextbookCurve.L; s < BigInteger.Pow(2, 256); s += TextbookCurve.L) Assert.False(Signed.WithS(s).IsAccepted());
    }

    [Fact]
    public void An_s_is_read_up_to_L_minus_one()
    {
        Assert.True(Scalar.TryReadReduced(new byte[32], out _));
        Assert.True(Scalar.TryReadReduced(TextbookCurve.Bytes(BigInteger.Pow(2, 252)), out _));
        Assert.True(Scalar.TryReadReduced(TextbookCurve.Bytes(TextbookCurve.L - 1), out _));
        BigInteger[] tooLarge = [TextbookCurve.L, TextbookCurve.L + 1, TextbookCurve.L * 2, BigInteger.Pow(2, 253), BigInteger.Pow(2, 255), BigInteger.Pow(2, 256) - 1];
        Assert.All(tooLarge, s => Assert.False(Scalar.TryReadReduced(TextbookCurve.Bytes(s), out _)));
        Assert.All([BigInteger.Zero, BigInteger.One, TextbookCurve.L - 1, .. tooLarge], s => Assert.False(Signed.WithS(s).IsAccepted()));
    }

    [Fact]
    public void There_are_fourteen_spellings_of_eight_points_of_small_order()
    {
        Assert.Equal(14, SmallOrder.Select(Convert.ToHexString).Distinct().Count());
        Assert.Equal(8, SmallOrder.Select(point => Convert.ToHexString(TextbookCurve.Encode(TextbookCurve.Decode(point)))).Distinct().Count());
    }

    [Theory, MemberData(nameof(SmallOrderPoints))]
    public void A_point_of_small_order_is_no_key_although_its_equation_holds(string point)
    {
        var key = Convert.FromHexString(point);
        Assert.False(Ed25519PublicKey.TryCreate(key, out _));
        // R = sB: holds for each message whose k is a multiple of the key's order.
        var r = TextbookCurve.Encode(TextbookCurve.Multiply(12345, TextbookCurve.B));
        for (byte i = 0; i < 16; i++) Assert.False(CraftedSignature.Spelled(0, key, 12345, r, [i]).IsAccepted());
    }

    [Theory, MemberData(nameof(SmallOrderPoints))]
    public void A_point_of_small_order_for_R_is_refused_where_another_made_it(string point)
    {
        Assert.False(Signed.WithR(Convert.FromHexString(point)).IsAccepted());
        Assert.False(Signed.WithR(Convert.FromHexString(point)).WithS(0).IsAccepted());
    }

    [Theory, MemberData(nameof(SmallOrderPoints))]
    public void A_point_of_small_order_for_R_is_accepted_from_who_has_the_key_if_it_is_canonical_and_the_equation_holds(string point)
    {
        var r = Convert.FromHexString(point);
        var isCanonical = TextbookCurve.Encode(TextbookCurve.Decode(r)).SequenceEqual(r);
        var isIdentity = TextbookCurve.IsIdentity(TextbookCurve.Decode(r));
        var key = TextbookCurve.Encode(TextbookCurve.Multiply(77, TextbookCurve.B));
        // Its key has no part of small order, so that no other R can be what sB - kA gives.
        Assert.Equal(isCanonical && isIdentity, CraftedSignature.Spelled(77, key, 0, r, Signed.Message).IsAccepted());
    }

    [Theory, MemberData(nameof(SmallOrderPoints))]
    public void Only_one_spelling_of_a_point_is_decoded(string point)
    {
        var bytes = Convert.FromHexString(point);
        Assert.Equal(TextbookCurve.Encode(TextbookCurve.Decode(bytes)).SequenceEqual(bytes), Point.TryDecode(bytes, out _));
    }

    [Fact]
    public void A_y_of_p_or_more_is_no_key()
    {
        var onCurve = 0;
        for (var y = 0; y < 19; y++)
        {
            onCurve += TextbookCurve.OnCurve(y) ? 1 : 0;
            var key = TextbookCurve.Bytes(TextbookCurve.P + y);
            Assert.False(Ed25519PublicKey.TryCreate(key, out _));
            Assert.False(Ed25519PublicKey.TryCreate(CraftedSignature.Flip(key, 255), out _));
            Assert.Equal(TextbookCurve.OnCurve(y) && y > 1, Ed25519PublicKey.TryCreate(TextbookCurve.Bytes(y), out _));
        }

        Assert.InRange(onCurve, 5, 15);
    }

    [Fact]
    public void A_y_that_is_not_on_the_curve_is_no_key()
    {
        for (var y = 2; y < 200; y++) Assert.Equal(TextbookCurve.OnCurve(y), Ed25519PublicKey.TryCreate(TextbookCurve.Bytes(y), out _));
    }

    [Fact]
    public void With_parts_of_small_order_in_key_and_R_the_plain_equation_decides()
    {
        var (accepted, refused) = (0, 0);
        for (var i = 0; i < 8; i++)
        {
            for (var j = 0; j < 8; j++)
            {
                var signed = CraftedSignature.Mixed(1000 + i, i, 2000 + j, j, [(byte)i, (byte)j]);
                var k = TextbookCurve.Challenge(signed.R, signed.PublicKey, signed.Message);
                var holds = (j + (int)(k % 8 * i)) % 8 == 0;
                Assert.Equal(holds, signed.IsAccepted());
                if (holds) accepted++;
                else refused++;
            }
        }

        Assert.InRange(accepted, 4, 60);
        Assert.InRange(refused, 4, 60);
    }

    [Fact]
    public void A_key_writes_itself_as_hex()
    {
        Assert.True(Ed25519PublicKey.TryCreate(Signed.PublicKey, out var key));
        Assert.Equal(Convert.ToHexStringLower(Signed.PublicKey), key.ToString());
    }
}
