using System.Diagnostics;
using Sluice.Configuration;
using Sluice.Core.Tests.Configuration;

namespace Sluice.Core.Tests.Destinations;

/// <summary>What may be registered, and that everything else is refused with its rule and its fix. No refusal shows a secret, and none throws.</summary>
public sealed class RegistrationReaderTests
{
    private const string Good = """ "Url": "https://crm.example/hooks" """;
    private const string Secret = "hunter2";

    private static readonly SluiceConfiguration Configuration = SettingsText.OfDestination(""" "Handler": "log" """).Reads();

    public static TheoryData<string, string> Wrong { get; } = new()
    {
        { "", "crm is no JSON at line 1, byte 1" },
        { "{", "crm is no JSON at line 1" },
        { "null", "crm is no object; write" },
        { "[]", "crm is no object; write" },
        { "\"https://crm.example\"", "crm is no object; write" },
        { "{ // no comments\n }", "crm is no JSON at line 1" },
        { $$"""{ {{Good}}, }""", "crm is no JSON at line 1" },
        { $$"""{ {{Good}} } {}""", "crm is no JSON at line 1" },
        { $$"""{ {{Good}}, "Filter": {{string.Concat(Enumerable.Repeat("{\"not\":", 40))}}{}{{new string('}', 40)}} }""", ", or nested more than 24 deep; write one object without comments" },
        { $$"""{ {{Good}}, "Owner": "{{new string('x', 16 * 1024)}}" }""", "crm is longer than 16 KiB" },
        { """{ "Url": "https://a.example", "Url": "https://b.example" }""", "crm names 'Url' twice; keep one" },
        { """{ "Url": "https://a.example", "url": "https://b.example" }""", "crm names 'url' twice; keep one" },
        { $$"""{ {{Good}}, "Retry": { "Factor": 2, "factor": 3 } }""", "crm names 'factor' twice; keep one" },
        { $$"""{ {{Good}}, "Retry:Factor": 2 }""", "crm has a name that is empty, longer than 100 characters or has a colon" },
        { """{ "Url": "https://\ud800.example" }""", "crm has a text that is no Unicode" },
        { "{}", "crm has no Url" },
        { """{ "Url": null }""", "crm has no Url" },
        { """{ "Url": { "a": 1 } }""", "crm has no Url" },
        { """{ "Url": "crm.example" }""", "crm:Url is no address; write an absolute http or https address without user name" },
        { """{ "Url": "ftp://crm.example/hunter2" }""", "crm:Url is no address; write an absolute http or https address without user name" },
        { """{ "Url": "https://me:hunter2@crm.example/" }""", "crm:Url has a user name; write an absolute http or https address without user name" },
        { """{ "Url": "http://crm.example/" }""", "https" },
        { """{ "Url": "https://crm.example:22/" }""", "port 22" },
        { """{ "Url": "https://127.0.0.1/" }""", "127.0.0.1" },
        { """{ "Url": "https://[::1]/" }""", "::1" },
        { """{ "Url": "https://10.1.2.3/" }""", "10.1.2.3" },
        { """{ "Url": "https://169.254.169.254/latest/meta-data" }""", "169.254.169.254" },
        { """{ "Url": "https://168.63.129.16/" }""", "168.63.129.16" },
        { """{ "Url": "https://0x7f000001/" }""", "127.0.0.1" },
        { """{ "Url": "https://[::ffff:10.0.0.1]/" }""", "crm has a Url that leads to ::ffff:10.0.0.1" },
        { $$"""{ {{Good}}, "Handler": "log" }""", "crm:Handler is not http; the operator's own code serves only destinations of the configuration, so remove it" },
        { $$"""{ {{Good}}, "Strict": false }""", "crm:Strict is false, and a registered destination is strict; remove it, or set AllowPrivate" },
        { $$"""{ {{Good}}, "Strict": true, "AllowPrivate": true }""", "crm:Strict is set beside AllowPrivate and says the contrary; remove one of the two" },
        { $$"""{ {{Good}}, "AllowPrivate": "maybe" }""", "crm:AllowPrivate is 'maybe'; write true or false" },
        { $$"""{ {{Good}}, "Bearer": "env:PATH" }""", "crm:Bearer names a place on this machine, which only the configuration may; write the secret itself" },
        { $$"""{ {{Good}}, "SignSecrets": ["file:/etc/passwd"] }""", "crm:SignSecrets:0 names a place on this machine, which only the configuration may; write the secret itself" },
        { $$"""{ {{Good}}, "Headers": { "X-Key": "file:/etc/passwd" } }""", "crm:Headers:X-Key names a place on this machine, which only the configuration may; write the secret itself" },
        { $$"""{ {{Good}}, "Basic": { "User": "u", "Password": "env:HOME" } }""", "crm:Basic:Password names a place on this machine, which only the configuration may; write the secret itself" },
        { $$"""{ {{Good}}, "Bearer": "@Microsoft.KeyVault(SecretUri=x)" }""", "crm:Bearer is a Key Vault reference that did not resolve" },
        { $$"""{ {{Good}}, "SignSecrets": ["hunter2"] }""", "crm:SignSecrets:0 begins with neither whsec_ nor whsk_" },
        { $$"""{ {{Good}}, "SignSecrets": "whsec_hunter2" }""", "crm:SignSecrets is one text; write a list" },
        { $$"""{ {{Good}}, "Headers": { "Host": "hunter2" } }""", "crm:Headers:Host is set by Sluice; choose another name" },
        { $$"""{ {{Good}}, "Headers": { "X-A": "hunter2\r\nX-B: c" } }""", "crm:Headers:X-A has a value that is empty, of several lines" },
        { $$"""{ {{Good}}, "Bearer": "hunter2 hunter2" }""", "crm:Bearer is empty, longer than 4096 characters or has white space" },
        { $$"""{ {{Good}}, "Bearer": { "hunter2": "x" } }""", "crm:Bearer is no text; write the token" },
        { $$"""{ {{Good}}, "Filter": { "json": "a" } }""", "crm:Filter says nothing of 'json'" },
        { $$"""{ {{Good}}, "Filter": { "xml": "a" } }""", "crm:Filter says of nothing what it should be" },
        { $$"""{ {{Good}}, "Filter": "all" }""", "crm:Filter is no object" },
        { $$"""{ {{Good}}, "Sources": ["shopify"] }""", "crm:Sources names 'shopify', which is no source; there are stripe" },
        { $$"""{ {{Good}}, "Types": "invoice.*" }""", "crm:Types is 'invoice.*'; write a list" },
        { $$"""{ {{Good}}, "Timeout": "5" }""", "crm:Timeout is '5'; write a time" },
        { $$"""{ {{Good}}, "Timeout": "-00:00:05" }""", "crm:Timeout is '-00:00:05'; write a time" },
        { $$"""{ {{Good}}, "Retry": { "MaxAttempts": 1e9 } }""", "crm:Retry:MaxAttempts is '1e9'; write a number from 1 to 1000" },
        { $$"""{ {{Good}}, "Retry": { "Delays": [] } }""", "crm:Retry:Delays is empty" },
        { $$"""{ {{Good}}, "Limits": { "Rate": "fast" } }""", "crm:Limits:Rate is 'fast'" },
        { $$"""{ {{Good}}, "Format": "xml" }""", "crm:Format is 'xml'; write one of Exact, CloudEvents, CloudEventsBinary" },
        { $$"""{ {{Good}}, "Order": { "Key": "id" } }""", "crm:Order:Key is 'id'" },
        { $$"""{ {{Good}}, "Batch": {} }""", "crm:Batch is set, and only CloudEvents go together" },
        { $$"""{ {{Good}}, "Typs": [] }""", "crm:Typs is no setting; did you mean Types?" },
        { $$"""{ {{Good}}, "{{new string('x', 5000)}}": 1 }""", "crm has a name that is empty, longer than 100 characters or has a colon" },
        { $$"""{ {{Good}}, "a\u001b[31mb": 1 }""", "crm:a?[31mb is no setting" },
    };

