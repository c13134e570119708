using Sluice.Contracts.Catalogue;
using Sluice.Diagnosis;

namespace Sluice.Core.Tests.Diagnosis;

/// <summary>A finding is for logs and screens: neither a secret, nor a signature, nor what a terminal obeys, and of the request only what was signed.</summary>
public sealed partial class SignatureDoctorTests
{
    [Theory, MemberData(nameof(Broken))]
    public void It_shows_neither_secret_nor_signature(string what)
    {
        var broken = BrokenRequests.All[what];
        var receiver = broken.Receiver;
        var finding = receiver.Examine(broken.Arrived, broken.Now);
        foreach (var text in Texts(finding))
        {
            Assert.DoesNotContain(receiver.Secrets, secret => text.Contains(secret, StringComparison.OrdinalIgnoreCase));
            Assert.DoesNotContain(Signatures(broken), signature => text.Contains(signature, StringComparison.OrdinalIgnoreCase));
            Assert.DoesNotContain(text, char.IsControl);
            Assert.InRange(text.Length, 1, 2000);
        }
    }

    [Theory, MemberData(nameof(Broken))]
    public void Its_sentence_holds_nothing_of_the_body(string what)
    {
        var broken = BrokenRequests.All[what];
        var finding = broken.Receiver.Examine(broken.Arrived with { Target = broken.Arrived.Target }, broken.Now);
        foreach (var word in new[] { "evt_1", "0123abc", "Zo\u00eb", "www2", "hooks.example.com", "8443", "/hooks/mandrill" })
        {
            Assert.DoesNotContain(word, finding.Summary, StringComparison.Ordinal);
            Assert.DoesNotContain(finding.Causes, cause => cause.Fix.Contains(word, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Both_texts_are_shown_where_they_differ()
    {
        var finding = Examine("a line end added");
        Assert.EndsWith("}\\n", finding.Signed!.Received, StringComparison.Ordinal);
        Assert.EndsWith("}", finding.Signed.Sent, StringComparison.Ordinal);
        Assert.Equal(BrokenRequests.All["a line end added"].Genuine.Body.Length, finding.Signed.DiffersAt);

        finding = Examine("a slash at the end signed");
        Assert.StartsWith("https://hooks.example.com/api/webhooks/it/", finding.Signed!.Sent, StringComparison.Ordinal);
        Assert.StartsWith("https://hooks.example.com/api/webhooks/it", finding.Signed.Received, StringComparison.Ordinal);
        Assert.Equal(CatalogueSource.PublicUrl.Length, finding.Signed.DiffersAt);

        finding = Examine("parsed and indented");
        Assert.Equal("""{"id":1,"a":[1,2],"b":{}}""", finding.Signed!.Sent);
        Assert.StartsWith("""{\n  "id": 1,\n""", finding.Signed.Received, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_the_texts_are_the_same_one_is_shown()
    {
        var finding = Examine("the secret of the test mode");
        Assert.StartsWith("1700000000.{", finding.Signed!.Received, StringComparison.Ordinal);
        Assert.Null(finding.Signed.Sent);
        Assert.Null(finding.Signed.DiffersAt);
    }

    [Theory]
    [InlineData("gitlab")]
    [InlineData("msgraph")]
    [InlineData("mailchimp")]
    [InlineData("basic")]
    [InlineData("jwt")]
    public void Where_the_secret_itself_is_sent_nothing_of_the_request_is_shown(string provider)
    {
        var broken = new BrokenRequest(provider) { Key = 1 };
        Assert.Null(broken.Receiver.Examine(broken.Arrived).Signed);
    }

    [Theory]
    [InlineData("{0}")]
    [InlineData("{\"a\":\"{0}\",\"b\":1}")]
    [InlineData("{\"filler\":\"0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789\",\"a\":\"{0}\"}")]
    public void A_secret_that_stands_in_the_body_is_masked_even_where_the_excerpt_ends(string body)
    {
        var secret = TestKeys.Text("github", 0).Signs;
        var broken = new BrokenRequest("github") { Key = 1, Body = body.Replace("{0}", secret, StringComparison.Ordinal) };
        var shown = broken.Receiver.Examine(broken.Arrived).Signed!.Received;
        for (var length = 6; length <= secret.Length; length++) Assert.DoesNotContain(secret[..length], shown, StringComparison.Ordinal);
        Assert.Contains("******", shown, StringComparison.Ordinal);
    }

    [Fact]
    public void A_password_in_a_signed_url_is_masked()
    {
        var broken = new BrokenRequest("twilio") { Key = 1, Url = "https://user:hunter2@hooks.example.com/api/webhooks/it", Settings = _ => [("PublicUrl", "https://user:hunter2@hooks.example.com/api/webhooks/it")] };
        var shown = broken.Receiver.Examine(broken.Arrived).Signed!.Received;
        Assert.DoesNotContain("hunter2", shown, StringComparison.Ordinal);
        Assert.StartsWith("https://***@hooks.example.com/", shown, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_terminal_would_obey_is_written_out()
    {
        var broken = new BrokenRequest("github") { Key = 1, Body = "{\"a\":\"\u001b[2J\u202e\u0007\r\n\u200b\"}" };
        Assert.Equal("{\"a\":\"\\u001b[2J\\u202e\\u0007\\r\\n\\u200b\"}", broken.Receiver.Examine(broken.Arrived).Signed!.Received);
        broken = broken with { Break = request => request with { Body = (byte[])[0xff, 0xc0, (byte)'x'] } };
        Assert.Equal("\\xff\\xc0x", broken.Receiver.Examine(broken.Arrived).Signed!.Received);
    }

    private static Finding Examine(string what) => BrokenRequests.All[what].Receiver.Examine(BrokenRequests.All[what].Arrived, BrokenRequests.All[what].Now);

    private static IEnumerable<string> Texts(Finding finding) => finding.Causes.SelectMany(cause => new[] { cause.Text, cause.Fix }).Append(finding.Summary)
        .Concat(new[] { finding.Signed?.Received, finding.Signed?.Sent }.OfType<string>().Where(text => text.Length > 0));

    // Whatever the sender put into its headers or its form that is long enough to be one, without what stands around it.
    private static IEnumerable<string> Signatures(BrokenRequest broken)
    {
        var sender = CatalogueSource.Of(broken.Provider, 0, broken.SendersSettings);
        return sender.ProofHeaders.Where(name => !name.Contains("imestamp", StringComparison.Ordinal) && !name.Contains("Time", StringComparison.OrdinalIgnoreCase)).SelectMany(name => new[] { broken.Genuine, sender.Send() }.SelectMany(request => request.Headers.Where(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase))))
            .SelectMany(header => header.Value.Split('=', ',', ' ', ';')).Where(text => text.Length >= 27);
    }
}
