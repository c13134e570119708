using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Contracts.Catalogue;
using Sluice.Providers;

namespace Sluice.Hosts.Tests.Processes;

/// <summary><c>sluice send PROVIDER</c> for every provider, against one running Sluice that has a source of each.</summary>
public sealed class SendCatalogueTests(SendCatalogueTests.Everyone everyone) : IClassFixture<SendCatalogueTests.Everyone>
{
    public static TheoryData<string> Names => [.. CatalogueTable.Names];

    public static TheoryData<string> Asking => [.. CatalogueTable.Names.Where(IsAsking)];

    [Theory, MemberData(nameof(Names))]
    public async Task Every_sender_can_be_played_and_its_event_is_kept(string name)
    {
        var said = await everyone.SendAsync(name);
        Assert.True(said.ExitCode == 0 && said.Error.Length == 0, $"{said.ExitCode}: {said.Error}{said.Answer}");
        Assert.InRange(JsonNode.Parse(said.Answer)![0]!["statusCode"]!.GetValue<int>(), 200, 299);
    }

    [Theory, MemberData(nameof(Names))]
    public async Task With_another_key_it_is_refused(string name)
    {
        var entry = CatalogueTable.Of(name);
        if (entry.ProvesNothing || entry.Keys is null) return;
        var said = await everyone.SendAsync(name, key: 1);
        Assert.Equal(1, said.ExitCode);
        Assert.Equal(401, JsonNode.Parse(said.Answer)![0]!["statusCode"]!.GetValue<int>());
    }

