using System.Text;
using Sluice.Configuration;
using Sluice.Events;

namespace Sluice.Providers;

/// <summary>
/// Any sender that is given a user name and a password: <c>Authorization: Basic</c> (RFC 7617, UTF-8). The secret is <c>user:password</c>.
/// <c>IdHeader</c> and <c>TypeHeader</c> as for <c>hmac</c>.
/// </summary>
public sealed class BasicProvider : IProvider
{
    private static readonly TokenScheme Basic = new() { Header = "Authorization", Prefix = "Basic ", IsBasic = true };

    public string Name => "basic";

    public ProviderFacts Facts { get; } = new() { Title = "Any sender with user name and password", Source = "RFC 7617, read 2026-11-22" };

    public string SampleType => "sample.created";

    public SignatureScheme Scheme(SourceSettings settings, ICollection<string> errors) => Basic;

    public EventDescription Describe(Envelope envelope, SourceSettings settings) => JsonDescription.BySettings(envelope, settings);

    public Sample CreateSample(string type, string id, DateTimeOffset at) => NoneProvider.SampleOf(type, id, at);
}