    // No row of a table: what runs the tests writes rows down as UTF-8, which has no place for this.
    [Fact]
    public void A_text_that_is_no_Unicode_is_refused() => Assert.Contains("crm has a text that is no Unicode", Assert.Single(Refusals("crm", "{ \"Url\": \"https://\uD800.example\" }")), StringComparison.Ordinal);

    [Theory]
    [MemberData(nameof(Wrong))]
    public void A_wrong_registration_is_refused_with_the_rule_and_the_fix(string json, string fault)
    {
        var faults = Refusals("crm", json);
        Assert.Contains(faults, text => text.Contains(fault, StringComparison.Ordinal));
        Assert.All(faults, text =>
        {
            Assert.DoesNotContain(Secret, text, StringComparison.Ordinal);
            Assert.InRange(text.Length, 10, 1000);
            Assert.DoesNotContain(text, char.IsControl);
        });
    }

    [Theory]
    [InlineData("Crm")]
    [InlineData("1crm")]
    [InlineData("crm:x")]
    [InlineData("a/b")]
    [InlineData("")]
    [InlineData("crm\n")]
    [InlineData("a23456789012345678901234567890123456789012")]
    public void A_name_that_is_none_is_refused(string name) =>
        Assert.EndsWith("is no name; write a lower-case letter, then up to 39 lower-case letters, digits or underscores", Assert.Single(Refusals(name, $$"""{ {{Good}} }""")), StringComparison.Ordinal);

