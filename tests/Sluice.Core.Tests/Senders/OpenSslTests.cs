using System.Text;
using Sluice.Contracts.Catalogue;
using Sluice.Core.Tests.Providers;
using Sluice.Providers;

namespace Sluice.Core.Tests.Senders;

/// <summary>
/// Every provider is tested against an implementation that is not ours: its sender's own library, a vector its sender has published,
/// or openssl with the recipe of its documentation. Those that show a secret sign nothing.
/// </summary>
public sealed class OpenSslTests(OpenSsl openSsl) : IClassFixture<OpenSsl>
{
    /// <summary>These sign nothing, so that there is nothing another implementation could sign: the secret itself is shown, where it says here.</summary>
    private static readonly Dictionary<string, string> ShowsItsSecret = new()
    {
        ["basic"] = "user and password in Authorization",
        ["cloudevents"] = "a bearer token in Authorization or access_token",
        ["dockerhub"] = "the secret in the URL",
        ["eventgrid"] = "the secret in the URL or a delivery header",
        ["gitlab"] = "the secret token in X-Gitlab-Token",
        ["mailchimp"] = "the secret in the URL",
        ["msgraph"] = "the clientState in each notification",
        ["none"] = "the secret in the URL, for a sender that proves nothing itself",
        ["okta"] = "the authentication secret in Authorization or the header that was chosen",
        ["strava"] = "the secret in the URL",
        ["telegram"] = "the secret_token in X-Telegram-Bot-Api-Secret-Token",
        ["token"] = "a token in Authorization or the header that was chosen",
    };

    public static TheoryData<string> Signed => [.. OpenSslRecipes.All.Keys];

    private static IEnumerable<string> InLibraries => SenderLibraries.Senders.Values.Select(sender => sender.Provider);

    private static IEnumerable<string> InVectors => VectorTests.Published.Select(row => row.Data).Append("circleci");

    [Fact]
    public void Every_provider_is_signed_by_another_implementation_or_shows_its_secret()
    {
        string[] signed = [.. InLibraries, .. InVectors, .. OpenSslRecipes.All.Keys];
        Assert.Empty(ProviderCatalog.Default.Names.Except(signed).Except(ShowsItsSecret.Keys));
        Assert.Empty(signed.Concat(ShowsItsSecret.Keys).Except(ProviderCatalog.Default.Names));
        Assert.Empty(ShowsItsSecret.Keys.Intersect(signed));
        foreach (var name in ShowsItsSecret.Keys) Assert.True(CatalogueSource.Of(name).Source.Scheme is TokenScheme or PathSecretScheme or ClientStateScheme, $"{name} signs");
    }

    [Theory, MemberData(nameof(Signed))]
    public async Task What_openssl_signs_is_accepted(string provider)
    {
        openSsl.SkipWhereMissing();
        var (source, request) = Of(provider);
        await source.AcceptsAsync(request);
    }

    [Theory, MemberData(nameof(Signed))]
    public async Task What_openssl_signed_is_refused_after_one_byte_has_changed(string provider)
    {
        openSsl.SkipWhereMissing();
        var (source, request) = Of(provider);
        for (var i = 0; i < request.Body.Length; i++)
        {
            var body = request.Body.ToArray();
            body[i] ^= 1;
            if (source.Entry.Covers(request.Body, body)) await source.RefusesAsync(request with { Body = body }, $"another byte {i}");
        }

        foreach (var (name, value) in request.Headers.Where(header => header.Key != "Content-Type" && !source.Entry.Unproven.Contains(header.Key)))
        {
            for (var i = 0; i < value.Length; i++) await source.RefusesAsync(request.With(name, $"{value[..i]}{(char)(value[i] ^ 1)}{value[(i + 1)..]}"), $"another character {i} of {name}");
        }
    }

    [Theory, MemberData(nameof(Signed))]
    public async Task What_openssl_signed_is_refused_by_a_source_with_another_key(string provider)
    {
        openSsl.SkipWhereMissing();
        var (_, request) = Of(provider);
        var settings = OpenSslRecipes.All[provider](openSsl).Settings;
        var own = CatalogueTable.Of(provider);
        (string, string?)[] others = [.. settings.Select(setting => setting switch
        {
            ("PublicKeys:0", _) => (setting.Setting, provider is "discord_interactions" or "standard-webhooks" ? TestKeys.Ed25519(provider, 1).Checks : TestKeys.Rsa(provider, 1).Checks),
            ("Secrets:0", not null) => (setting.Setting, own.Keys!(provider, 1).Checks),
            _ => setting,
        })];
        Assert.Equal(SignatureResult.Mismatch, (await CatalogueSource.Of(provider, 0, others).CheckAsync(request)).Result);
    }

    private (CatalogueSource Source, CatalogueRequest Request) Of(string provider)
    {
        var recipe = OpenSslRecipes.All[provider](openSsl);
        List<KeyValuePair<string, string>> headers = [.. recipe.Proof.Select(header => KeyValuePair.Create(header.Name, header.Value)), new("Content-Type", recipe.ContentType)];
        return (CatalogueSource.Of(provider, 0, recipe.Settings), new("POST", "/api/webhooks/it", headers, Encoding.UTF8.GetBytes(recipe.Body)));
    }
}
