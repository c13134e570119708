using Sluice.Contracts.Catalogue;
using Sluice.Diagnosis;
using Sluice.Providers;
using static Sluice.Diagnosis.CauseKind;

namespace Sluice.Core.Tests.Diagnosis;

/// <summary>Two mistakes at once are both named; of more it is said that it is not one.</summary>
public sealed partial class SignatureDoctorTests
{
    // Each can be made beside any of the other list.
    private static readonly Dictionary<CauseKind, Func<BrokenRequest, BrokenRequest>> OfTheSecret = new()
    {
        [SecretWhitespace] = broken => broken with { Settings = secret => [("Secrets:0", secret + "\n")] },
        [SecretQuotes] = broken => broken with { Settings = secret => [("Secrets:0", $"'{secret}'")] },
        [SecretEncoding] = broken => broken with { Settings = secret => [("Secrets:0", Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(secret)))] },
        [OtherSourcesSecret] = broken => broken with { Key = 1, Beside = [("second", broken.Provider, 1)] },
        [SecretExpired] = broken => broken with { Settings = secret => [("Secrets:0", null), ("Secrets:0:Value", secret), ("Secrets:0:NotAfter", "2023-11-14T21:43:20Z")] },
    };

    private static readonly Dictionary<CauseKind, Func<BrokenRequest, BrokenRequest>> OfTheRequest = new()
    {
        [BodyLineEnds] = broken => broken with { Break = request => request with { Body = (byte[])[.. request.Body.Span, (byte)'\n'] } },
        [BodyByteOrderMark] = broken => broken with { Break = request => request with { Body = (byte[])[0xef, 0xbb, 0xbf, .. request.Body.Span] } },
        [BodyReserialised] = broken => broken with { Body = """{"id":1,"a":[1,2],"b":{}}""", Break = request => request with { Body = """{"id": 1, "a": [1, 2], "b": {}}"""u8.ToArray() } },
        [HeaderRenamed] = broken => broken with { Break = request => request with { Headers = [.. request.Headers.Select(header => new KeyValuePair<string, string>(header.Key.Replace('-', '_'), header.Value))] } },
        [ClockSkew] = broken => broken with { Late = TimeSpan.FromMinutes(30) },
    };

    public static TheoryData<string, CauseKind, CauseKind> Pairs =>
    [
        .. from provider in (string[])["stripe", "slack", "zoom"]
           from first in OfTheSecret.Keys
           from second in OfTheRequest.Keys
           select (provider, first, second),
    ];

    [Theory, MemberData(nameof(Pairs))]
    public void Two_causes_at_once_are_both_named(string provider, CauseKind first, CauseKind second)
    {
        var broken = OfTheRequest[second](OfTheSecret[first](new BrokenRequest(provider)));
        foreach (var finding in new[] { broken.Receiver.Examine(broken.Arrived, broken.Now), broken.Receiver.ExamineBriefly(broken.Arrived, broken.Now) })
        {
            Assert.NotEqual(SignatureResult.Valid, finding.Result);
            Assert.True(finding.Causes.Select(cause => cause.Kind).ToHashSet().SetEquals([first, second]), finding.Summary);
            Assert.Contains("; and ", finding.Summary, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("twilio", UrlScheme, UrlTrailingSlash)]
    [InlineData("square", UrlHost, UrlPort)]
    [InlineData("hubspot", UrlScheme, ClockSkew)]
    public void Two_causes_of_the_url_are_both_named(string provider, CauseKind first, CauseKind second)
    {
        var url = first == UrlScheme ? "http://hooks.example.com/api/webhooks/it" : "https://www.hooks.example.com:443/api/webhooks/it";
        var broken = new BrokenRequest(provider) { Url = second == UrlTrailingSlash ? url + "/" : url, Late = second == ClockSkew ? TimeSpan.FromHours(1) : default };
        var finding = broken.Receiver.Examine(broken.Arrived, broken.Now);
        Assert.True(finding.Causes.Select(cause => cause.Kind).ToHashSet().SetEquals([first, second]), finding.Summary);
    }

    [Fact]
    public void What_the_request_shows_of_its_url_explains_even_three_differences()
    {
        var broken = new BrokenRequest("twilio")
        {
            Url = "http://tunnel.example:8080/hooks/it",
            Break = request => request.Plus("Host", "tunnel.example:8080").Plus("X-Forwarded-Proto", "http"),
        };
        Assert.Equal([UrlScheme, UrlHost, UrlPort, UrlPath], broken.Receiver.Examine(broken.Arrived).Causes.Select(cause => cause.Kind));
    }

    [Fact]
    public void Of_three_causes_it_says_that_it_is_not_one()
    {
        var broken = new BrokenRequest("stripe")
        {
            Body = """{"id":1,"a":[1,2]}""",
            Settings = secret => [("Secrets:0", $"\"{secret}\"")],
            Break = request => request.Without("Stripe-Signature").Plus("Sig", request["Stripe-Signature"]) with { Body = """{"id": 1, "a": [1, 2]}"""u8.ToArray() },
        };
        var finding = broken.Receiver.Examine(broken.Arrived);
        Assert.NotEqual(SignatureResult.Valid, finding.Result);
        Assert.Equal(HeaderMissing, Assert.Single(finding.Causes).Kind);

        var tampered = new BrokenRequest("stripe") { Break = request => request with { Body = """{"id":"evil"}"""u8.ToArray() } };
        finding = tampered.Receiver.Examine(tampered.Arrived);
        Assert.Equal(UnknownSecret, Assert.Single(finding.Causes).Kind);
        Assert.Contains("changed in more than one way", finding.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public void A_document_and_the_line_end_behind_it_are_two_things()
    {
        // As Go's encoder writes it, and as a framework hands it on.
        var broken = new BrokenRequest("linear") { Body = "{\"id\":1,\"a\":\"\\u003cb\\u003e\"}\n", Break = request => request with { Body = "{\n  \"id\": 1,\n  \"a\": \"<b>\"\n}"u8.ToArray() } };
        Assert.Equal([BodyLineEnds, BodyReserialised], broken.Receiver.Examine(broken.Arrived).Causes.Select(cause => cause.Kind));
    }
}
