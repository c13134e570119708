namespace Sluice.Providers;

/// <summary>A secret that a sender makes up itself and brings in a request that nothing can be checked of yet.</summary>
/// <param name="Answer">What it is answered once the secret is kept.</param>
public sealed record SecretOffer(string Secret, Answer Answer)
{
    /// <summary>Never the secret.</summary>
    public override string ToString() => nameof(SecretOffer);
}
