namespace Sluice.Core.Tests.Configuration;

public sealed class ReconcileErrorTests
{
    private const string Entry = "Sluice:Sources:it:Reconcile";

    [Theory]
    [InlineData("stripe", "{}", null)]
    [InlineData("stripe", "{ \"Token\": \"sk\" }", null)]
    [InlineData("stripe", "{ \"Every\": \"00:15:00\" }", "Token is missing; write what the sender's API is asked with, such as env:NAME")]
    [InlineData("stripe", "{ \"Token\": \"env:NOT_THERE\" }", "Token names the environment variable NOT_THERE, which is not set or empty; set it")]
    [InlineData("stripe", "{ \"Token\": \"  \" }", "Token is empty; write what the sender's API is asked with, such as env:NAME")]
    [InlineData("stripe", "{ \"Token\": \"@Microsoft.KeyVault(SecretUri=https://x)\" }", "Token is a Key Vault reference that did not resolve; store the secret in the vault, and let this app's identity read it and stand in keyVaultReferenceIdentity")]
    [InlineData("stripe", "{ \"Token\": \"sk\", \"Evry\": \"00:15:00\" }", "Evry is no setting; did you mean Every?")]
    [InlineData("stripe", "{ \"Token\": \"sk\", \"Every\": \"00:00:10\" }", "Every is '00:00:10'; write a time from 00:01:00 to 7.00:00:00, such as 00:00:30 or 1.00:00:00 (days.hours:minutes:seconds)")]
    [InlineData("stripe", "{ \"Token\": \"sk\", \"Lookback\": \"1.00:00:00\" , \"Types\": [\"invoice.*\"] }", null)]
    [InlineData("stripe", "{ \"Token\": \"sk\", \"Types\": [] }", "Types is empty; name what is allowed, or remove it to allow all")]
    [InlineData("stripe", "{ \"Token\": \"sk\", \"Hook\": \"we_1\" }", "Hook is set, and Stripe's list is the account's; remove it, and name the endpoint's types with Types")]
    [InlineData("stripe", "{ \"Token\": \"sk\", \"ApiUrl\": \"http://api.example\" }", "ApiUrl is no https address without user name and query; write where the API is, such as https://github.example.com/api/v3")]
    [InlineData("stripe", "{ \"Token\": \"sk\", \"ApiUrl\": \"https://a:b@api.example\" }", "ApiUrl is no https address without user name and query; write where the API is, such as https://github.example.com/api/v3")]
    [InlineData("stripe", "{ \"Token\": \"sk\", \"ApiUrl\": \"file:///etc\" }", "ApiUrl is no https address without user name and query; write where the API is, such as https://github.example.com/api/v3")]
    [InlineData("stripe", "{ \"Token\": \"sk\", \"ApiUrl\": \"http://127.0.0.1:99\" }", null)]
    [InlineData("github", "{ \"Token\": \"t\" }", "Hook is missing; write repos/OWNER/REPO/hooks/ID or orgs/ORG/hooks/ID, the ID being the last part of the webhook's page, or app for a GitHub App's own")]
    [InlineData("github", "{ \"Token\": \"t\", \"Hook\": \"octocat/hello/hooks/1\" }", "Hook is no webhook of GitHub's; write repos/OWNER/REPO/hooks/ID or orgs/ORG/hooks/ID, the ID being the last part of the webhook's page, or app for a GitHub App's own")]
    [InlineData("github", "{ \"Token\": \"t\", \"Hook\": \"repos/o/../../x/hooks/1\" }", "Hook is no webhook of GitHub's; write repos/OWNER/REPO/hooks/ID or orgs/ORG/hooks/ID, the ID being the last part of the webhook's page, or app for a GitHub App's own")]
    [InlineData("github", "{ \"Token\": \"t\", \"Hook\": \"orgs/octo/hooks/1\" }", null)]
    [InlineData("github", "{ \"Token\": \"t\", \"Hook\": \"orgs/octo/hooks/1\", \"ClientId\": \"Iv1\" }", "ClientId is set, and only a GitHub App (Hook app) has one; remove it")]
    [InlineData("github", "{ \"Token\": \"t\", \"Hook\": \"app\", \"ClientId\": \"Iv1\" }", "Token is no private key; write the PEM file that the App's page gave you, such as file:app.private-key.pem")]
    [InlineData("gitlab", "{ \"Token\": \"t\", \"Hook\": \"projects/group%2Fproject/hooks/1\" }", null)]
    [InlineData("gitlab", "{ \"Token\": \"t\", \"Hook\": \"projects/group/project/hooks/1\" }", "Hook is no webhook of GitLab's; write projects/ID/hooks/ID or groups/ID/hooks/ID, a path in place of the first ID having %2F for each slash")]
    [InlineData("shopify", "{ \"Token\": \"t\" }", " is set, and provider shopify has no log that can be asked; those that have one are github, gitlab, paypal, square, stripe; remove it")]
    public void A_wrong_setting_is_named_with_its_fix(string provider, string section, string? error)
    {
        var text = SettingsText.OfSource($$""" "Provider": "{{provider}}", "Secrets": ["x"], "Reconcile": {{section}} """);
        if (error is null) _ = text.Reads();
        else text.Fails($"{Entry}{(error[0] == ' ' ? "" : ":")}{error}");
    }

    [Fact]
    public void PayPal_needs_a_client_id_and_Square_the_types()
    {
        SettingsText.OfSource(""" "Provider": "paypal", "WebhookId": "8PT597110X687430L", "Reconcile": { "Token": "t" } """).Fails($"{Entry}:ClientId is missing; write the client id of the REST app that has the webhook, and its secret as Token");
        SettingsText.OfSource(""" "Provider": "square", "Secrets": ["x"], "PublicUrl": "https://hooks.example.com/x", "Reconcile": { "Token": "t" } """).Fails($"{Entry}:Types is missing; Square lists every event of the application, so write the types of the webhook subscription, such as [\"payment.*\"]");
    }

    [Fact]
    public void A_token_is_resolved_like_a_secret_and_never_shown()
    {
        var settings = (SettingsText.OfSource(""" "Provider": "stripe", "Secrets": ["x"], "Reconcile": { "Token": "env:STRIPE_KEY", "Every": "00:15:00", "Lookback": "1.00:00:00" } """) with { Environment = new() { ["STRIPE_KEY"] = "sk_live_1" } }).Settings().Sources[0].Reconcile!;
        Assert.Equal(("sk_live_1", TimeSpan.FromMinutes(15), TimeSpan.FromDays(1)), (settings.Token, settings.Every!.Value, settings.Lookback));
        Assert.DoesNotContain("sk_live", settings.ToString(), StringComparison.Ordinal);
    }
}
