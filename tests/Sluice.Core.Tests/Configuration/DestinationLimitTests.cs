using Sluice.Configuration;
using Sluice.Delivery;

namespace Sluice.Core.Tests.Configuration;

/// <summary>What a destination may be told beside where it is and what it takes: limits, breaker, batches, order, statuses, credentials.</summary>
public sealed class DestinationLimitTests
{
    private const string Good = """ "Handler": "http", "Url": "https://billing.example/" """;
    private const string Time = "such as 00:00:30 or 1.00:00:00 (days.hours:minutes:seconds)";
    private const string Rate = "write how many attempts a second or a minute, from 0.01/s to 10000/s, such as 10/s, 0.5/s or 600/m";

    [Theory]
    [InlineData(""" "Statuses": { "404": "Again" } """, "Statuses:404 is 'Again'; write one of Delivered, Retry, DeadLetter, Disable")]
    [InlineData(""" "Statuses": { "404": "1" } """, "Statuses:404 is '1'; write one of Delivered, Retry, DeadLetter, Disable")]
    [InlineData(""" "Statuses": { "40x": "Retry" } """, "Statuses:40x is no status; write one from 200 to 599, or 2xx, 3xx, 4xx or 5xx")]
    [InlineData(""" "Statuses": { "199": "Retry" } """, "Statuses:199 is no status; write one from 200 to 599, or 2xx, 3xx, 4xx or 5xx")]
    [InlineData(""" "Statuses": { "600": "Retry" } """, "Statuses:600 is no status; write one from 200 to 599, or 2xx, 3xx, 4xx or 5xx")]
    [InlineData(""" "Statuses": "Retry" """, """Statuses is a text; write { "404": "Retry" }""")]
    [InlineData(""" "Limits": { "Rate": "10/d" } """, "Limits:Rate is '10/d'; " + Rate)]
    [InlineData(""" "Limits": { "Rate": "0/s" } """, "Limits:Rate is '0/s'; " + Rate)]
    [InlineData(""" "Limits": { "Rate": "-1" } """, "Limits:Rate is '-1'; " + Rate)]
    [InlineData(""" "Limits": { "Rate": "NaN" } """, "Limits:Rate is 'NaN'; " + Rate)]
    [InlineData(""" "Limits": { "Rate": "10001" } """, "Limits:Rate is '10001'; " + Rate)]
    [InlineData(""" "Limits": { "Rate": "10/s/s" } """, "Limits:Rate is '10/s/s'; " + Rate)]
    [InlineData(""" "Limits": { "Concurrency": 0 } """, "Limits:Concurrency is '0'; write a number from 1 to 1024")]
    [InlineData(""" "Limits": { "Rates": 1 } """, "Limits:Rates is no setting; did you mean Rate?")]
    [InlineData(""" "Limits": "10/s" """, """Limits is a text; write { "Rate": "10/s", "Concurrency": 5 }""")]
    [InlineData(""" "Breaker": { "Failures": -1 } """, "Breaker:Failures is '-1'; write a number from 0 to 1000")]
    [InlineData(""" "Breaker": { "Pause": "15" } """, "Breaker:Pause is '15'; write a time from 00:00:01 to 1.00:00:00, " + Time)]
    [InlineData(""" "Breaker": { "Pause": "00:01:00", "MaxPause": "00:00:30" } """, "Breaker:MaxPause is shorter than Pause; lengthen it or remove it")]
    [InlineData(""" "Breaker": "off" """, """Breaker is a text; write { "Failures": 10, "Pause": "00:00:15" }, or { "Failures": 0 } for none""")]
    [InlineData(""" "DisableAfter": "5" """, "DisableAfter is '5'; write never, or a time from 00:00:01 to 365.00:00:00, such as 5.00:00:00 (days.hours:minutes:seconds)")]
    [InlineData(""" "DisableAfter": "00:00:00" """, "DisableAfter is '00:00:00'; write never, or a time from 00:00:01 to 365.00:00:00, such as 5.00:00:00 (days.hours:minutes:seconds)")]
    [InlineData(""" "Retry": { "MaxAge": "0" } """, "Retry:MaxAge is '0'; write a time from 00:00:01 to 365.00:00:00, " + Time)]
    [InlineData(""" "Batch": {} """, "Batch is set, and only CloudEvents go together; set Format to CloudEvents, or remove Batch")]
    [InlineData(""" "Batch": { "Events": 10 }, "Format": "CloudEventsBinary" """, "Batch is set, and only CloudEvents go together; set Format to CloudEvents, or remove Batch")]
    [InlineData(""" "Batch": { "Events": 1 }, "Format": "CloudEvents" """, "Batch:Events is '1'; write a number from 2 to 1000")]
    [InlineData(""" "Batch": { "Bytes": 10 }, "Format": "CloudEvents" """, "Batch:Bytes is '10'; write a number from 1024 to 16777216")]
    [InlineData(""" "Batch": { "Wait": "00:01:01" }, "Format": "CloudEvents" """, "Batch:Wait is '00:01:01'; write a time from 00:00:00.1000000 to 00:01:00, " + Time)]
    [InlineData(""" "Batch": { "Size": 5 }, "Format": "CloudEvents" """, "Batch:Size is no setting; there are Bytes, Events, Wait")]
    [InlineData(""" "Batch": {}, "Format": "CloudEvents", "Order": { "Key": "json:id" } """, "Order is set beside Batch, and what goes in one request is not held for one another; remove one of the two")]
    [InlineData(""" "Order": {} """, "Order:Key is missing; say where the order key is, such as json:data.object.id")]
    [InlineData(""" "Order": { "Key": "data.id" } """, "Order:Key is 'data.id'; write header:NAME or json:PATH, such as json:data.object.id")]
    [InlineData(""" "Order": { "Key": "header:X Id" } """, "Order:Key is 'header:X Id'; write header:NAME or json:PATH, such as json:data.object.id")]
    [InlineData(""" "Order": { "Key": "json:a..b" } """, "Order:Key is 'json:a..b'; 'a..b' is no path; write names with dots between, such as data.object.id; write header:NAME or json:PATH, such as json:data.object.id")]
    [InlineData(""" "Order": { "Key": "json:id", "Time": "id" } """, "Order:Time is 'id'; write header:NAME or json:PATH, such as json:data.object.id")]
    [InlineData(""" "Order": "json:id" """, """Order is a text; write { "Key": "json:data.object.id" }""")]
    [InlineData(""" "Owner": "a\nb" """, "Owner is of several lines or longer than 200 characters; write whom to ask, such as a name and an address")]
    [InlineData(""" "AllowPrivate": true """, "AllowPrivate is for destinations that are registered; one of the configuration is your own and may be anywhere unless Strict, so remove it")]
    [InlineData(""" "Bearer": "two words" """, "Bearer is empty, longer than 4096 characters or has white space or letters beyond ASCII; write the token without the word Bearer")]
    [InlineData(""" "Bearer": "env:NOT_THERE" """, "Bearer names the environment variable NOT_THERE, which is not set or empty; set it")]
    [InlineData(""" "Bearer": "t", "Headers": { "authorization": "x" } """, "Bearer is set beside Headers:Authorization; remove one of the two")]
    [InlineData(""" "Bearer": "t", "Basic": { "User": "u", "Password": "p" } """, "Basic is set beside Bearer; a request has one of the two, so remove the other")]
    [InlineData(""" "Basic": { "User": "u" } """, "Basic:Password is missing; basic credentials have User and Password")]
    [InlineData(""" "Basic": { "User": "a:b", "Password": "p" } """, "Basic:User has a colon, which ends a user's name; choose another")]
    [InlineData(""" "Basic": "u:p" """, """Basic is a text; write { "User": "sluice", "Password": "env:PASSWORD" }""")]
    public void A_wrong_setting_is_named_with_its_fix(string settings, string error) => SettingsText.OfDestination($"{Good}, {settings}").Fails($"Sluice:Destinations:billing:{error}");

