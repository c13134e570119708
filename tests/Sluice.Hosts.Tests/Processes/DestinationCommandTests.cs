using System.Text.Json.Nodes;

namespace Sluice.Hosts.Tests.Processes;

/// <summary><c>sluice destination</c>, beside a running host and without one.</summary>
public sealed class DestinationCommandTests : IDisposable
{
    private readonly WorkFolder folder = new("\"audit\": { \"Handler\": \"log\" }");

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_destination_is_added_listed_shown_paused_resumed_and_removed(bool isRunning)
    {
        await using var sluice = await StartAsync(isRunning);
        var added = (await RunAsync("add crm --url https://crm.example/hooks?key=hidden-in-query --source stripe --type invoice.* --rate 10/s --owner crm-team --bearer bearer-of-the-receiver --header X-Key:key-of-the-receiver")).Success;
        var secret = Assert.Single(added.Split(' ', '\n'), word => word.StartsWith("whsec_", StringComparison.Ordinal));
        Assert.StartsWith("crm is registered: https://crm.example/hooks\n", added, StringComparison.Ordinal);
        var said = new List<string>
        {
            (await RunAsync("list")).Success, (await RunAsync("list --json")).Success, (await RunAsync("show crm")).Success, (await RunAsync("show crm --json")).Success,
            (await RunAsync("pause crm --reason moving")).Success, (await RunAsync("list")).Success, (await RunAsync("resume crm")).Success, (await RunAsync("test crm --no-send")).Success,
            (await RunAsync("add crm --url https://crm.example/other --replace --basic me:password-of-the-receiver")).Success, (await RunAsync("add crm --url https://crm.example/other")).Error, (await RunAsync("show crm")).Success,
        };

        Assert.Contains("registered", said[0], StringComparison.Ordinal);
        Assert.Equal(["audit", "crm"], JsonNode.Parse(said[1])!.AsArray().Select(item => item!["name"]!.GetValue<string>()));
        Assert.Contains("\"SignSecrets\": \"set\"", said[2], StringComparison.Ordinal);
        Assert.Equal("set", JsonNode.Parse(said[3])!["settings"]!["Headers"]!["X-Key"]!.GetValue<string>());
        Assert.Equal("crm is paused: moving.", said[4].Trim());
        Assert.Contains("moving", said[5], StringComparison.Ordinal);
        Assert.Equal("crm is active.", said[6].Trim());
        Assert.Equal("crm is replaced: https://crm.example/other", said[8].Trim());
        Assert.Contains("crm is registered already; ask to replace it (--replace", said[9], StringComparison.Ordinal);
        foreach (var set in new[] { "SignSecrets", "Basic" }) Assert.Contains($"\"{set}\": \"set\"", said[10], StringComparison.Ordinal);
        foreach (var hidden in new[] { secret["whsec_".Length..], "bearer-of-the-receiver", "key-of-the-receiver", "password-of-the-receiver", "hidden-in-query" }) Assert.DoesNotContain(said, text => text.Contains(hidden, StringComparison.Ordinal));

        await FailsAsync("say what becomes of what is pending: --pending deliver goes on delivering it, --pending dead makes dead letters of it, --pending skip ends it as Skipped", "remove crm");
        Assert.StartsWith("crm is removed", (await RunAsync("remove crm --pending skip")).Success, StringComparison.Ordinal);
        Assert.Equal(["audit"], JsonNode.Parse((await RunAsync("list --json")).Success)!.AsArray().Select(item => item!["name"]!.GetValue<string>()));
    }

    [Fact]
    public async Task Secrets_are_read_where_the_command_runs()
    {
        await using var receiver = await LoopbackDestination.StartAsync();
        await using var sluice = await StartAsync(isRunning: true);
        var (secret, settings) = ($"whsec_{Convert.ToBase64String(new byte[32])}", folder.Write("crm.json", """{ /* as in the configuration */ "AllowPrivate": true, "Headers": { "X-A": "env:OF_THE_OPERATOR" }, }"""));
        var start = SluiceProgram.Command(folder.Path, ["destination", "add", "crm", "--url", receiver.Url, "--sign-secret", "-", "--header", "X-B: env:OF_THE_OPERATOR", "--settings", settings, "--json", "--config", folder.Config, "--data", folder.Data]);
        start.Environment["OF_THE_OPERATOR"] = "value-of-the-operator";
        var added = (await SluiceProgram.RunAsync(start, $"{secret}\n")).Success;

        Assert.DoesNotContain("value-of-the-operator", added, StringComparison.Ordinal);
        Assert.Null(JsonNode.Parse(added)!["signSecret"]);
        Assert.Equal(["X-A", "X-B"], JsonNode.Parse(added)!["settings"]!["Headers"]!.AsObject().Select(header => header.Key));
        Assert.Contains($"crm answered 200 in ", (await RunAsync("test crm")).Success, StringComparison.Ordinal);
        Assert.Single(receiver.Arrivals);
        await FailsAsync("SignSecrets is to come from standard input", "add other --url https://other.example/ --sign-secret -");
        await FailsAsync("--basic has no name or no password; write it as name:password", "add other --url https://other.example/ --basic me");
        await FailsAsync("names the environment variable NOT_THERE", "add other --url https://other.example/ --bearer env:NOT_THERE");
    }

