using Sluice.Configuration;
using Sluice.Contracts;
using Sluice.Contracts.Catalogue;
using Sluice.Events;
using Sluice.Providers;

namespace Sluice.Core.Tests.Contributing;

/// <summary>The provider in CONTRIBUTING.md is one that is compiled and works.</summary>
public sealed class ContributingTests
{
    private const string Example = "tests/Sluice.Core.Tests/Contributing/AcmeProvider.cs";

    [Fact]
    public void Contributing_shows_the_example_as_it_is_compiled()
    {
        var example = Checkout.Read(Example).ReplaceLineEndings("\n").Trim();
        Assert.Contains($"```csharp\n{example}\n```", Checkout.Read("CONTRIBUTING.md").ReplaceLineEndings("\n"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_new_provider_is_less_than_sixty_lines() => Assert.InRange(File.ReadAllLines(Checkout.PathOf(Example)).Length, 1, 59);

    [Fact]
    public void What_the_example_signs_it_accepts_and_reads_back()
    {
        var provider = new AcmeProvider();
        var settings = new SourceSettings { Name = "acme", Provider = provider.Name, Secrets = [new SecretSettings("a secret of some length")] };
        var (faults, errors) = (new List<string>(), new List<ConfigurationError>());
        var scheme = provider.Scheme(settings, faults);
        var verifier = scheme.Prepare(settings, errors);
        Assert.Empty(faults);
        Assert.Empty(errors);

        var sample = provider.CreateSample(provider.SampleType, "42", CatalogueSource.Now);
        var sent = CatalogueRequest.Of(scheme.Sign(
            new SentRequest { Url = new Uri("https://hooks.example.com/api/webhooks/acme"), Body = sample.Body, ContentType = sample.ContentType, Headers = sample.Headers }, settings, "a secret of some length", CatalogueSource.Now));
        Assert.Equal(SignatureResult.Valid, verifier!.Verify(Received(sent), CatalogueSource.Now).Result);
        Assert.Equal(SignatureResult.Mismatch, verifier.Verify(Received(sent with { Body = "{}"u8.ToArray() }), CatalogueSource.Now).Result);
        Assert.Equal(new EventDescription("42", "order.created"), provider.Describe(Received(sent), settings));
    }

    private static Envelope Received(CatalogueRequest request) => new()
    {
        Method = request.Method, Target = request.Target, Headers = new HeaderList([.. request.Headers]), Body = request.Body, ReceivedAt = CatalogueSource.Now,
    };
}
