using System.Text.RegularExpressions;
using Sluice.Contracts;

namespace Sluice.Core.Tests.Attacks;

/// <summary>What is secret is compared in fixed time. A clock cannot show that on a busy machine, the source can.</summary>
public sealed partial class FixedTimeTests
{
    /// <summary>Comparisons of what is no secret: each with the reason.</summary>
    private static readonly Dictionary<string, string> Open = new(StringComparer.Ordinal)
    {
        ["KeyText.cs"] = "the padding of a key in the configuration",
        ["Ed25519PublicKey.cs"] = "a point that anyone can compute from the request",
        ["Point.cs"] = "whether a public key has its one spelling",
    };

    /// <summary>The verifiers that compare something secret themselves; the others leave it to the platform's own check of a public key.</summary>
    private static readonly string[] Comparing = ["HmacVerifier.cs", "NotificationItemsScheme.cs", "BraintreeScheme.cs", "UrlAndFormScheme.cs", "SharedSecret.cs"];

    private static IEnumerable<string> Files => Directory.EnumerateFiles(Checkout.PathOf("src/Sluice.Core/Providers/Schemes"), "*.cs").Concat(Directory.EnumerateFiles(Checkout.PathOf("src/Sluice.Core/Providers/Ed25519"), "*.cs"));

    [Attack("A5")]
    [Fact]
    public void Nothing_secret_is_compared_byte_by_byte()
    {
        foreach (var file in Files.Where(file => !Open.ContainsKey(Path.GetFileName(file))))
            Assert.False(Early().IsMatch(File.ReadAllText(file)), $"{Path.GetFileName(file)} compares what ends at the first difference; use CryptographicOperations.FixedTimeEquals, or say in the test why it is no secret");
    }

    [Attack("A5")]
    [Fact]
    public void Every_verifier_that_compares_does_it_in_fixed_time()
    {
        var found = Files.Where(file => File.ReadAllText(file).Contains("CryptographicOperations.FixedTimeEquals", StringComparison.Ordinal)).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal);
        Assert.Equal(Comparing.Order(StringComparer.Ordinal), found);
    }

    [Attack("A5")]
    [Fact]
    public void An_exception_that_is_not_needed_is_none()
    {
        foreach (var name in Open.Keys) Assert.Contains(Files, file => Path.GetFileName(file) == name && Early().IsMatch(File.ReadAllText(file)));
    }

    // Comparisons of arrays and texts that stop at the first difference, where the two sides are named after what is secret.
    [GeneratedRegex(@"\.SequenceEqual\(|\b(secret|signature|expected|candidate|given|token)\b(\.Value|\.Span)?\s*[!=]=(?>\s*)(?!null|""""|default|secret\.Trim)|(?<!nameof\()\b(secret|signature|expected|candidate|given|token)\b\.Equals\(", RegexOptions.IgnoreCase)]
    private static partial Regex Early();
}