    [Fact]
    public void A_name_of_the_configuration_is_taken() =>
        Assert.Equal("billing is in the configuration, which stands before what is registered; change it there, or choose another name", Assert.Single(Refusals("billing", $$"""{ {{Good}} }""")));

    [Fact]
    public void The_name_of_the_place_where_batches_are_taken_apart_is_taken() =>
        Assert.Equal("split_batches is the name of the place where batches are taken apart; choose another", Assert.Single(Refusals("split_batches", $$"""{ {{Good}} }""")));

    [Fact]
    public void All_faults_are_named_at_once() => Assert.Equal(3, Refusals("crm", """{ "Url": "crm", "Timeout": "5", "Handler": "log" }""").Count(text => text.StartsWith("crm:", StringComparison.Ordinal)));

    [Fact]
    public void A_registered_destination_is_strict_and_says_that_it_is_registered()
    {
        var read = Accepted($$"""{ {{Good}}, "Owner": "crm@example.com", "Sources": ["stripe", "sluice"], "Limits": { "Rate": 10 }, "DisableAfter": "never", "SignSecrets": ["whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="] }""");
        Assert.Equal(("crm", "http", true, false, true, "crm@example.com", 10d, null), (read.Name, read.Handler, read.Strict, read.AllowPrivate, read.IsRegistered, read.Owner, read.Limits.Rate, read.DisableAfter));
        Assert.Equal(10, read.Breaker.Failures);
        Assert.NotNull(read.Signer);
    }

    [Theory]
    [InlineData("http://crm.example/")]
    [InlineData("http://127.0.0.1:5000/hooks")]
    [InlineData("https://10.1.2.3:8080/")]
    public void Where_private_addresses_are_allowed_http_and_this_machine_are_too(string url)
    {
        var read = Accepted($$"""{ "Url": "{{url}}", "AllowPrivate": true }""");
        Assert.Equal((false, true, url), (read.Strict, read.AllowPrivate, read.Url!.ToString()));
    }

    [Fact]
    public void A_deep_filter_within_the_bounds_is_read() =>
        Assert.NotNull(Accepted($$"""{ {{Good}}, "Filter": { "all": [ { "any": [ { "not": { "json": "a.b", "exists": true } }, { "header": "X-A", "in": ["x", 1, true] } ] } ] } }""").Filter);

    [Theory]
    [InlineData("\"Filter\": { \"json\": \"a\", \"in\": [", "1", "] }")]
    [InlineData("\"SignSecrets\": [", "{}", "]")]
    [InlineData("\"Sources\": [", "\"a\"", "]")]
    [InlineData("\"Types\": [", "null", "]")]
    public void Thousands_of_values_are_refused_at_once_and_in_few_words(string before, string one, string after)
    {
        var started = Stopwatch.GetTimestamp();
        var faults = Refusals("crm", $$"""{ {{Good}}, {{before}}{{string.Join(',', Enumerable.Repeat(one, (16_000 - before.Length) / (one.Length + 1)))}}{{after}} }""");
        Assert.Contains("crm has more than 1000 values; shorten its filter or its lists", faults);
        Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromMilliseconds(500));
    }

    [Fact]
    public void Of_many_faults_the_first_are_told()
    {
        var faults = Refusals("crm", $$"""{ {{Good}}, "Sources": [{{string.Join(',', Enumerable.Repeat("\"nobody\"", 900))}}] }""");
        Assert.Equal((21, "crm has 880 more faults; mend these first"), (faults.Count, faults[^1]));
    }

    [Fact]
    public void Nothing_that_could_be_sent_throws()
    {
        var random = new Random(7);
        var whole = $$"""{ {{Good}}, "Headers": { "X-A": "b" }, "Filter": { "json": "a", "equals": 1 }, "Statuses": { "404": "Retry" }, "Order": { "Key": "json:a" }, "Basic": { "User": "a", "Password": "b" }, "Batch": {}, "Types": ["a"] }""";
        for (var i = 0; i < 3000; i++)
        {
            var text = whole.ToCharArray();
            for (var change = random.Next(1, 4); change > 0; change--) text[random.Next(text.Length)] = (char)(random.Next(4) == 0 ? random.Next(0x10000) : "{}[]\",:0a\\u "[random.Next(12)]);
            var faults = new List<ConfigurationError>();
            Assert.True(Shared.Reader.Read("crm", new string(text), Configuration, faults) is not null ^ faults.Count > 0);
        }
    }

    private static List<string> Refusals(string name, string json)
    {
        var faults = new List<ConfigurationError>();
        Assert.Null(Shared.Reader.Read(name, json, Configuration, faults));
        return [.. faults.Select(fault => fault.ToString())];
    }

    private static DestinationSettings Accepted(string json)
    {
        var faults = new List<ConfigurationError>();
        var read = Shared.Reader.Read("crm", json, Configuration, faults);
        Assert.Empty(faults);
        return read!;
    }
}
