using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Sluice.Hosts.Tests.Processes;

/// <summary><c>sluice send</c> to a receiver that is no Sluice of this data folder: what it is shown, and what is said of its answers.</summary>
public sealed class SendElsewhereTests : IDisposable
{
    private const string Token = "the-token-of-production";
    private const string NextToken = "the-next-token-of-production";
    private const string OldToken = "the-old-token-of-production";
    private const string VerifyToken = "the-verify-token-of-production";

    private readonly WorkFolder folder = new();

    public SendElsewhereTests() => File.WriteAllText(folder.Config, $$"""
        { "Sluice": { "Sources": {
            "gl": { "Provider": "gitlab", "Secrets": ["{{Token}}", "{{NextToken}}", { "Value": "{{OldToken}}", "NotAfter": "2020-01-01T00:00:00Z" }] },
            "stripe": { "Provider": "stripe", "Secrets": ["{{WorkFolder.Secret}}", "{{NextToken}}", { "Value": "{{OldToken}}", "NotAfter": "2020-01-01T00:00:00Z" }] },
            "wa": { "Provider": "meta", "Secrets": ["{{Token}}"], "VerifyToken": "{{VerifyToken}}" } } } }
        """);

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_configured_secret_that_its_sender_shows_is_not_shown_elsewhere()
    {
        await using var stranger = await Stranger.StartAsync();
        foreach (var more in new string[][] { [], ["--misbehave", "--scale", "0"] })
        {
            var said = await folder.RunAsync(["send", "gitlab", "--url", stranger.Url, .. more]);
            Assert.Equal(1, said.ExitCode);
            Assert.Contains("gitlab shows its secret, or a token made with it, to whom it calls, and the configured one of gl is not for 127.0.0.1:", Assert.Single(said.ErrorLines), StringComparison.Ordinal);
            Assert.EndsWith("name one with --secret", said.ErrorLines[0], StringComparison.Ordinal);
        }

        Assert.Empty(stranger.Requests);
    }