    [Theory]
    [InlineData(""" "Batch": {} """, "Batch is set, and only handler http sends events together; remove it")]
    [InlineData(""" "Bearer": "t" """, "Bearer is set, and handler log sends nothing; remove it, or deliver with handler http")]
    [InlineData(""" "Statuses": { "404": "Retry" } """, "Statuses is set, and handler log sends nothing; remove it, or deliver with handler http")]
    public void What_sends_nothing_cannot_be_told_how(string settings, string error) => SettingsText.OfDestination($""" "Handler": "log", {settings} """).Fails($"Sluice:Destinations:billing:{error}");

    [Fact]
    public void What_is_not_said_stands_as_documented()
    {
        var read = Read(Good);
        Assert.Equal((null, null), (read.Limits.Rate, read.Limits.Concurrency));
        Assert.Equal(new BreakerOptions { Failures = 10, Pause = TimeSpan.FromSeconds(15), MaxPause = TimeSpan.FromMinutes(5) }, read.Breaker);
        Assert.Equal(TimeSpan.FromDays(5), read.DisableAfter);
        Assert.Null(read.Retry.MaxAge);
        Assert.Null(read.Batch);
        Assert.Null(read.Order);
        Assert.Null(read.Owner);
        Assert.Same(StatusRules.Default, read.Statuses);
        Assert.False(read.IsRegistered);
    }

