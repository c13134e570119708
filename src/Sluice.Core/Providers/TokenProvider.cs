using System.Text;
using Sluice.Configuration;
using Sluice.Events;

namespace Sluice.Providers;

/// <summary>
/// Any sender that shows a shared token in a header: <c>SignatureHeader</c> (<c>Authorization</c> where absent) and <c>SignaturePrefix</c>
/// (<c>Bearer </c> for <c>Authorization</c>, else none). <c>IdHeader</c> and <c>TypeHeader</c> as for <c>hmac</c>.
/// </summary>
public sealed class TokenProvider : IProvider
{
    public string Name => "token";

    public ProviderFacts Facts { get; } = new() { Title = "Any sender that shows a token in a header", Source = "the settings of the source" };

    public string SampleType => "sample.created";

    public SignatureScheme Scheme(SourceSettings settings, ICollection<string> errors) => Of(settings);

    public EventDescription Describe(Envelope envelope, SourceSettings settings) => JsonDescription.BySettings(envelope, settings);

    public Sample CreateSample(string type, string id, DateTimeOffset at) => NoneProvider.SampleOf(type, id, at);

    /// <summary>The header that the settings name, else a bearer token.</summary>
    internal static TokenScheme Of(SourceSettings settings, string prefix = "Bearer ")
    {
        var header = settings.SignatureHeader ?? "Authorization";
        var isUsual = header.Equals("Authorization", StringComparison.OrdinalIgnoreCase);
        return new() { Header = header, Prefix = settings.SignaturePrefix ?? (isUsual ? prefix : "") };
    }
}
