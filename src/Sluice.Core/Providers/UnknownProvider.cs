using Sluice.Configuration;
using Sluice.Events;

namespace Sluice.Providers;

/// <summary>Stands in for a provider that is not known: its source is there and accepts nothing, so that its sender keeps its events.</summary>
internal sealed class UnknownProvider(string name) : IProvider
{
    private static readonly HmacScheme NoSignature = new()
    {
        Encoding = SignatureEncoding.HexLower, Form = SignatureForm.Single, Content = SignedContent.Parse("{body}"), Headers = [],
    };

    public string Name => name;

    public ProviderFacts Facts => new() { Title = name, Source = "nothing is known of it" };

    public string SampleType => WebhookEvent.UnknownType;

    public SignatureScheme Scheme(SourceSettings settings, ICollection<string> errors) => NoSignature;

    public EventDescription Describe(Envelope envelope, SourceSettings settings) => default;

    public Sample CreateSample(string type, string id, DateTimeOffset at) => new([], "application/json");
}
