using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using RetryFunction;
using Sluice.Functions.Tests.Fixtures;

namespace Sluice.Functions.Tests.Pipeline;

/// <summary>Destinations that operators register on the retry app while the others run.</summary>
public sealed class RegisteredTests : PipelineTest
{
    private const string Settings = """{ "Url": "https://crm.example/hooks?key=hidden-in-query", "Types": ["invoice.*"], "SignSecrets": ["whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="], "Headers": { "Authorization": "Bearer hidden-in-header" } }""";

    [Fact]
    public void A_destination_is_registered_shown_without_its_secrets_paused_resumed_and_removed()
    {
        var sluice = Open();
        var said = new List<CloudAnswer>
        {
            Ask(sluice, (function, request) => function.RegisterAsync(request, "crm"), body: Settings),
            Ask(sluice, (function, request) => function.ListAsync(request)),
            Ask(sluice, (function, request) => function.FindAsync(request, "crm")),
            Ask(sluice, (function, request) => function.PauseAsync(request, "crm"), "?reason=moving"),
            Ask(sluice, (function, request) => function.ResumeAsync(request, "crm")),
            Ask(sluice, (function, request) => function.RemoveAsync(request, "crm"), "?pending=dead"),
        };

        Assert.Equal([201, 200, 200, 200, 200, 200], said.Select(answer => answer.Status));
        Assert.All(said, answer => Assert.DoesNotContain(new[] { "hidden-in", "whsec_" }, secret => answer.Body.Contains(secret, StringComparison.Ordinal)));
        Assert.Equal(["billing", "crm"], JsonNode.Parse(said[1].Body)!.AsArray().Select(item => item!["name"]!.GetValue<string>()));
        Assert.Equal("set", Json(said[2])["settings"]!["SignSecrets"]!.GetValue<string>());
        Assert.Equal(["Active", "Active", "Paused", "Active", "Removed"], said.Where((_, index) => index != 1).Select(answer => Json(answer)["state"]!.GetValue<string>()));
        Assert.Equal(404, Ask(sluice, (function, request) => function.FindAsync(request, "crm")).Status);
    }

    [Fact]
    public void The_ingest_app_takes_up_within_ten_seconds_what_the_retry_app_registered()
    {
        var sluice = Open();
        Assert.Equal(200, Post(sluice, "evt_0").Status);
        Assert.Equal(201, Ask(sluice, (function, request) => function.RegisterAsync(request, "crm"), body: Settings).Status);
        sluice.Time.Advance(TimeSpan.FromSeconds(10.1));
        Assert.Equal(200, Post(sluice).Status);

        Assert.Equal(["billing", "crm"], Run(sluice, () => sluice.FindAsync(Id)).Deliveries.Select(delivery => delivery.Destination).Order());
    }

    [Fact]
    public void What_breaks_a_rule_is_refused_and_what_is_the_configurations_is_a_conflict()
    {
        var sluice = Open();
        Assert.Equal(422, Ask(sluice, (function, request) => function.RegisterAsync(request, "crm"), body: """{ "Url": "http://127.0.0.1/" }""").Status);
        Assert.Equal(422, Ask(sluice, (function, request) => function.RegisterAsync(request, "crm"), body: "{").Status);
        Assert.Equal(409, Ask(sluice, (function, request) => function.RegisterAsync(request, "billing"), body: Settings).Status);
        Assert.Equal(413, Ask(sluice, (function, request) => function.RegisterAsync(request, "crm"), body: new string(' ', 40_000)).Status);
        Assert.Equal(400, Ask(sluice, (function, request) => function.RemoveAsync(request, "billing")).Status);
    }

    [Fact]
    public void A_filter_is_tried_against_kept_events_and_a_configured_destination_is_not_sent_to_without_its_secrets()
    {
        var sluice = Open(("Sluice:Destinations:web:Handler", "http"), ("Sluice:Destinations:web:Url", "https://web.example/"));
        Post(sluice, "evt_1");
        Post(sluice, "evt_2");
        var tried = Ask(sluice, (function, request) => function.TestAsync(request, "crm"), "?send=false", """{ "Filter": { "json": "id", "equals": "evt_2" } }""");
        Assert.Equal([("evt_2", true), ("evt_1", false)], JsonDocument.Parse(tried.Body).RootElement.GetProperty("tried").EnumerateArray().Select(item => (item.GetProperty("id").GetString() == CloudSluice.IdOf("evt_2").ToString() ? "evt_2" : "evt_1", item.GetProperty("takes").GetBoolean())).OrderByDescending(item => item.Item1));

        var refused = Ask(sluice, (function, request) => function.TestAsync(request, "web"));
        Assert.Equal(422, refused.Status);
        Assert.Contains("this app has none of its secrets", refused.Body, StringComparison.Ordinal);
    }

    [Fact]
    public void While_Tables_is_away_operators_are_told_to_come_back()
    {
        var sluice = Open();
        Ask(sluice, (function, request) => function.ListAsync(request));
        TablesFail(sluice);
        // The last good copy is shown; nothing can be changed.
        Assert.Equal(200, Ask(sluice, (function, request) => function.ListAsync(request)).Status);
        foreach (var ask in new Func<DestinationFunction, HttpRequest, Task<IResult>>[] { (function, request) => function.RegisterAsync(request, "crm"), (function, request) => function.PauseAsync(request, "billing") })
        {
            var answer = Ask(sluice, ask, body: Settings);
            Assert.Equal((503, "5"), (answer.Status, answer.Headers.RetryAfter.ToString()));
        }
    }

    private static CloudAnswer Ask(CloudSluice sluice, Func<DestinationFunction, HttpRequest, Task<IResult>> ask, string query = "", string body = "") => Run(sluice, () => sluice.OpsAsync(ask, query, body));

    private static JsonNode Json(CloudAnswer answer) => JsonNode.Parse(answer.Body)!;
}
