namespace Sluice.Core.Tests.Configuration;

public sealed class DestinationErrorTests
{
    private const string Good = """ "Handler": "http", "Url": "https://billing.example/" """;

    [Theory]
    [InlineData(""" "Url": "https://x.example" """, "Handler is missing; name one of http, log, table")]
    [InlineData(""" "Handler": "htp" """, "Handler is 'htp', which is not there; name one of http, log, table")]
    [InlineData(""" "Handler": "table" """, " has no Table; name the table to write to")]
    [InlineData(""" "Handler": "http" """, " has no Url; handler http needs the address to post to")]
    [InlineData(Good + """, "Table": "x" """, "Table is no setting; there are Batch, Filter, Format, Handler, Headers, Retry, SignSecrets, Sources, Strict, Timeout, Types, Url")]
    [InlineData(Good + """, "Typs": ["x"] """, "Typs is no setting; did you mean Types?")]
    [InlineData(Good + """, "Sources": ["strip"] """, "Sources names 'strip', which is no source; there are stripe")]
    [InlineData(Good + """, "Sources": ["Stripe"] """, "Sources names 'Stripe', which is no source; there are stripe")]
    [InlineData(Good + """, "Sources": "stripe" """, """Sources is 'stripe'; write a list: ["stripe"]""")]
    [InlineData(Good + """, "Types": "invoice.*" """, """Types is 'invoice.*'; write a list: ["invoice.*"]""")]
    [InlineData(Good + """, "Types": [{ "a": "b" }] """, "Types:0 is no text; write one or remove it")]
    [InlineData(Good + """, "Sources": ["stripe", null] """, "Sources:1 is no text; write one or remove it")]
    [InlineData(Good + """, "Timeout": "00:04:01" """, "Timeout is '00:04:01'; write a time from 00:00:00.1000000 to 00:04:00, such as 00:00:30 or 1.00:00:00 (days.hours:minutes:seconds)")]
    [InlineData(Good + """, "Timeout": "00:00:00.05" """, "Timeout is '00:00:00.05'; write a time from 00:00:00.1000000 to 00:04:00, such as 00:00:30 or 1.00:00:00 (days.hours:minutes:seconds)")]
    [InlineData(Good + """, "Retry": { "MaxAttempts": 0 } """, "Retry:MaxAttempts is '0'; write a number from 1 to 1000")]
    [InlineData(Good + """, "Retry": { "MaxAttempts": 1001 } """, "Retry:MaxAttempts is '1001'; write a number from 1 to 1000")]
    [InlineData(Good + """, "Retry": { "MaxAttempt": 5 } """, "Retry:MaxAttempt is no setting; did you mean MaxAttempts?")]
    [InlineData(Good + """, "Retry": { "Delays": ["00:00:05", "soon"] } """, "Retry:Delays has 'soon'; write times up to 7.00:00:00, such as 00:00:30 or 1.00:00:00 (days.hours:minutes:seconds)")]
    [InlineData(Good + """, "Retry": { "Delays": ["00:00:05"], "Factor": 2 } """, "Retry:Delays says all about the attempts; remove MaxAttempts, BaseDelay and Factor beside it")]
    [InlineData(Good + """, "Retry": { "Delays": ["02:00:00"], "MaxDelay": "01:00:00" } """, "Retry:MaxDelay is shorter than one of Delays; remove it or shorten them")]
    [InlineData(Good + """, "Retry": { "Delays": ["5"] } """, "Retry:Delays has '5'; write times up to 7.00:00:00, such as 00:00:30 or 1.00:00:00 (days.hours:minutes:seconds)")]
    [InlineData(Good + """, "Retry": { "BaseDelay": "5" } """, "Retry:BaseDelay is '5'; write a time from 00:00:00 to 7.00:00:00, such as 00:00:30 or 1.00:00:00 (days.hours:minutes:seconds)")]
    [InlineData(Good + """, "Retry": { "Delays": [] } """, "Retry:Delays is empty; write the delays one by one, such as [\"00:00:05\", \"01:00:00\"], or remove it; \"MaxAttempts\": 1 tries once")]
    [InlineData(Good + """, "Timeout": "0" """, "Timeout is '0'; write a time from 00:00:00.1000000 to 00:04:00, such as 00:00:30 or 1.00:00:00 (days.hours:minutes:seconds)")]
    [InlineData(Good + """, "Headers": ["Authorization: x"] """, "Headers is a list; write { \"Name\": \"value\" }")]
    [InlineData(""" "Handler": "log", "Format": "CloudEvents" """, "Format is set, and handler log sends nothing; remove it, or deliver with handler http")]
    [InlineData(""" "Handler": "log", "SignSecrets": ["whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="] """, "SignSecrets is set, and handler log sends nothing; remove it, or deliver with handler http")]
    [InlineData(""" "Handler": "log", "Headers": { "X-Key": "x" } """, "Headers is set, and handler log sends nothing; remove it, or deliver with handler http")]
    public void A_wrong_setting_is_named_with_its_fix(string settings, string error) =>
        SettingsText.OfDestination(settings).Fails("Sluice:Destinations:billing" + (error[0] == ' ' ? error : ":" + error));

