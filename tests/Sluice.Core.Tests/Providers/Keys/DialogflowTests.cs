using System.Security.Cryptography;
using System.Text;
using Sluice.Providers;
using static Sluice.Providers.SignatureResult;

namespace Sluice.Core.Tests.Providers.Keys;

public sealed class DialogflowTests
{
    private const string Account = "service-1@gcp-sa-dialogflow.iam.gserviceaccount.com";

    private static readonly RSA Key = RSA.Create(2048);

    [Fact]
    public void A_user_with_the_password_is_accepted_and_no_other()
    {
        var source = KeyedSource.Of("dialogflow", ("Secrets:0", "user:pässword"), ("Secrets:1", "other:one"));
        var shown = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes("user:pässword"));
        Assert.Equal(new SignatureCheck(Valid, 0), source.Check(source.Sign("user:pässword", "{}")));
        Assert.Equal(shown, source.Sign("user:pässword", "{}")["Authorization"]);
        Assert.Equal(new SignatureCheck(Valid, 1), source.Check(source.Sign("other:one", "{}")));
        // The scheme's name is the same in either case.
        foreach (var changed in source.Sign("user:pässword", "{}").WithEachCharacterChanged("Authorization").Where(changed => !changed["Authorization"].StartsWith("Basic ", StringComparison.OrdinalIgnoreCase) || changed["Authorization"][6..] != shown[6..]))
            source.Refuses(changed, changed["Authorization"]);
        source.Refuses(source.Sign("user:pässword", "{}").Plus("Authorization", shown), AmbiguousHeader);
        source.Refuses(source.Sign("user:pässword", "{}").Without("Authorization"), MissingSignature);
        Assert.Equal("Sluice:Sources:it:Secrets:0 has no user name; write user:password", KeyedSource.Fault("dialogflow", ("Secrets:0", "password")));
    }

    [Fact]
    public void A_header_of_the_agents_own_counts_alone()
    {
        var source = KeyedSource.Of("dialogflow", ("TokenHeader", "X-Agent"), ("Secrets:0", "token"));
        source.Accepts(source.Sign("token", "{}"));
        source.Refuses(source.Sign("tokem", "{}"), Mismatch);
        source.Refuses(source.Sign("token", "{}").Without("X-Agent").With("Authorization", "token"), MissingSignature);
    }

    [Fact]
    public void A_google_token_counts_for_that_account_only()
    {
        var (mine, yours) = (Google(Account), Google("me@evil.example"));
        mine.Accepts(mine.Sign(Key.ExportPkcs8PrivateKeyPem(), "{}"));
        mine.Refuses(yours.Sign(Key.ExportPkcs8PrivateKeyPem(), "{}"), WrongClaims);
        mine.Refuses(mine.Sign(Key.ExportPkcs8PrivateKeyPem(), "{}"), TokenExpired, KeyedSource.Now.AddMinutes(7));
        Assert.StartsWith("Sluice:Sources:it:Audience is missing", KeyedSource.Fault("dialogflow", ("ServiceAccount", Account)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Googles_keys_are_asked_for_at_googles_address()
    {
        using var published = new PublishedKeys();
        var source = KeyedSource.Of(new DialogflowProvider(published.Client()), ("ServiceAccount", Account), ("PublicUrl", "https://hooks.example.com/x"));
        await source.Source.Verifier!.FetchAsync(source.Sign(Key.ExportPkcs8PrivateKeyPem(), "{}").Envelope, TestContext.Current.CancellationToken);
        Assert.Equal(["https://www.googleapis.com/oauth2/v3/certs"], published.Asked);
    }

    [Theory]
    [InlineData("""{"responseId":"r1","queryResult":{"action":"book"}}""", "r1", "book")]
    [InlineData("""{"detectIntentResponseId":"r2","fulfillmentInfo":{"tag":"pay"}}""", "r2", "pay")]
    [InlineData("{", null, null)]
    public void Id_and_type_are_read_where_es_and_cx_put_them(string body, string? id, string? type)
    {
        var source = KeyedSource.Of("dialogflow", ("Secrets:0", "a:b"));
        Assert.Equal(new EventDescription(id, type), source.Provider.Describe(source.Sign("a:b", body).Envelope, source.Source.Settings));
    }

    private static KeyedSource Google(string account) => KeyedSource.Of("dialogflow", ("ServiceAccount", account), ("Audience", "https://hooks.example.com/x"), ("PublicKeys:0", Key.ExportSubjectPublicKeyInfoPem()));
}