    [Theory, MemberData(nameof(Names))]
    public async Task A_sender_that_signs_with_a_private_key_asks_for_it(string name)
    {
        if (!Everyone.Scheme(name).ChecksPublicKeys || CatalogueTable.Of(name).KeySetting == "Secrets:0") return;
        var without = await everyone.Folder.RunAsync("send", name, "--source", Everyone.SourceOf(name));
        Assert.Equal(1, without.ExitCode);
        Assert.Contains("signs with a private key", Assert.Single(without.ErrorLines), StringComparison.Ordinal);
        Assert.Contains("--secret", without.Error, StringComparison.Ordinal);

        var wrong = await everyone.Folder.RunAsync("send", name, "--source", Everyone.SourceOf(name), "--secret", "no key at all");
        Assert.Equal(1, wrong.ExitCode);
        var line = Assert.Single(wrong.ErrorLines);
        Assert.Contains("the private key ", line, StringComparison.Ordinal);
        Assert.Contains("PEM", line, StringComparison.Ordinal);
        Assert.DoesNotContain("no key at all", line, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Asking))]
    public async Task The_question_of_a_sender_is_answered(string name)
    {
        var said = await everyone.SendAsync(name, more: ["--handshake"]);
        Assert.True(said.ExitCode == 0, $"{said.Error}{said.Answer}");
        var answer = JsonNode.Parse(said.Answer)!;
        Assert.InRange(answer["statusCode"]!.GetValue<int>(), 200, 299);
        Assert.Equal("right", answer["verdict"]!.GetValue<string>());
        // Answered, and not kept as an event; what an answer has to say is shown where it is asked (QuestionTests).
        Assert.DoesNotContain("\"status\":\"accepted\"", answer["body"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.DoesNotContain(CatalogueTable.Of(name).Keys!(name, 0).Signs, said.Answer, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Asking))]
    public async Task A_receiver_that_says_ok_to_everything_has_not_answered_the_question(string name)
    {
        await using var stranger = await Stranger.StartAsync("ok");
        var said = await everyone.SendAsync(name, more: ["--handshake", "--url", stranger.Url, .. name is "meta" or "strava" ? ["--verify-token", "a-token"] : (string[])[]]);
        Assert.Single(stranger.Requests);
        // These only look whether somebody is there.
        var isEnough = name is "intercom" or "mailchimp" or "mandrill";
        Assert.True(said.ExitCode == (isEnough ? 0 : 1), $"{said.Error}{said.Answer}");
        Assert.Equal(isEnough ? "right" : "wrong", JsonNode.Parse(said.Answer)!["verdict"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("twilio", 200)]
    [InlineData("adyen", 200)]
    [InlineData("cloudevents", 202)]
    [InlineData("discord", 204)]
    public async Task An_answer_in_the_sender_s_own_form_is_called_so(string name, int status)
    {
        var file = everyone.Folder.Write($"{name}.own.key", CatalogueTable.Of(name).Keys!(name, 0).Signs);
        var said = (await everyone.Folder.RunAsync("send", name, "--source", Everyone.SourceOf(name), "--secret", $"file:{file}")).Success;
        Assert.StartsWith($"{status} accepted in this sender's own form (", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_answer_to_slacks_question_is_printed_for_people_too()
    {
        var said = (await everyone.Folder.RunAsync("send", "slack", "--source", "slack", "--handshake")).Success.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.StartsWith("200 text/plain (", said[0], StringComparison.Ordinal);
        Assert.Equal("3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P", said[^1].Trim());
    }

    [Fact]
    public async Task A_sender_that_asks_nothing_says_who_does()
    {
        var said = await everyone.Folder.RunAsync("send", "github", "--source", "github", "--handshake");
        Assert.Equal(1, said.ExitCode);
        Assert.Contains("github asks no question; those that do are ", Assert.Single(said.ErrorLines), StringComparison.Ordinal);
        Assert.Contains("slack", said.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_signs_may_be_in_a_file_and_one_that_is_not_there_is_named()
    {
        var file = everyone.Folder.Write("stripe.secret", CatalogueTable.Of("stripe").Keys!("stripe", 0).Signs + "\n");
        Assert.Contains("200 accepted", (await everyone.Folder.RunAsync("send", "stripe", "--source", "stripe", "--secret", $"file:{file}")).Success, StringComparison.Ordinal);
        var missing = await everyone.Folder.RunAsync("send", "stripe", "--source", "stripe", "--secret", "file:/nowhere/stripe.secret");
        Assert.Equal(1, missing.ExitCode);
        Assert.Contains("/nowhere/stripe.secret", Assert.Single(missing.ErrorLines), StringComparison.Ordinal);
    }

    private static bool IsAsking(string name)
    {
        var source = CatalogueSource.Of(name);
        return source.Provider.CreateHandshake(new Uri(CatalogueSource.PublicUrl), source.Settings) is not null;
    }

    /// <summary>One Sluice with a source of every provider.</summary>
    public sealed class Everyone : IAsyncLifetime
    {
        private RunningSluice sluice = null!;

        internal WorkFolder Folder { get; } = new();

        public static string SourceOf(string name) => name.Replace('-', '_');

        public async ValueTask InitializeAsync()
        {
            var sources = CatalogueTable.Names.ToDictionary(SourceOf, name => Nested(CatalogueSource.SettingsOf(name)));
            File.WriteAllText(Folder.Config, JsonSerializer.Serialize(new { Sluice = new { Sources = sources, Destinations = new { log = new { Handler = "log" } } } }));
            sluice = await RunningSluice.StartAsync(Folder);
        }

        public async ValueTask DisposeAsync()
        {
            await sluice.DisposeAsync();
            Folder.Dispose();
        }

        internal static SignatureScheme Scheme(string name) => CatalogueSource.Of(name).Source.Scheme;

        /// <summary>Plays a sender with a key of its own.</summary>
        internal async Task<Ended> SendAsync(string name, int key = 0, params string[] more)
        {
            string[] command = ["send", name, "--source", SourceOf(name), "--json", .. more];
            if (CatalogueTable.Of(name).Keys is not { } keys) return await Folder.RunAsync(command);
            // A key of several lines is no argument.
            var file = Folder.Write($"{name}.{key}.key", keys(name, key).Signs);
            return await Folder.RunAsync([.. command, "--secret", $"file:{file}"]);
        }

        // Secrets:0 is the first of a list.
        private static Dictionary<string, object?> Nested(Dictionary<string, string?> settings) => settings
            .GroupBy(setting => setting.Key.Split(':')[0])
            .ToDictionary(group => group.Key, group => group.First().Key.Contains(':', StringComparison.Ordinal) ? (object?)group.Select(setting => setting.Value).ToArray() : group.Single().Value);
    }
}