    [Theory]
    [InlineData("billing.example")]
    [InlineData("/hooks")]
    [InlineData("//billing.example/hooks")]
    [InlineData("ftp://billing.example/")]
    [InlineData("file:///etc/passwd")]
    [InlineData("gopher://x/")]
    [InlineData("http://")]
    [InlineData("javascript:alert(1)")]
    public void A_url_that_cannot_be_posted_to_is_named_with_its_fix(string url)
    {
        var (_, errors) = SettingsText.OfDestination($$""" "Handler": "http", "Url": "{{url}}" """).Build();
        Assert.Contains(errors, error => error.ToString() == $"Sluice:Destinations:billing:Url is '{url}'; write an absolute http or https address without user name");
    }

    [Theory]
    [InlineData("http://user@billing.example/")]
    [InlineData("http://user:pass@billing.example/")]
    [InlineData("http://good.example@evil.example/")]
    public void A_url_with_a_user_name_is_refused(string url)
    {
        var (_, errors) = SettingsText.OfDestination($$""" "Handler": "http", "Url": "{{url}}" """).Build();
        Assert.Contains(errors, error => error.Entry == "Sluice:Destinations:billing:Url" && error.Message.EndsWith("write an absolute http or https address without user name", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("http://127.0.0.1:5000/")]
    [InlineData("http://localhost/hooks?x=1")]
    [InlineData("https://10.0.0.1/")]
    [InlineData("HTTPS://billing.example")]
    public void An_operators_own_addresses_are_allowed_private_ones_too(string url) =>
        SettingsText.OfDestination($$""" "Handler": "http", "Url": "{{url}}" """).Reads();

    [Fact]
    public void A_fault_of_a_destination_concerns_no_source()
    {
        var (configuration, errors) = SettingsText.OfDestination(""" "Handler": "htp" """).Build();
        Assert.Null(Assert.Single(errors).Source);
        Assert.NotNull(Assert.Single(configuration.Sources).Verifier);
        Assert.Empty(configuration.Destinations);
    }

    [Theory]
    [InlineData("Tolerance", "00:00:00 to 1.00:00:00")]
    [InlineData("Quarantine:MaxAge", "02:00:00 to 90.00:00:00")]
    [InlineData("Reconcile:Every", "00:01:00 to 7.00:00:00")]
    [InlineData("Reconcile:Lookback", "00:10:00 to 90.00:00:00")]
    public void A_number_alone_is_no_time_whatever_it_is_for(string setting, string range)
    {
        var settings = SettingsText.Of($$""" "Sources": { {{SettingsText.Stripe}} } """) with
        {
            Overrides = new() { [$"Sluice:Sources:stripe:{setting}"] = "5", ["Sluice:Sources:stripe:Reconcile:Token"] = "sk_test" },
        };
        settings.Fails($"Sluice:Sources:stripe:{setting} is '5'; write a time from {range}, such as 00:00:30 or 1.00:00:00 (days.hours:minutes:seconds)");
    }

    [Fact]
    public void A_handler_that_only_logs_takes_what_does_not_send() =>
        SettingsText.OfDestination(""" "Handler": "log", "Format": "Exact", "Headers": {}, "Timeout": "00:00:05" """).Reads();

    [Fact]
    public void A_handlers_own_settings_reach_it()
    {
        var settings = SettingsText.OfDestination(""" "Handler": "table", "table": "events" """).Settings();
        Assert.Equal("events", settings.Destinations[0].Settings["Table"]);
    }

    [Theory]
    [InlineData("Billing")]
    [InlineData("bill ing")]
    [InlineData("bill/ing")]
    public void A_name_that_is_none_is_named(string name) => SettingsText.Of($$""" "Sources": { {{SettingsText.Stripe}} }, "Destinations": { "{{name}}": { {{Good}} } } """)
        .Fails($"Sluice:Destinations:{name} is no name; write a lower-case letter, then up to 39 lower-case letters, digits or underscores");
}