    [Fact]
    public async Task A_filter_is_tried_before_there_is_a_destination()
    {
        await using var sluice = await StartAsync(isRunning: true);
        using var sender = new StripeSender(sluice!.Url);
        for (var i = 0; i < 3; i++) Assert.Equal(System.Net.HttpStatusCode.OK, (await sender.SendAsync($"evt_{i}")).Status);

        var all = await folder.RunAsync("destination", "test", "crm", "--filter", """{"json":"id","in":["evt_1","evt_2"]}""", "--source", "stripe");
        Assert.Contains("crm takes 2 of 3 kept events.", all.Success, StringComparison.Ordinal);
        Assert.Contains("filter: it does not hold", all.Success, StringComparison.Ordinal);
        var last = await folder.RunAsync("destination", "test", "crm", "--type", "nothing.*", "--last", "2", "--json");
        Assert.Equal([false, false], JsonNode.Parse(last.Success)!["tried"]!.AsArray().Select(item => item!["takes"]!.GetValue<bool>()));
        await FailsAsync("crm:Filter", "test crm --filter {\"json\":\"a\"}");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_test_with_an_event_that_is_not_there_says_so(bool isRunning)
    {
        await using var sluice = await StartAsync(isRunning);
        Assert.Equal(0, (await RunAsync("add crm --url https://crm.example/")).ExitCode);
        var missing = new string('0', 32);
        await FailsAsync($"there is no event {missing}, or it was let go", $"test crm --event {missing}");
        await FailsAsync("nobody", $"test nobody --event {missing}");
    }

    [Fact]
    public async Task What_waits_for_its_destination_says_for_which_and_what_to_do()
    {
        await using var sluice = await StartAsync(isRunning: true);
        using var sender = new StripeSender(sluice!.Url);
        Assert.Equal(0, (await RunAsync("add crm --url https://crm.example/")).ExitCode);
        Assert.Equal("crm is paused: moving.", (await RunAsync("pause crm --reason moving")).Success.Trim());
        Assert.Equal(System.Net.HttpStatusCode.OK, (await sender.SendAsync("evt_1")).Status);
        var id = JsonNode.Parse((await folder.RunAsync("events", "--json")).Success)![0]!["id"]!.GetValue<string>();

        Assert.Contains("crm: Pending, waits while crm is paused (moving): sluice destination resume crm", (await folder.RunAsync("show", id)).Success, StringComparison.Ordinal);
        Assert.Contains("sluice destination resume crm", (await RunAsync("show crm")).Success, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_receiver_that_is_down_is_told_in_as_many_words_as_it_takes()
    {
        await using var sluice = await StartAsync(isRunning: true);
        Assert.Equal(0, (await RunAsync("add crm --url http://127.0.0.1:1024/ --allow-private")).ExitCode);
        Assert.Contains("Not delivered: Connection refused (127.0.0.1:1024)\n", (await RunAsync("test crm")).Answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_receiver_that_does_not_answer_well_is_exit_code_1()
    {
        await using var receiver = await LoopbackDestination.StartAsync(503);
        await using var sluice = await StartAsync(isRunning: true);
        Assert.Contains("was answered 503", (await RunAsync($"add crm --url {receiver.Url} --allow-private --challenge")).Error, StringComparison.Ordinal);
        Assert.True((await RunAsync($"add crm --url {receiver.Url} --allow-private")).ExitCode == 0);
        var test = await RunAsync("test crm");
        Assert.Equal((1, ""), (test.ExitCode, test.Error));
        Assert.Contains("crm answered 503 in ", test.Answer, StringComparison.Ordinal);
        Assert.Contains("Not delivered: a delivery that is answered 503 is tried again", test.Answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_makes_no_sense_is_one_line_with_its_fix()
    {
        await using var sluice = await StartAsync(isRunning: true);
        await FailsAsync("https", "add crm --url http://127.0.0.1:1/");
        await FailsAsync("crm:Limits:Rate is 'fast'", "add crm --url https://crm.example/ --rate fast");
        await FailsAsync("crm:SignSecrets:0", "add crm --url https://crm.example/ --sign-secret short");
        await FailsAsync("--filter is no JSON", "add crm --url https://crm.example/ --filter {");
        await FailsAsync("--header 'X' has no value", "add crm --url https://crm.example/ --header X");
        await FailsAsync("--settings", "add crm --settings nothing.json");
        await FailsAsync("'Crm' is no name", "add Crm --url https://crm.example/");
        await FailsAsync("audit is in the configuration", "add audit --url https://crm.example/");
        await FailsAsync("audit is in the configuration; remove it there, or pause it", "remove audit --yes");
        await FailsAsync("--pending lose is none of the three", "remove crm --pending lose");
        foreach (var command in new[] { "show nobody", "pause nobody", "resume nobody", "remove nobody --yes", "test nobody" }) await FailsAsync("nobody", command);
        await FailsAsync("--last 0 makes no sense", "test audit --last 0");
        await FailsAsync("is no event's id", "test audit --event evt_1");
        await FailsAsync("nowhere:Url is no address; write an absolute", "add nowhere --url nowhere --allow-private");
        await FailsAsync("handler log", "test audit");
        await FailsAsync("refuses the ops token", $"list --remote {sluice!.Url} --token wrong");
    }

    private Task<Ended> RunAsync(string line) => folder.RunAsync(["destination", .. line.Split(' ')]);

    private async Task FailsAsync(string error, string line)
    {
        var ended = await RunAsync(line);
        Assert.True(ended.ExitCode == 1, $"{line}: {ended.ExitCode} {ended.Answer} {ended.Error}");
        Assert.Contains(error, Assert.Single(ended.ErrorLines), StringComparison.Ordinal);
    }

    // Null when the host is to be down.
    private async Task<RunningSluice?> StartAsync(bool isRunning)
    {
        var sluice = await RunningSluice.StartAsync(folder);
        if (isRunning) return sluice;
        Assert.Equal(0, await sluice.TerminateAsync());
        await sluice.DisposeAsync();
        return null;
    }
}
