using System.Text.Json;
using Sluice.Providers;

namespace Sluice.Core.Tests.Providers;

/// <summary>RFC 8032, section 7.1: all its vectors for Ed25519.</summary>
public sealed class Rfc8032Tests
{
    private static readonly Dictionary<string, Vector> Vectors = Read();

    public static TheoryData<string> Names => [.. Vectors.Keys];

    [Fact]
    public void The_vectors_are_those_five() => Assert.Equal(["TEST 1", "TEST 2", "TEST 3", "TEST 1024", "TEST SHA(abc)"], Vectors.Keys);

    [Theory, MemberData(nameof(Names))]
    public void A_seed_gives_the_vectors_public_key(string name) => Assert.Equal(Vectors[name].PublicKey, Ed25519.PublicKey(Vectors[name].Seed));

    [Theory, MemberData(nameof(Names))]
    public void Signing_gives_the_vectors_signature(string name)
    {
        var vector = Vectors[name];
        Assert.Equal(vector.Signature, Ed25519.Sign(vector.Seed, vector.Message));
        for (var split = 0; split <= vector.Message.Length; split += 100)
            Assert.Equal(vector.Signature, Ed25519.Sign(vector.Seed, vector.Message.AsSpan(0, split), vector.Message.AsSpan(split)));
    }

    [Theory, MemberData(nameof(Names))]
    public void The_vectors_signature_is_accepted(string name) => Assert.True(Vectors[name].Signed.IsAccepted());

    [Theory, MemberData(nameof(Names))]
    public void The_vectors_signature_over_another_message_is_refused(string name)
    {
        var signed = Vectors[name].Signed;
        Assert.False((signed with { Message = [.. signed.Message, 0] }).IsAccepted());
        if (signed.Message.Length > 0) Assert.False((signed with { Message = signed.Message[..^1] }).IsAccepted());
    }

    private static Dictionary<string, Vector> Read()
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "vectors", "ed25519-rfc8032.json")));
        return json.RootElement.EnumerateArray().ToDictionary(vector => vector.GetProperty("name").GetString()!, vector =>
        {
            byte[] Hex(string name) => Convert.FromHexString(vector.GetProperty(name).GetString()!);
            return new Vector(Hex("seed"), Hex("publicKey"), Hex("message"), Hex("signature"));
        });
    }

    private sealed record Vector(byte[] Seed, byte[] PublicKey, byte[] Message, byte[] Signature)
    {
        public CraftedSignature Signed => new(PublicKey, Message, Signature);
    }
}
