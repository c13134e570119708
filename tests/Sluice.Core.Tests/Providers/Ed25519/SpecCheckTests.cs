using System.Text.Json;
using Sluice.Contracts;

namespace Sluice.Core.Tests.Providers;

/// <summary>
/// The twelve vectors of "Taming the many EdDSAs" (Chalkias, Garillot, Nikolaenko 2020), on which verifiers differ. Ours is OpenSSL's
/// verdict, but for keys of small order (0, 1, 11).
/// </summary>
public sealed class SpecCheckTests
{
    private static readonly Vector[] Vectors = Read();

    public static TheoryData<int> Numbers => [.. Enumerable.Range(0, Vectors.Length)];

    [Attack("A14")]
    [Fact]
    public void Of_the_twelve_two_and_three_are_accepted()
    {
        Assert.Equal(12, Vectors.Length);
        Assert.Equal([2, 3], Numbers.Select(row => row.Data).Where(number => Vectors[number].Accepted));
        Assert.Equal([0, 1, 11], Numbers.Select(row => row.Data).Where(number => Vectors[number].OpenSsl && !Vectors[number].Accepted));
    }

    [Attack("A14")]
    [Theory, MemberData(nameof(Numbers))]
    public void A_vector_gets_its_verdict(int number) => Assert.Equal(Vectors[number].Accepted, Vectors[number].Signed.IsAccepted());

    internal static Vector[] Read()
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "vectors", "ed25519-speccheck.json")));
        return [.. json.RootElement.EnumerateArray().Select(vector =>
        {
            byte[] Hex(string name) => Convert.FromHexString(vector.GetProperty(name).GetString()!);
            return new Vector(new(Hex("publicKey"), Hex("message"), Hex("signature")), vector.GetProperty("openssl").GetBoolean(), vector.GetProperty("accepted").GetBoolean());
        })];
    }

    internal sealed record Vector(CraftedSignature Signed, bool OpenSsl, bool Accepted);
}
