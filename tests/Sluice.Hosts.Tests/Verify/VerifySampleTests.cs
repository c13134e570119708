using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Contracts.Catalogue;

namespace Sluice.Hosts.Tests.Verify;

/// <summary><c>sluice verify</c> over the repository's own samples and over what becomes of them.</summary>
public sealed class VerifySampleTests : IDisposable
{
    private readonly VerifyFolder folder = new();

    public static TheoryData<string, string, string, string> Samples { get; } = new(JsonDocument.Parse(File.ReadAllBytes(Path.Combine(VerifyFolder.Samples, "samples.json"))).RootElement.EnumerateArray()
        .Select(item => (Text(item, "file"), Text(item, "provider"), Text(item, "secret"), Text(item, "signedAt"))));

    public void Dispose() => folder.Dispose();

    [Theory, MemberData(nameof(Samples))]
    public async Task A_sample_holds_with_its_secret_and_at_its_time(string file, string provider, string secret, string signedAt)
    {
        var said = (await folder.RunAsync("--request", Path.Combine(VerifyFolder.Samples, file), "--provider", provider, "--secret", secret, "--at", signedAt)).Success;
        Assert.StartsWith("The signature holds.", said, StringComparison.Ordinal);
        Assert.Contains("secret 1 of 1", said, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, said, StringComparison.Ordinal);

        var other = await folder.RunAsync("--request", Path.Combine(VerifyFolder.Samples, file), "--provider", provider, "--secret", provider == "standard-webhooks" ? "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=" : "another secret", "--at", signedAt);
        Assert.Equal((1, ""), (other.ExitCode, other.Error));
        Assert.StartsWith("The signature does not hold: Mismatch.", other.Answer, StringComparison.Ordinal);
        Assert.DoesNotContain("another secret", other.Answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_is_one_object()
    {
        var ended = await folder.RunAsync("--request", Path.Combine(VerifyFolder.Samples, "stripe.http"), "--provider", "stripe", "--secret", "whsec_sample_stripe", "--at", "1795348800", "--json");
        var answer = JsonNode.Parse(ended.Success)!;
        Assert.Equal(("stripe", "stripe", true, "Valid", "secret 1 of 1", "00:05:00", "--at"), (Said("source"), Said("provider"), answer["holds"]!.GetValue<bool>(), Said("result"), Said("key"), Said("tolerance"), Said("atFrom")));

        string? Said(string name) => answer[name]?.GetValue<string>();
    }

    [Fact]
    public async Task A_genuine_request_that_is_looked_at_later_says_how_old_it_is_and_how_to_check_it_as_of_then()
    {
        var file = folder.Write("old.http", VerifyFolder.Raw(CatalogueSource.Of("stripe").Send()));
        string[] command = ["--request", file, "--provider", "stripe", "--secret", CatalogueTable.Of("stripe").Keys!("stripe", 0).Signs];
        var ended = await folder.RunAsync(command);
        Assert.Equal(1, ended.ExitCode);
        Assert.Matches(@"^Genuine, but \d{3,5} days old: refused as of now\. To check it as of its arrival pass --at 2023-11-14T22:13:20Z\r?\n", ended.Answer);
        Assert.Contains("signed at  2023-11-14 22:13:20 UTC", ended.Answer, StringComparison.Ordinal);
        Assert.DoesNotContain("cause", ended.Answer, StringComparison.Ordinal);

        Assert.StartsWith("The signature holds.", (await folder.RunAsync([.. command, "--at", "2023-11-14T22:13:20Z"])).Success, StringComparison.Ordinal);
        var early = await folder.RunAsync([.. command, "--at", "2023-11-14T20:00:00Z"]);
        Assert.StartsWith("Genuine, but signed 2 hours ahead: refused as of then.", early.Answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_date_header_says_when_it_arrived()
    {
        var raw = VerifyFolder.Raw(CatalogueSource.Of("stripe").Send().Plus("Date", CatalogueSource.Now.ToString("r", System.Globalization.CultureInfo.InvariantCulture)));
        var said = (await folder.RunAsync("--request", folder.Write("dated.http", raw), "--provider", "stripe", "--secret", CatalogueTable.Of("stripe").Keys!("stripe", 0).Signs)).Success;
        Assert.Contains("2023-11-14 22:13:20 UTC (the Date header)", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Headers_and_body_may_be_in_files_of_their_own()
    {
        byte[] windows = [.. "{\r\n  \"zen\": \"a\"\r\n}\r\n"u8];
        var signed = CatalogueSource.Of("github").Sign(new() { Url = new Uri(CatalogueSource.PublicUrl), Body = windows, ContentType = "application/json" });
        var lines = folder.Write("headers.txt", string.Join('\n', signed.Headers.Select(header => $"{header.Key}: {header.Value}")));
        var json = folder.Write("headers.json", new JsonObject([.. signed.Headers.Select(header => KeyValuePair.Create(header.Key, (JsonNode?)new JsonArray(header.Value)))]).ToJsonString());
        var body = folder.Write("body.json", windows);
        string[] keys = ["--provider", "github", "--secret", CatalogueTable.Of("github").Keys!("github", 0).Signs];
        foreach (var headers in (string[])[lines, json]) Assert.StartsWith("The signature holds.", (await folder.RunAsync(["--headers", headers, "--body", body, .. keys])).Success, StringComparison.Ordinal);

        // The same text with other line ends is another body.
        var unix = folder.Write("unix.json", "{\n  \"zen\": \"a\"\n}\n");
        var ended = await folder.RunAsync(["--headers", lines, "--body", unix, .. keys]);
        Assert.Equal(1, ended.ExitCode);
        Assert.StartsWith("The signature does not hold: Mismatch.", ended.Answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sender_that_signs_its_url_is_asked_for_it_or_believed_with_a_word_about_it()
    {
        var file = folder.Write("square.http", VerifyFolder.Raw(CatalogueSource.Of("square").Send()));
        string[] keys = ["--provider", "square", "--secret", CatalogueTable.Of("square").Keys!("square", 0).Signs];
        var guessed = (await folder.RunAsync(["--request", file, .. keys])).Success;
        Assert.Contains("guessed from the Host header; --url says what the sender has", guessed, StringComparison.Ordinal);
        Assert.DoesNotContain("guessed", (await folder.RunAsync(["--request", file, .. keys, "--url", CatalogueSource.PublicUrl])).Success, StringComparison.Ordinal);
        Assert.Equal(1, (await folder.RunAsync(["--request", file, .. keys, "--url", "http://hooks.example.com/api/webhooks/it"])).ExitCode);

        var hostless = folder.Write("hostless.http", "POST /x HTTP/1.1\nx-square-hmacsha256-signature: a\n\n{}");
        Assert.Contains("give the URL as the sender has it with --url", Assert.Single((await folder.RunAsync(["--request", hostless, .. keys])).ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_only_one_sender_needs_is_given_with_set()
    {
        var file = folder.Write("paypal.http", VerifyFolder.Raw(CatalogueSource.Of("paypal").Send()));
        var key = folder.Write("paypal.pem", CatalogueTable.Of("paypal").Keys!("paypal", 0).Checks);
        string[] command = ["--request", file, "--provider", "paypal", "--public-key", $"file:{key}", "--at", "1700000000"];
        Assert.Contains("public key 1 of 1", (await folder.RunAsync([.. command, "--set", "WebhookId=1JE4291016473214C"])).Success, StringComparison.Ordinal);
        var without = await folder.RunAsync(command);
        Assert.Equal(1, without.ExitCode);
        Assert.StartsWith("sluice: provider paypal: WebhookId ", Assert.Single(without.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_secret_in_the_path_is_found_behind_whatever_path_a_proxy_has()
    {
        var secret = CatalogueTable.Of("dockerhub").Keys!("dockerhub", 0).Signs;
        foreach (var path in (string[])["/api/webhooks/docker", "/hooks/docker", "/in"])
        {
            var file = folder.Write("docker.http", $"POST {path}/{secret}?x=1 HTTP/1.1\n\n{{}}");
            var said = (await folder.RunAsync("--request", file, "--provider", "dockerhub", "--secret", secret)).Success;
            Assert.StartsWith("The signature holds.", said, StringComparison.Ordinal);
            Assert.DoesNotContain(secret, said, StringComparison.Ordinal);
        }

        var other = await folder.RunAsync("--request", folder.Write("other.http", $"POST /hooks/{secret}x HTTP/1.1\n\n{{}}"), "--provider", "dockerhub", "--secret", secret);
        Assert.Equal(1, other.ExitCode);
        Assert.DoesNotContain(secret, other.Answer + other.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_that_cannot_be_fetched_says_nothing_about_the_signature()
    {
        var file = folder.Write("jwt.http", VerifyFolder.Raw(CatalogueSource.Of("jwt").Send()));
        // Nothing listens on the discard port.
        var ended = await folder.RunAsync("--request", file, "--provider", "jwt", "--set", "JwksUrl=https://127.0.0.1:9/keys", "--set", "Issuer=https://issuer.example", "--set", "Audience=https://hooks.example.com", "--at", "1700000000");
        Assert.Equal((1, ""), (ended.ExitCode, ended.Error));
        Assert.StartsWith("Nobody can say: the sender's key could not be fetched", ended.Answer, StringComparison.Ordinal);
    }

    private static string Text(JsonElement item, string name) => item.GetProperty(name).GetString()!;
}