    [Fact]
    public async Task Beside_a_named_secret_none_of_the_configuration_is_used()
    {
        await using var stranger = await Stranger.StartAsync();
        var said = JsonNode.Parse((await folder.RunAsync("send", "gitlab", "--misbehave", "--scale", "0", "--url", stranger.Url, "--secret", "a-token-for-testing", "--json")).Answer)!;
        Assert.Equal("left out", Verdict(said, "rotation"));
        Assert.Contains(stranger.Requests, request => request.Contains("a-token-for-testing", StringComparison.Ordinal));
        Assert.All(stranger.Requests, request => Assert.DoesNotContain("of-production", request, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_secrets_that_are_named_for_the_rotation_are_used_and_no_others()
    {
        await using var stranger = await Stranger.StartAsync();
        var said = JsonNode.Parse((await folder.RunAsync("send", "gitlab", "--misbehave", "--scale", "0", "--only", "rotation", "--url", stranger.Url, "--secret", "a-token", "--next-secret", "a-next-token", "--retired-secret", "an-old-token", "--json")).Answer)!;
        Assert.Equal("bad", Verdict(said, "rotation"));
        Assert.Equal(["a-token", "a-next-token", "an-old-token"], stranger.Requests.Select(request => request.Split('\n').Single(line => line.StartsWith("X-Gitlab-Token: ", StringComparison.Ordinal))["X-Gitlab-Token: ".Length..]));
    }

    [Fact]
    public async Task A_sender_that_signs_signs_with_the_source_s_first_secret_and_with_no_other()
    {
        await using var stranger = await Stranger.StartAsync();
        var said = JsonNode.Parse((await folder.RunAsync("send", "stripe", "--misbehave", "--scale", "0", "--url", stranger.Url, "--json")).Answer)!;
        Assert.Equal("left out", Verdict(said, "rotation"));
        Assert.Contains(stranger.Requests, request => IsSignedWith(WorkFolder.Secret, request));
        Assert.DoesNotContain(stranger.Requests, request => IsSignedWith(NextToken, request) || IsSignedWith(OldToken, request));
    }

    [Fact]
    public async Task A_configured_verify_token_is_not_shown_elsewhere_and_one_that_is_named_is()
    {
        await using var stranger = await Stranger.StartAsync("1158201444");
        var refused = await folder.RunAsync("send", "meta", "--handshake", "--url", stranger.Url);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("the configured one of wa is not for 127.0.0.1:", Assert.Single(refused.ErrorLines), StringComparison.Ordinal);
        Assert.Empty(stranger.Requests);

        var asked = (await folder.RunAsync("send", "meta", "--handshake", "--url", stranger.Url, "--verify-token", "a-token-for-testing")).Success;
        Assert.Contains("1158201444", asked, StringComparison.Ordinal);
        Assert.Contains("hub.verify_token=a-token-for-testing", Assert.Single(stranger.Requests), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("slack", 0, "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P")]
    [InlineData("slack", 0, """{ "challenge": "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P" }""")]
    [InlineData("slack", 0, "challenge=3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P")]
    [InlineData("slack", 1, """{ "challenge": "another" }""")]
    [InlineData("dropbox", 0, "VnuOt4CaTRmHDk-mbFcj_VEIHrKJOWIzMBXqTSj3tB")]
    [InlineData("dropbox", 1, "VnuOt4CaTRmHDk-mbFcj_VEIHrKJOWIzMBXqTSj3tB\n")]
    [InlineData("eventgrid", 0, """{ "validationResponse": "512d38b6-c7b8-40c8-89fe-f46f9e9622b6", "more": 1 }""")]
    [InlineData("eventgrid", 1, """{ "validationResponse": "512d38b6" }""")]
    [InlineData("eventgrid", 1, """["512d38b6-c7b8-40c8-89fe-f46f9e9622b6"]""")]
    [InlineData("intercom", 0, "")]
    [InlineData("asana", 1, "")]
    public async Task An_answer_is_right_when_it_is_what_the_sender_looks_for(string provider, int exitCode, string body)
    {
        await using var stranger = await Stranger.StartAsync(body);
        var said = await folder.RunAsync("send", provider, "--handshake", "--url", stranger.Url, "--secret", "a-secret-for-testing");
        Assert.True(said.ExitCode == exitCode, said.Error + said.Answer);
        Assert.Equal(exitCode == 1, said.Answer.Contains("answered, but not what ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(204, 0)]
    [InlineData(200, 1)]
    public async Task A_status_that_has_to_be_is_looked_at(int status, int exitCode)
    {
        await using var stranger = await Stranger.StartAsync("", status);
        var said = await folder.RunAsync("send", "discord", "--handshake", "--url", stranger.Url, "--secret", new string('1', 64));
        Assert.True(said.ExitCode == exitCode, said.Error + said.Answer);
        if (exitCode == 1) Assert.Contains("not what Discord webhook events expects: its status is 200, not 204", said.Answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("*", 0)]
    [InlineData("eventemitter.example.com", 0)]
    [InlineData("elsewhere.example.com", 1)]
    public async Task A_header_that_has_to_come_back_is_looked_at(string origin, int exitCode)
    {
        await using var stranger = await Stranger.StartAsync("", 200, null, ("WebHook-Allowed-Origin", origin));
        var said = await folder.RunAsync("send", "cloudevents", "--handshake", "--url", stranger.Url, "--secret", "a-secret-for-testing");
        Assert.True(said.ExitCode == exitCode, said.Error + said.Answer);
    }

    [Theory]
    [InlineData("a-secret-for-testing", 0)]
    [InlineData("another-secret", 1)]
    public async Task Zooms_answer_has_to_be_made_with_the_secret_and_the_right_one_is_never_shown(string secret, int exitCode)
    {
        var made = Made(secret);
        await using var stranger = await Stranger.StartAsync($$"""{"plainToken":"qgg8vlvZRS6UYooatFL8Aw","encryptedToken":"{{made}}"}""");
        var said = await folder.RunAsync("send", "zoom", "--handshake", "--url", stranger.Url, "--secret", "a-secret-for-testing", "--json");
        var answer = JsonNode.Parse(said.Answer)!;
        Assert.Equal((exitCode, exitCode == 0 ? "right" : "wrong"), (said.ExitCode, answer["verdict"]!.GetValue<string>()));
        if (exitCode == 1) Assert.DoesNotContain(Made("a-secret-for-testing"), said.Answer, StringComparison.Ordinal);

        static string Made(string key) => Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), "qgg8vlvZRS6UYooatFL8Aw"u8));
    }

    [Theory]
    [InlineData("", @"^200 \(\d+(\.\d)? ms\)$")]
    [InlineData("ok", @"^200 ok \(")]
    [InlineData("{\"received\":true}", @"^200 \{""received"":true\} \(")]
    [InlineData("<html>\n  <head>\n\t<title>Hello</title>", @"^200 <html> <head> <title>Hello</title> \(")]
    public async Task The_start_of_a_stranger_s_answer_is_shown(string body, string line)
    {
        await using var stranger = await Stranger.StartAsync(body);
        var said = (await folder.RunAsync("send", "stripe", "--url", stranger.Url)).Success.Trim();
        Assert.Matches(line, said);
        Assert.DoesNotContain("  ", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_long_answer_is_cut_and_one_that_shows_the_secret_again_is_covered()
    {
        await using var stranger = await Stranger.StartAsync((context, request) => context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(request[request.IndexOf("X-Gitlab-Token", StringComparison.Ordinal)..] + new string('x', 5000))).AsTask());
        foreach (var more in new string[][] { [], ["--json"], ["--count", "3"] })
        {
            var said = (await folder.RunAsync(["send", "gitlab", "--url", stranger.Url, "--secret", "a-token-for-testing", .. more])).Success;
            Assert.DoesNotContain("a-token-for-testing", said, StringComparison.Ordinal);
            Assert.Contains("X-Gitlab-Token: ****", said, StringComparison.Ordinal);
            Assert.InRange(said.Length, 1, 1500);
        }
    }

    [Fact]
    public async Task A_password_is_covered_as_it_is_written_in_its_header_too()
    {
        await using var stranger = await Stranger.StartAsync((context, request) => context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(request[request.IndexOf("Authorization", StringComparison.Ordinal)..])).AsTask());
        var said = (await folder.RunAsync("send", "basic", "--url", stranger.Url, "--secret", "user:a-password-for-testing")).Success;
        Assert.Contains("Authorization: Basic ****", said, StringComparison.Ordinal);
        Assert.DoesNotContain("dXNlcjph", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_configuration_that_cannot_be_read_stops_nobody_who_needs_nothing_of_it()
    {
        await using var stranger = await Stranger.StartAsync();
        File.WriteAllText(folder.Config, "{ \"Sluice\": ");
        var sent = await folder.RunAsync("send", "stripe", "--url", stranger.Url, "--secret", "whsec_other");
        Assert.Equal(0, sent.ExitCode);
        Assert.EndsWith("going on without it", Assert.Single(sent.ErrorLines), StringComparison.Ordinal);
        Assert.True(IsSignedWith("whsec_other", Assert.Single(stranger.Requests)));

        var needed = await folder.RunAsync("send", "stripe", "--url", stranger.Url);
        Assert.Equal(1, needed.ExitCode);
        Assert.Contains("is not valid JSON", Assert.Single(needed.ErrorLines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gl is a source: send gitlab --source gl", "gl")]
    [InlineData("'nobody' is no provider; name one of ", "nobody")]
    [InlineData("127.0.0.1:1 cannot be reached: Connection refused (127.0.0.1:1); start what listens there, or name another address with --url", "stripe", "--url", "http://127.0.0.1:1/hooks")]
    [InlineData("--type means nothing beside --body: the type of stripe's events stands in their body", "stripe", "--url", "http://127.0.0.1:1/hooks", "--type", "a.b", "--body", "any")]
    [InlineData("--count means nothing beside --handshake", "slack", "--handshake", "--count", "2")]
    [InlineData("--type means nothing beside --handshake", "slack", "--handshake", "--type", "a")]
    [InlineData("--body means nothing beside --handshake", "slack", "--handshake", "--body", "any")]
    [InlineData("--verify-token is about --handshake", "slack", "--verify-token", "any")]
    [InlineData("--verify-token means nothing to slack", "slack", "--handshake", "--url", "http://127.0.0.1:1/hooks", "--secret", "s", "--verify-token", "any")]
    public async Task What_makes_no_sense_is_one_line_that_says_what_to_write(string line, params string[] arguments)
    {
        var said = await folder.RunAsync(["send", .. arguments]);
        Assert.Equal(1, said.ExitCode);
        Assert.Contains(line, Assert.Single(said.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_type_that_stands_in_a_header_may_be_named_beside_a_body()
    {
        await using var stranger = await Stranger.StartAsync();
        Assert.Contains("200 ok", (await folder.RunAsync("send", "github", "--url", stranger.Url, "--secret", "s", "--type", "workflow_job", "--body", folder.Write("body.json", "{}"))).Success, StringComparison.Ordinal);
        Assert.Contains("X-GitHub-Event: workflow_job", Assert.Single(stranger.Requests), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_sluice_that_was_killed_is_not_there_any_more_and_the_line_says_so()
    {
        Directory.CreateDirectory(folder.Data);
        File.WriteAllText(Path.Combine(folder.Data, "host.json"), """{"url":"http://127.0.0.1:1","token":"any","processId":1}""");
        foreach (var more in new string[][] { [], ["--misbehave", "--scale", "0"] })
        {
            var said = await folder.RunAsync(["send", "stripe", .. more]);
            Assert.Equal(1, said.ExitCode);
            Assert.Matches("^sluice: 127.0.0.1:1 cannot be reached: .*has ended without a farewell: start sluice up, or name an address with --url$", Assert.Single(said.ErrorLines));
        }
    }

    private static string Verdict(JsonNode report, string scenario) => report["scenarios"]!.AsArray().Single(item => item!["name"]!.GetValue<string>() == scenario)!["verdict"]!.GetValue<string>();

    private static bool IsSignedWith(string secret, string request)
    {
        var (head, body) = (request[..request.IndexOf("\n\n", StringComparison.Ordinal)], request[(request.IndexOf("\n\n", StringComparison.Ordinal) + 2)..]);
        var pairs = (head.Split('\n').FirstOrDefault(line => line.StartsWith("Stripe-Signature: ", StringComparison.Ordinal)) ?? "").Replace("Stripe-Signature: ", "", StringComparison.Ordinal).Split(',').Select(pair => pair.Split('=')).Where(pair => pair.Length == 2).ToLookup(pair => pair[0], pair => pair[1]);
        var made = Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes($"{pairs["t"].FirstOrDefault()}.{body}")));
        return pairs["v1"].Contains(made);
    }
}
