using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Sluice.Functions.Tests.Infra;

public sealed partial class MonitoringTests
{
    /// <summary>What the retry app's timer writes once a tick: the only words of the code that monitoring relies on.</summary>
    private const string SweepLine = "Sweep: {Rung} bells rung, oldest unfinished delivery {Seconds} s late, {DeadLetters} dead letters";

    [Fact]
    public void The_code_writes_the_line_that_monitoring_reads()
    {
        var lines = Checkout.Files("src", "*.cs").SelectMany(File.ReadAllLines).Where(line => line.Contains("\"Sweep: ", StringComparison.Ordinal)).ToArray();
        Assert.NotEmpty(lines);
        Assert.All(lines, line => Assert.Contains($"\"{SweepLine}\"", line, StringComparison.Ordinal));
    }

    [Fact]
    public void The_hosts_file_lets_that_line_through_unsampled()
    {
        using var host = JsonDocument.Parse(Checkout.Read("host.json"));
        var logging = host.RootElement.GetProperty("logging");
        Assert.Equal("Information", logging.GetProperty("logLevel").GetProperty("Function.Sweep").GetString());
        Assert.Equal("Information", logging.GetProperty("logLevel").GetProperty("Host.Results").GetString());
        var unsampled = logging.GetProperty("applicationInsights").GetProperty("samplingSettings").GetProperty("excludedTypes").GetString()!.Split(';');
        Assert.Superset(new HashSet<string> { "Request", "Exception", "Trace" }, unsampled.ToHashSet());
    }

    [Theory]
    [InlineData("dead-letters-growing", "DeadLetters")]
    [InlineData("delivery-late", "Seconds")]
    [InlineData("timer-silent", "count()")]
    [InlineData("ingest-failing", "ResultCode) >= 500")]
    [InlineData("source-silent", "silentHours")]
    public void There_is_an_alert(string name, string asks)
    {
        var alert = Alerts().Single(alert => alert["name"] == $"'{name}'");
        Assert.Contains(asks, alert["query"], StringComparison.Ordinal);
        Assert.InRange(alert["description"].Length, 20, 400);
        Assert.InRange(int.Parse(alert["severity"], CultureInfo.InvariantCulture), 0, 4);
        Assert.Matches("^'PT(5M|15M|1H)'$", alert["evaluationFrequency"]);
        Assert.Matches("'(PT(5|10|15)M|P[12]D)'$", alert["windowSize"]);
    }

    [Fact]
    public void Every_alert_reads_what_is_written_and_tells_somebody()
    {
        var file = BicepFiles.Named("alerts");
        Assert.Contains(ParsedSweepLine(), file.Variables.Single(variable => variable.Name == "sweeps").Text, StringComparison.Ordinal);
        Assert.All(Alerts(), alert => Assert.Matches(@"^'(let heard = )?\$\{(sweeps|webhooks)\}\\n\|", alert["query"]));
        Assert.Contains("for alert in logAlerts", file.Resource("logAlert").Text, StringComparison.Ordinal);
        Assert.All(file.Resources.Where(resource => resource.Name != "actionGroup"), resource => Assert.Contains("actionGroup.id", resource.Text, StringComparison.Ordinal));
        Assert.Contains("emailAddress: alertEmail", file.Resource("actionGroup").Text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_brokers_own_count_of_dead_letters_is_watched_as_a_gauge()
    {
        var alert = BicepFiles.Named("alerts").Resource("deadLetters");
        Assert.Equal("'DeadletteredMessages'", alert.Property("metricName"));
        Assert.Equal("'Average'", alert.Property("timeAggregation"));
    }

    [Fact]
    public void The_workbook_walks_from_received_to_dead_lettered()
    {
        var text = Checkout.Read("infra/bicep/modules/workbook.json");
        using var workbook = JsonDocument.Parse(text);
        var items = workbook.RootElement.GetProperty("items").EnumerateArray().ToArray();
        Assert.Equal(
            ["received-head", "rung-head", "delivered-head", "swept-head", "dead-head"],
            items.Select(item => item.GetProperty("name").GetString()!).Where(name => name.EndsWith("-head", StringComparison.Ordinal)));
        Assert.Equal(items.Length, items.Select(item => item.GetProperty("name").GetString()).Distinct().Count());
        var queries = items.Where(item => item.GetProperty("type").GetInt32() == 3).Select(item => item.GetProperty("content").GetProperty("query").GetString()!).ToArray();
        Assert.All(queries, query => Assert.Matches("^(AppRequests|AppTraces|union AppExceptions)", query));
        Assert.Equal(3, queries.Count(query => query.Contains(ParsedSweepLine(), StringComparison.Ordinal)));
    }

    [Fact]
    public void Every_blank_of_the_workbook_is_filled_in()
    {
        var blanks = Blanks().Matches(Checkout.Read("infra/bicep/modules/workbook.json")).Select(match => match.Value).Distinct().Order();
        var filled = Blanks().Matches(Checkout.Read("infra/bicep/modules/workbook.bicep")).Select(match => match.Value).Order();
        Assert.Equal(blanks, filled);
    }

    /// <summary>The line as a pattern of the query language: every <c>{Name}</c> a typed column between the words.</summary>
    private static string ParsedSweepLine() =>
        "parse Message with \"" + Regex.Replace(SweepLine, @"\{(\w+)\}", match => $"\" {match.Groups[1].Value}:{(match.Groups[1].Value == "Seconds" ? "real" : "long")} \"") + "\" *";

    private static List<Dictionary<string, string>> Alerts()
    {
        var keys = BicepFiles.Named("alerts").Variables.Single(variable => variable.Name == "logAlerts").Keys;
        var alerts = new List<Dictionary<string, string>>();
        foreach (var key in keys)
        {
            if (key.Name == "name" && key.Text != "'Source'") alerts.Add([]);
            alerts[^1].TryAdd(key.Name, key.Text);
        }

        return alerts;
    }

    [GeneratedRegex("__[A-Z_]+__")]
    private static partial Regex Blanks();
}
