using System.Text;
using System.Text.Json.Nodes;
using Sluice.Contracts.Catalogue;
using Sluice.Hosts.Tests.Processes;

namespace Sluice.Hosts.Tests.Verify;

/// <summary><c>sluice verify --har</c>: all of a file's webhooks, in a line each.</summary>
public sealed class VerifyHarTests : IDisposable
{
    private readonly VerifyFolder folder = new();

    public VerifyHarTests() => folder.Configure(("it", CatalogueSource.SettingsOf("stripe")));

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Webhooks_are_found_among_all_that_was_recorded()
    {
        var elsewhere = VerifyFolder.Entry(CatalogueSource.Of("stripe").Send() with { Target = "/hooks?token=abc" });
        var file = folder.Write("all.har", VerifyFolder.Har(Other("GET"), Genuine("a"), Other("POST"), elsewhere, Spoiled(), Bodiless(), Other("OPTIONS")));
        var ended = await folder.RunAsync("--har", file);
        Assert.Equal((1, ""), (ended.ExitCode, ended.Error));
        Assert.Equal(
            [
                "#2 2023-11-14 22:13:20 UTC it holds",
                "#4 2023-11-14 22:13:20 UTC it holds",
                "#5 2023-11-14 22:13:20 UTC it Mismatch",
                "#6 unreadable: does not hold the request's body, which some recorders leave out; save the body by itself and give it with --headers and --body",
                "2 hold, 2 do not; 3 other entries passed over.",
            ],
            ended.Answer.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(line => line.StartsWith("#5", StringComparison.Ordinal) ? line.Split(':')[..3].Aggregate((a, b) => $"{a}:{b}") : line));
    }

    [Fact]
    public async Task One_entry_is_looked_at_in_full_whatever_it_is()
    {
        var file = folder.Write("all.har", VerifyFolder.Har(Other("GET"), Genuine("a"), Bodiless(), new JsonObject()));
        var said = (await folder.RunAsync("--har", file, "--entry", "2")).Success;
        Assert.StartsWith("The signature holds.", said, StringComparison.Ordinal);
        Assert.Contains("2023-11-14 22:13:20 UTC (the HAR)", said, StringComparison.Ordinal);
        Assert.StartsWith("The signature does not hold: MissingSignature.", (await folder.RunAsync("--har", file, "--entry", "1")).Answer, StringComparison.Ordinal);
        foreach (var (entry, fault) in new[] { (3, "has an entry 3 that does not hold the request's body"), (4, "has an entry 4 that has no request"), (5, "has 4 entries; --entry 5 is none of them"), (0, "--entry counts from 1") })
            Assert.Contains(fault, Assert.Single((await folder.RunAsync("--har", file, "--entry", $"{entry}")).ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_form_whose_bytes_are_not_in_the_har_is_told_so_in_the_list_too()
    {
        var entry = Genuine("a");
        entry["request"]!["postData"] = new JsonObject { ["params"] = new JsonArray(new JsonObject { ["name"] = "a", ["value"] = "b" }) };
        entry["request"]!["bodySize"] = -1;
        entry["request"]!["headers"]!.AsArray().RemoveAll(header => header!["name"]!.GetValue<string>() == "Content-Length");
        var said = (await folder.RunAsync("--har", folder.Write("form.har", VerifyFolder.Har(entry)))).Answer;
        Assert.Contains("(note: the HAR holds the form's fields and not its bytes; they were written anew", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_har_without_a_webhook_says_what_it_holds()
    {
        var file = folder.Write("none.har", VerifyFolder.Har(Other("GET"), Other("POST")));
        Assert.Equal($"sluice: {file} has 2 entries, 1 POST among them, and none that looks like a webhook of it; choose one with --entry N", Assert.Single((await folder.RunAsync("--har", file)).ErrorLines));
        Assert.Contains("has 0 entries", Assert.Single((await folder.RunAsync("--har", folder.Write("empty.har", VerifyFolder.Har()))).ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_found_before_a_file_breaks_off_is_an_answer_too()
    {
        var har = VerifyFolder.Har(Genuine("a"), Genuine("b"), Genuine("c"));
        var file = folder.Write("cut.har", har[..(har.LastIndexOf("postData", StringComparison.Ordinal) + 20)]);
        var ended = await folder.RunAsync("--har", file, "--json");
        Assert.Equal((1, $"sluice: {file} is cut off behind entry 2; save the HAR again"), (ended.ExitCode, Assert.Single(ended.ErrorLines)));
        Assert.All(JsonNode.Parse(ended.Answer)!.AsArray(), answer => Assert.True(answer!["holds"]!.GetValue<bool>()));
        Assert.Equal(2, JsonNode.Parse(ended.Answer)!.AsArray().Count);
    }

    [Fact]
    public async Task Five_thousand_entries_of_a_hundred_megabytes_fit_into_forty()
    {
        var file = Path.Combine(folder.Path, "large.har");
        await using (var writer = new StreamWriter(file, append: false, new UTF8Encoding(false), 1 << 20))
        {
            await writer.WriteAsync("""{"log":{"entries":[""");
            for (var i = 0; i < 5_000; i++)
            {
                var entry = i % 100 == 0 ? Genuine($"{i}") : Other("POST");
                entry["response"]!["content"] = new JsonObject { ["text"] = new string('x', 20_000) };
                await writer.WriteAsync(i == 0 ? "" : ",");
                await writer.WriteAsync(entry.ToJsonString());
            }

            await writer.WriteAsync("]}}");
        }

        Assert.InRange(new FileInfo(file).Length, 100_000_000, 200_000_000);
        var start = SluiceProgram.Command(folder.Path, ["verify", "--har", file]);
        start.Environment["DOTNET_GCHeapHardLimit"] = "0x2800000";
        Assert.EndsWith("50 hold, 0 do not; 4950 other entries passed over.", (await SluiceProgram.RunAsync(start)).Success.Trim(), StringComparison.Ordinal);
    }

    private static JsonObject Genuine(string id) => VerifyFolder.Entry(CatalogueSource.Of("stripe").Send(id));

    private static JsonObject Spoiled()
    {
        var entry = Genuine("a");
        entry["request"]!["postData"] = new JsonObject { ["text"] = "{}" };
        return entry;
    }

    private static JsonObject Bodiless()
    {
        var entry = Genuine("a");
        entry["request"]!.AsObject().Remove("postData");
        return entry;
    }

    private static JsonObject Other(string method) => new()
    {
        ["request"] = new JsonObject { ["method"] = method, ["url"] = "https://elsewhere.example/collect", ["headers"] = new JsonArray(), ["bodySize"] = -1 },
        ["response"] = new JsonObject(),
    };
}
