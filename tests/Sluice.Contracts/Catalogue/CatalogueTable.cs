using System.Text.Json;
using Sluice.Providers;

namespace Sluice.Contracts.Catalogue;

/// <summary>Every provider in one line. A provider of the catalogue without one fails; a line without a provider waits for it.</summary>
public static class CatalogueTable
{
    private static readonly Dictionary<string, CatalogueEntry> Lines = new()
    {
        // HMAC.
        ["adyen"] = new() { Keys = TestKeys.Hex, Covered = Adyen },
        ["asana"] = new() { HasId = false },
        ["bitbucket"] = new(),
        ["circleci"] = new(),
        ["dropbox"] = new(),
        ["github"] = new(),
        ["hmac"] = new()
        {
            HasEitherCase = true,
            Settings = [("SignatureHeader", "X-Signature"), ("SignaturePrefix", "sha256="), ("TimestampHeader", "X-Timestamp"), ("SignedContent", "{id}.{timestamp}.{body}"), ("IdHeader", "X-Id")],
        },
        ["hubspot"] = new(),
        ["intercom"] = new(),
        ["linear"] = new(),
        ["meta"] = new() { Settings = [("VerifyToken", "a token of the test")] },
        ["paddle"] = new(),
        ["shopify"] = new(),
        ["slack"] = new(),
        ["square"] = new(),
        ["standard-webhooks"] = new() { Keys = TestKeys.Whsec },
        ["stripe"] = new(),
        ["twitch"] = new(),
        ["typeform"] = new(),
        ["zendesk"] = new(),
        ["zoom"] = new() { HasId = false },

        // Forms that are signed by their fields.
        ["braintree"] = new() { Keys = TestKeys.Pair, HasId = false, Covered = CatalogueEntry.Form },
        ["mandrill"] = new() { Covered = CatalogueEntry.Form },
        ["twilio"] = new() { Covered = CatalogueEntry.Form },

        // Private keys.
        ["discord"] = new() { Keys = TestKeys.Ed25519, KeySetting = "PublicKeys:0", HasId = false },
        ["discord_interactions"] = new() { Keys = TestKeys.Ed25519, KeySetting = "PublicKeys:0" },
        ["sendgrid"] = new() { Keys = TestKeys.Ecdsa, KeySetting = "PublicKeys:0" },
        ["travisci"] = new() { Keys = TestKeys.Rsa, KeySetting = "PublicKeys:0", FetchesKeys = true, Covered = CatalogueEntry.Form },
        ["paypal"] = new() { Keys = TestKeys.Rsa, KeySetting = "PublicKeys:0", FetchesKeys = true, Unproven = ["paypal-cert-url"], Settings = [("WebhookId", "1JE4291016473214C")] },
        ["jwt"] = new() { HasExpiry = true, Keys = TestKeys.Rsa, KeySetting = "PublicKeys:0", Covered = CatalogueEntry.Nothing, Settings = [("Issuer", "https://issuer.example"), ("Audience", "https://hooks.example.com")] },
        ["dialogflow"] = new() { Keys = TestKeys.Password, Covered = CatalogueEntry.Nothing },

        // The secret itself is sent: in a header, the URL or the body.
        ["basic"] = new() { Keys = TestKeys.Password, Covered = CatalogueEntry.Nothing, HasId = false },
        ["cloudevents"] = new() { Covered = CatalogueEntry.Nothing },
        ["dockerhub"] = new() { Covered = CatalogueEntry.Nothing },
        ["eventgrid"] = new() { Covered = CatalogueEntry.Nothing },
        ["gitlab"] = new() { Covered = CatalogueEntry.Nothing },
        ["mailchimp"] = new() { Covered = CatalogueEntry.Nothing },
        ["msgraph"] = new() { Covered = ClientStates },
        ["none"] = new() { Covered = CatalogueEntry.Nothing, HasId = false },
        ["okta"] = new() { Covered = CatalogueEntry.Nothing },
        ["strava"] = new() { HasId = false, Covered = CatalogueEntry.Nothing, Settings = [("VerifyToken", "a token of the test")] },
        ["telegram"] = new() { Covered = CatalogueEntry.Nothing },
        ["token"] = new() { Covered = CatalogueEntry.Nothing, HasId = false },
    };

    /// <summary>The providers of the catalogue that have a line and are played from it.</summary>
    public static IEnumerable<string> Names => ProviderCatalog.Default.Names.Where(name => Lines.TryGetValue(name, out var entry) && entry.OnItsOwn is null);

    /// <summary>The providers that nobody has written a line for.</summary>
    public static IEnumerable<string> Missing => ProviderCatalog.Default.Names.Where(name => !Lines.ContainsKey(name));

    public static CatalogueEntry Of(string provider) => Lines[provider];

    // The eight fields that Adyen signs, and its signature.
    private static string Adyen(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return string.Join('\n', json.RootElement.GetProperty("notificationItems").EnumerateArray().Select(item => item.GetProperty("NotificationRequestItem")).Select(item => string.Join(
                '\0', new[] { "pspReference", "originalReference", "merchantAccountCode", "merchantReference", "eventCode", "success" }.Select(name => Text(item, name))
                    .Append(Text(item, "amount", "value")).Append(Text(item, "amount", "currency")).Append(Text(item, "additionalData", "hmacSignature")))));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return $"unreadable: {e.Message}";
        }
    }

    // What Microsoft Graph shows in each notification.
    private static string ClientStates(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return string.Join('\n', json.RootElement.GetProperty("value").EnumerateArray().Select(item => Text(item, "clientState")));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return $"unreadable: {e.Message}";
        }
    }

    private static string Text(JsonElement item, params string[] path)
    {
        foreach (var name in path)
        {
            if (!item.TryGetProperty(name, out item)) return "";
        }

        return item.ToString();
    }
}
