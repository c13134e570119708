using System.Text;
using Sluice.Configuration;
using Sluice.Events;

namespace Sluice.Providers;

/// <summary>
/// Any sender that can show nothing but the URL it was given: the secret is a part of it. <c>IdHeader</c> and <c>TypeHeader</c> as for <c>hmac</c>.
/// </summary>
public sealed class NoneProvider : IProvider
{
    private static readonly PathSecretScheme InPath = new();

    public string Name => "none";

    public ProviderFacts Facts { get; } = new() { Title = "Any sender that proves nothing", Source = "the settings of the source" };

    public string SampleType => "sample.created";

    public SignatureScheme Scheme(SourceSettings settings, ICollection<string> errors) => InPath;

    public EventDescription Describe(Envelope envelope, SourceSettings settings) => JsonDescription.BySettings(envelope, settings);

    public Sample CreateSample(string type, string id, DateTimeOffset at) => SampleOf(type, id, at);

    /// <summary>What a sender of whom nothing is known may send.</summary>
    internal static Sample SampleOf(string type, string id, DateTimeOffset at) => new(Encoding.UTF8.GetBytes($$"""
        { "id": {{Json.Text(id)}}, "type": {{Json.Text(type)}}, "createdAt": "{{at:yyyy-MM-ddTHH:mm:ssZ}}" }
        """), "application/json");
}