    [Theory]
    [InlineData("10/s", 10)]
    [InlineData("600/m", 10)]
    [InlineData("0.5/s", 0.5)]
    [InlineData("25", 25)]
    public void A_rate_is_of_a_second_or_a_minute(string text, double rate) => Assert.Equal(rate, Read($$"""{{Good}}, "Limits": { "Rate": "{{text}}", "Concurrency": 3 } """).Limits.Rate);

    [Fact]
    public void An_exact_status_stands_before_its_class_wherever_it_is_written()
    {
        var rules = Read($$"""{{Good}}, "Statuses": { "404": "Retry", "4xx": "deadletter", "410": "DeadLetter", "503": "Disable" } """).Statuses;
        Assert.Equal([StatusMeaning.Retry, StatusMeaning.DeadLetter, StatusMeaning.DeadLetter, StatusMeaning.DeadLetter, StatusMeaning.Disable, StatusMeaning.Retry], new[] { 404, 429, 410, 400, 503, 500 }.Select(rules.Of));
    }

    [Fact]
    public void A_handler_of_ones_own_has_a_breaker_only_when_it_asks_for_one()
    {
        Assert.Equal(0, Read(""" "Handler": "log" """).Breaker.Failures);
        Assert.Equal(10, Read(""" "Handler": "log", "Breaker": { "Pause": "00:00:30" } """).Breaker.Failures);
        Assert.Equal(5, Read(""" "Handler": "log", "Breaker": { "Failures": 5 } """).Breaker.Failures);
    }

    [Fact]
    public void A_long_pause_is_not_cut_by_a_longest_that_nobody_wrote() =>
        Assert.Equal(TimeSpan.FromHours(1), Read($$"""{{Good}}, "Breaker": { "Pause": "01:00:00" } """).Breaker.MaxPause);

    [Fact]
    public void Never_is_a_time_to_be_disabled_after() => Assert.Null(Read($"""{Good}, "DisableAfter": "never" """).DisableAfter);

    [Fact]
    public void An_age_is_taken_over_from_the_retries_of_all()
    {
        var settings = SettingsText.Of($$""" "Sources": { {{SettingsText.Stripe}} }, "Retry": { "MaxAge": "06:00:00" }, "Destinations": { "a": { {{Good}} }, "b": { {{Good}}, "Retry": { "MaxAge": "01:00:00" } } } """).Settings();
        Assert.Equal([TimeSpan.FromHours(6), TimeSpan.FromHours(1)], settings.Destinations.Select(destination => destination.Retry.MaxAge!.Value));
    }

    [Fact]
    public void An_order_key_is_a_header_or_a_value_of_the_body()
    {
        var order = Read($$"""{{Good}}, "Order": { "Key": "json:data.object.id", "Hold": true, "Time": "header:X-Sent-At" } """).Order!;
        Assert.Equal(("data.object.id", null, "X-Sent-At", true), (order.Key.Json!.Text, order.Key.Header, order.Time!.Header, order.Hold));
    }

    [Fact]
    public void Credentials_become_one_header()
    {
        Assert.Equal([new("Authorization", "Bearer sk_1")], Read($"""{Good}, "Bearer": "sk_1" """).Headers);
        Assert.Equal([new("X-Key", "k"), new("Authorization", "Basic c2x1aWNlOnDDpHNz")], Read($$"""{{Good}}, "Headers": { "X-Key": "k" }, "Basic": { "User": "sluice", "Password": "päss" } """).Headers);
    }

    [Fact]
    public void A_destination_may_ask_for_what_sluice_itself_has_to_tell() => Assert.Equal(["sluice"], Read($"""{Good}, "Sources": ["sluice"] """).Sources!);

    private static DestinationSettings Read(string settings) => Assert.Single(SettingsText.OfDestination(settings).Settings().Destinations);
}
