using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Sluice.Core.Tests.Configuration;
using Sluice.Delivery;
using Sluice.Events;

namespace Sluice.Core.Tests.Delivery;

/// <summary>Which events a destination takes, by what they say.</summary>
public sealed class FilterTests
{
    private const string Body = """
        { "id": "evt_1", "n": 1000.0, "big": 12345678901234567890.5, "yes": true, "no": false, "nothing": null, "a.b": "dotted", "twice": 1, "twice": 2,
          "data": { "object": { "currency": "eur", "lines": [ { "sku": "x-1" }, { "sku": "y-2" } ] } }, "lone": "\ud800", "text": "1e3" }
        """;

    [Theory]
    [InlineData("""{ "type": "invoice.*" }""", true)]
    [InlineData("""{ "type": "charge.*" }""", false)]
    [InlineData("""{ "header": "x-shop", "equals": "a.example" }""", true)]
    [InlineData("""{ "header": "X-Shop", "startsWith": "a." }""", true)]
    [InlineData("""{ "header": "X-Shop", "startsWith": "b." }""", false)]
    [InlineData("""{ "header": "X-None", "exists": false }""", true)]
    [InlineData("""{ "header": "X-None", "exists": true }""", false)]
    [InlineData("""{ "json": "id", "equals": "evt_1" }""", true)]
    [InlineData("""{ "json": "id", "equals": "EVT_1" }""", false)]
    [InlineData("""{ "json": "id", "like": "evt_*" }""", true)]
    [InlineData("""{ "json": "n", "equals": 1000 }""", true)]
    [InlineData("""{ "json": "n", "equals": "1000" }""", true)]
    [InlineData("""{ "json": "n", "equals": 1e3 }""", true)]
    [InlineData("""{ "json": "text", "equals": 1000 }""", true)]
    [InlineData("""{ "json": "n", "atLeast": 1000 }""", true)]
    [InlineData("""{ "json": "n", "above": 1000 }""", false)]
    [InlineData("""{ "json": "n", "atMost": 1000 }""", true)]
    [InlineData("""{ "json": "n", "below": 1000 }""", false)]
    [InlineData("""{ "json": "n", "above": 999, "below": 1000.5 }""", true)]
    [InlineData("""{ "json": "big", "equals": 12345678901234567890.5 }""", true)]
    [InlineData("""{ "json": "big", "equals": 12345678901234567890.4 }""", false)]
    [InlineData("""{ "json": "id", "above": 1 }""", false)]
    [InlineData("""{ "json": "yes", "equals": true }""", true)]
    [InlineData("""{ "json": "no", "equals": "false" }""", true)]
    [InlineData("""{ "json": "nothing", "exists": true }""", true)]
    [InlineData("""{ "json": "nothing", "equals": "null" }""", false)]
    [InlineData("""{ "json": "missing", "exists": false }""", true)]
    [InlineData("""{ "json": "a\\.b", "equals": "dotted" }""", true)]
    [InlineData("""{ "json": "a.b", "exists": true }""", false)]
    [InlineData("""{ "json": "twice", "equals": 2 }""", true)]
    [InlineData("""{ "json": "twice", "equals": 1 }""", false)]
    [InlineData("""{ "json": "data.object.currency", "in": ["usd", "eur"] }""", true)]
    [InlineData("""{ "json": "data.object.currency", "in": ["usd"] }""", false)]
    [InlineData("""{ "json": "data.object.lines.1.sku", "equals": "y-2" }""", true)]
    [InlineData("""{ "json": "data.object.lines.2.sku", "exists": true }""", false)]
    [InlineData("""{ "json": "data.object.lines.sku", "exists": true }""", false)]
    [InlineData("""{ "json": "data.object", "exists": true }""", true)]
    [InlineData("""{ "json": "data.object", "equals": "x" }""", false)]
    [InlineData("""{ "json": "lone", "exists": true }""", true)]
    [InlineData("""{ "json": "lone", "equals": "x" }""", false)]
    [InlineData("""{ "not": { "json": "id", "equals": "evt_1" } }""", false)]
    [InlineData("""{ "all": [{ "json": "id", "exists": true }, { "type": "invoice.*" }] }""", true)]
    [InlineData("""{ "all": [{ "json": "id", "exists": true }, { "type": "charge.*" }] }""", false)]
    [InlineData("""{ "any": [{ "json": "id", "exists": false }, { "type": "invoice.*" }] }""", true)]
    [InlineData("""{ "any": [{ "json": "id", "exists": false }, { "not": { "type": "invoice.*" } }] }""", false)]
    public void It_takes_what_it_says(string filter, bool takes) => Assert.Equal(takes, Read(filter).Takes(Event(Body)));

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"id\"")]
    [InlineData("{\"id\":")]
    [InlineData("a=b&c=d")]
    [InlineData("\u0000\u0001")]
    public void A_body_that_is_no_json_has_no_value_and_never_throws(string body)
    {
        Assert.False(Read("""{ "json": "id", "equals": "evt_1" }""").Takes(Event(body)));
        Assert.True(Read("""{ "json": "id", "exists": false }""").Takes(Event(body)));
    }

    [Fact]
    public void Hostile_bodies_never_throw()
    {
        var (random, filter) = (new Random(7), Read("""{ "any": [{ "json": "a.0.b", "above": 1 }, { "json": "a", "in": ["x"] }] }"""));
        var letters = "{}[]\":,ab01\\u \0é"u8.ToArray();
        for (var i = 0; i < 20_000; i++)
        {
            var body = new byte[random.Next(40)];
            for (var j = 0; j < body.Length; j++) body[j] = letters[random.Next(letters.Length)];
            filter.Takes(Event(body));
        }

        filter.Takes(Event(Encoding.UTF8.GetBytes(new string('[', 100_000))));
    }

    [Theory]
    [InlineData("[]", "is no object; write { \"json\": \"data.amount\", \"atLeast\": 1000 }, or several of them in { \"all\": [...] }")]
    [InlineData("""{ "type": "a", "equals": "b" }""", "has something beside 'type'; put all of it into { \"all\": [...] }")]
    [InlineData("{}", "says of nothing what it should be; a condition has one of type, header, json, or is all, any or not")]
    [InlineData("""{ "json": "a", "header": "b", "exists": true }""", "says of several things what it should be; a condition has one of type, header, json, or is all, any or not")]
    [InlineData("""{ "json": "a" }""", "says nothing of 'json'; one condition says one thing, { \"all\": [...] } several")]
    [InlineData("""{ "json": "a", "equals": 1, "exists": true }""", "says several things of 'json'; one condition says one thing, { \"all\": [...] } several")]
    [InlineData("""{ "json": "a", "is": 1 }""", "has 'is', which is no condition; there are equals, in, exists, startsWith, like, above, atLeast, below, atMost")]
    [InlineData("""{ "json": "a..b", "exists": true }""", "has a wrong 'json': 'a..b' is no path; write names with dots between, such as data.object.id")]
    [InlineData("""{ "json": "a", "above": "much" }""", "has 'above' without a number; write one such as 1000 or 9.95")]
    [InlineData("""{ "json": "a", "in": [] }""", "has 'in' without a list of 1 to 200 values; write { \"json\": \"data.currency\", \"in\": [\"eur\", \"usd\"] }")]
    [InlineData("""{ "json": "a", "equals": null }""", "has 'equals' with something else than a text of at most 1000 characters, a number, true or false; write one of these")]
    [InlineData("""{ "json": "a", "exists": "perhaps" }""", "has 'exists' with neither true nor false; write one of the two")]
    [InlineData("""{ "all": [] }""", "has 'all' without a list of filters; write { \"all\": [ {...}, {...} ] }")]
    [InlineData("""{ "all": [{ "type": "a" }], "type": "b" }""", "has something beside 'all'; put all of it into { \"all\": [...] }")]
    [InlineData("""{ "not": [{ "type": "a" }] }""", "has 'not' without a filter; write { \"not\": { \"json\": \"data.test\", \"equals\": true } }")]
    [InlineData("""{ "header": "X Shop", "exists": true }""", "has 'header' 'X Shop', which is no name of a header; write one such as X-GitHub-Event")]
    [InlineData("""{ "header": "X-Shop:", "exists": true }""", "has 'header' 'X-Shop:', which is no name of a header; write one such as X-GitHub-Event")]
    [InlineData("""{ "all": [{ "type": "a" }, { "any": [{ "json": "a", "in": [] }] }] }""", "in all[1].any[0]: has 'in' without a list of 1 to 200 values; write { \"json\": \"data.currency\", \"in\": [\"eur\", \"usd\"] }")]
    [InlineData("""{ "not": { "all": [{ "any": [{ "type": "a" }] }, 5] } }""", "in not.all[1]: is no object; write { \"json\": \"data.amount\", \"atLeast\": 1000 }, or several of them in { \"all\": [...] }")]
    public void A_filter_that_makes_no_sense_is_named_with_its_fix(string filter, string fault)
    {
        using var json = JsonDocument.Parse(filter);
        Assert.Null(FilterReader.Read(json.RootElement, out var error));
        Assert.Equal(fault, error);
    }

    [Fact]
    public void A_filter_without_end_is_none()
    {
        foreach (var filter in new[] { $"{{ \"all\": [{string.Join(',', Enumerable.Repeat("{ \"type\": \"a\" }", 51))}] }}", string.Concat(Enumerable.Repeat("{ \"not\": ", 10)) + "{ \"type\": \"a\" }" + new string('}', 10) })
        {
            using var json = JsonDocument.Parse(filter);
            Assert.Null(FilterReader.Read(json.RootElement, out var error));
            Assert.NotNull(error);
        }
    }

    [Fact]
    public void The_configuration_holds_a_filter_as_json()
    {
        var destination = SettingsText.OfDestination("""
            "Handler": "http", "Url": "http://a.example", "Filter": { "any": [
              { "json": "n", "atLeast": 1000 }, { "json": "data.object.currency", "in": ["usd", "gbp"] }, { "json": "yes", "equals": false }, { "type": "x" },
              { "type": "y1" }, { "type": "y2" }, { "type": "y3" }, { "type": "y4" }, { "type": "y5" }, { "type": "y6" }, { "json": "no", "exists": false } ] }
            """).Reads().Settings.Destinations[0];
        Assert.True(destination.Filter!.Takes(Event(Body)));
        Assert.False(destination.Filter.Takes(Event("""{ "n": 999, "no": 1 }""")));
        SettingsText.OfDestination(""" "Handler": "http", "Url": "http://a.example", "Filter": { "json": "n" } """).Fails("Sluice:Destinations:billing:Filter says nothing of 'json'; one condition says one thing, { \"all\": [...] } several");
    }

    [Fact]
    public void A_number_of_a_million_digits_costs_no_more_than_another()
    {
        var filter = Read($$"""{ "json": "n", "in": [{{string.Join(',', Enumerable.Range(2, 200))}}] }""");
        var webhook = Event($$"""{ "n": {{new string('1', 1 << 20)}} }""");
        var started = Stopwatch.GetTimestamp();
        Assert.False(filter.Takes(webhook));
        Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(1));
    }

    private static Filter Read(string filter)
    {
        using var json = JsonDocument.Parse(filter);
        var read = FilterReader.Read(json.RootElement, out var error);
        Assert.Null(error);
        return read!;
    }

    private static WebhookEvent Event(string body) => Event(Encoding.UTF8.GetBytes(body));

    private static WebhookEvent Event(byte[] body) => Poster.With(("X-Shop", "a.example")) with { Type = "invoice.paid", Body = body };
}
