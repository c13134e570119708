using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Sluice.Contracts.Catalogue;
using Sluice.Hosts.Tests.Fixtures;

namespace Sluice.Hosts.Tests.Ingest;

/// <summary>
/// The questions of every sender that asks one, over HTTP, while nothing can be written: the answer is what the sender's page says, comes without the
/// book, and only to whoever proves what there is to prove.
/// </summary>
public sealed class QuestionTests
{
    private const string Token = "a token of the test";

    public static TheoryData<string> Asking => [.. CatalogueTable.Names.Where(name => Question(name) is not null)];

    /// <summary>Those that prove who asks: by a signature, or by a verify token.</summary>
    public static TheoryData<string> Proving => ["discord", "discord_interactions", "eventgrid", "meta", "slack", "strava", "twitch", "zoom"];

    [Theory, MemberData(nameof(Asking))]
    public async Task Its_question_gets_the_answer_it_looks_for_and_the_book_is_not_needed(string name)
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceOf(name));
        using (new LockedBook(sluice))
        {
            for (var day = 0; day <= 6; day += 3)
            {
                Is(Expected(name), await AskAsync(sluice, name));
                // Zoom asks every 72 hours: the answer hangs on nothing that has been.
                sluice.Time.Advance(TimeSpan.FromHours(72));
            }
        }

        Assert.Equal(0, (await sluice.StatsAsync()).Events);
    }

    [Theory, MemberData(nameof(Proving))]
    public async Task Whoever_asks_with_another_key_or_token_is_refused_and_gets_nothing_back(string name)
    {
        var isToken = Question(name)!.Method == "GET";
        await using var sluice = await RunningSluice.StartAsync(SluiceOf(name, isToken ? "another token" : Token));
        var answer = await AskAsync(sluice, name, key: isToken ? 0 : 1);
        Assert.Contains(answer.Status, new[] { 401, 403, 405 });
        Assert.DoesNotContain(Challenges(Question(name)!), challenge => answer.Text.Contains(challenge, StringComparison.Ordinal));
        Assert.Equal(0, (await sluice.StatsAsync()).Events);
    }

    [Fact]
    public void Those_that_prove_nothing_when_they_ask_are_known() => Assert.Equal(
        ["asana", "braintree", "cloudevents", "dropbox", "intercom", "mailchimp", "mandrill", "msgraph", "okta"],
        CatalogueTable.Names.Where(name => Question(name) is not null).Except(Proving.Select(row => row.Data)).Order());

    /// <summary>What each sender's own page says that it looks for: status, type, body, and a header.</summary>
    private static (int Status, string? ContentType, string Body, (string Name, string Value)? Header) Expected(string name) => name switch
    {
        "asana" => (200, "text/plain", "", ("X-Hook-Secret", Keys("asana").Signs)),
        "braintree" => (200, "text/plain", Braintree("20f9f8ed05f77439fe955c977e4c8a53"), null),
        "cloudevents" => (200, "text/plain", "", ("WebHook-Allowed-Origin", "eventemitter.example.com")),
        // No body, and a type all the same.
        "discord" => (204, "text/plain", "", null),
        "discord_interactions" => (200, "application/json", """{"type":1}""", null),
        "dropbox" => (200, "text/plain", "VnuOt4CaTRmHDk-mbFcj_VEIHrKJOWIzMBXqTSj3tB", ("X-Content-Type-Options", "nosniff")),
        "eventgrid" => (200, "application/json", """{"validationResponse":"512d38b6-c7b8-40c8-89fe-f46f9e9622b6"}""", null),
        "intercom" or "mandrill" or "mailchimp" => (200, "text/plain", "", null),
        "meta" => (200, "text/plain", "1158201444", null),
        "msgraph" => (200, "text/plain", "Validation: Testing client application reachability for subscription Request-Id: 53b2a2c4-04b6-4b3c-9b8e-0f2b8a6d9b6f", null),
        "okta" => (200, "application/json", """{"verification":"Ub5xZKYbGBCjGkTzLQkmwS9DWoK8zoQdFV8dMZyJ"}""", null),
        "slack" => (200, "text/plain", "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P", null),
        "strava" => (200, "application/json", """{"hub.challenge":"15f7d1a91c1f40f8a748fd134752feb3"}""", null),
        "twitch" => (200, "text/plain", "pogchamp-kappa-360noscope-vohiyo", null),
        "zoom" => (200, "application/json", $$"""{"plainToken":"qgg8vlvZRS6UYooatFL8Aw","encryptedToken":"{{Hmac(Keys("zoom").Signs, "qgg8vlvZRS6UYooatFL8Aw")}}"}""", null),
        _ => throw new InvalidOperationException($"{name} asks: say here what its page says that it looks for"),
    };

    private static void Is((int Status, string? ContentType, string Body, (string Name, string Value)? Header) expected, Answered answer)
    {
        Assert.Equal((expected.Status, expected.ContentType, expected.Body), (answer.Status, answer.Content.ContentType?.MediaType, answer.Text));
        if (expected.Header is { } header) Assert.Equal(header.Value, Assert.Single(answer.Headers.GetValues(header.Name)));
    }

    private static Task<Answered> AskAsync(RunningSluice sluice, string name, int key = 0)
    {
        var source = CatalogueSource.Of(name);
        var question = Question(name)!;
        var request = question.IsSigned ? source.Source.Scheme.Sign(question, source.Settings, Keys(name, key).Signs, sluice.Now) : question;
        var sent = CatalogueRequest.Of(request);
        var webhook = new Webhook(sent.Target.Replace("/api/webhooks/it", $"/api/webhooks/{Name(name)}", StringComparison.Ordinal), [.. sent.Headers.Where(header => header.Value.Length > 0)], sent.Body);
        var message = webhook.ToRequest(new HttpMethod(sent.Method));
        // What has no body is sent without one.
        if (sent.Method != "POST") message.Content = null;
        return sluice.SendAsync(message);
    }

    private static Sluice.Providers.SentRequest? Question(string name)
    {
        var source = CatalogueSource.Of(name);
        return source.Provider.CreateHandshake(new Uri(CatalogueSource.PublicUrl), source.Settings);
    }

    // What of a question must come back to nobody else.
    private static IEnumerable<string> Challenges(Sluice.Providers.SentRequest question) =>
        ["1158201444", "15f7d1a91c1f40f8a748fd134752feb3", "qgg8vlvZRS6UYooatFL8Aw", "pogchamp", "3eZbrw1aBm2r", "512d38b6", "\"type\"", WebUtility.UrlDecode(question.Url.Query) is { Length: > 0 } query ? query : "?"];

    private static SluiceFile SluiceOf(string name, string token = Token)
    {
        var settings = new JsonObject();
        foreach (var (setting, value) in CatalogueSource.SettingsOf(name))
        {
            if (setting.Split(':') is [var list, _]) settings[list] = new JsonArray(value);
            else settings[setting] = setting == "VerifyToken" ? token : value;
        }

        // A provider without shared secrets has none.
        if (!settings.ContainsKey("Secrets")) settings["Secrets"] = new JsonArray();
        return new SluiceFile().Source(Name(name), name, settings);
    }

    private static string Name(string provider) => provider.Replace('-', '_');

    private static TestKeys Keys(string name, int key = 0) => CatalogueTable.Of(name).Keys!(name, key);

    private static string Hmac(string secret, string text) => Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(text)));

    private static string Braintree(string challenge)
    {
        var (name, secret) = Keys("braintree").Signs.Split('|') is [var first, var second] ? (first, second) : default;
#pragma warning disable CA5350 // The sender's choice.
        return string.Create(CultureInfo.InvariantCulture, $"{name}|{Convert.ToHexStringLower(HMACSHA1.HashData(SHA1.HashData(Encoding.UTF8.GetBytes(secret)), Encoding.UTF8.GetBytes(challenge)))}");
#pragma warning restore CA5350
    }
}
