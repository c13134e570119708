using System.Net;
using System.Text;
using Sluice.Contracts.Catalogue;
using Sluice.Core.Tests.Providers;
using Sluice.Diagnosis;
using Sluice.Providers;

namespace Sluice.Core.Tests.Diagnosis;

/// <summary>Every provider of the catalogue: what is whole stays whole, what is forged never becomes so, and whatever comes costs a bounded effort.</summary>
public sealed partial class SignatureDoctorTests
{
    private const int LargestBody = 16 * 1024 * 1024;

    [Theory, MemberData(nameof(CatalogueTests.Played), MemberType = typeof(CatalogueTests))]
    public void A_genuine_request_holds(string provider)
    {
        var finding = Configured(provider).Examine(CatalogueSource.Of(provider).Send());
        Assert.Equal(SignatureResult.Valid, finding.Result);
        Assert.Empty(finding.Causes);
    }

    [Theory, MemberData(nameof(CatalogueTests.Played), MemberType = typeof(CatalogueTests))]
    public void With_another_secret_it_never_holds_and_the_cause_is_the_secret(string provider)
    {
        var source = CatalogueSource.Of(provider);
        var finding = Configured(provider).Examine(source.Send(key: 1));
        Assert.NotEqual(SignatureResult.Valid, finding.Result);
        Assert.Equal(CauseKind.UnknownSecret, Assert.Single(finding.Causes).Kind);

        var settings = CatalogueSource.SettingsOf(provider, 1);
        finding = Receiver.Of((CatalogueSource.Name, CatalogueSource.SettingsOf(provider)), ("second", settings)).Examine(source.Send(key: 1));
        Assert.NotEqual(SignatureResult.Valid, finding.Result);
        Assert.Equal(CauseKind.OtherSourcesSecret, Assert.Single(finding.Causes).Kind);
        Assert.Contains("'second'", finding.Summary, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(CatalogueTests.Played), MemberType = typeof(CatalogueTests))]
    public void An_empty_request_is_no_mystery(string provider)
    {
        var finding = Configured(provider).Examine(new CatalogueRequest("POST", "/api/webhooks/it", [], default));
        Assert.NotEqual(SignatureResult.Valid, finding.Result);
        Assert.Contains(Assert.Single(finding.Causes).Kind, (CauseKind[])[CauseKind.HeaderMissing, CauseKind.BodyTruncated, CauseKind.UrlPath, CauseKind.HeaderMalformed]);
    }

    [Theory, MemberData(nameof(CatalogueTests.Played), MemberType = typeof(CatalogueTests))]
    public void Every_other_sender_is_recognised_or_at_least_never_taken_for_this_one(string provider)
    {
        var receiver = Configured(provider);
        foreach (var name in CatalogueTable.Names.Where(name => name != provider))
        {
            var finding = receiver.Examine(CatalogueSource.Of(name).Send());
            Assert.NotEqual(SignatureResult.Valid, finding.Result);
            Assert.NotEmpty(finding.Causes);
        }
    }

    [Theory, MemberData(nameof(CatalogueTests.Played), MemberType = typeof(CatalogueTests))]
    public void Whatever_a_stranger_sends_nothing_throws_and_the_effort_is_bounded(string provider)
    {
        var random = new Random(20261122);
        var genuine = CatalogueSource.Of(provider).Send();
        var receiver = Receiver.Of((CatalogueSource.Name, CatalogueSource.SettingsOf(provider)), ("stripe_live", CatalogueSource.SettingsOf("stripe")), ("mail", CatalogueSource.SettingsOf("mandrill")), ("second", CatalogueSource.SettingsOf(provider, 1)));
        string[] values = ["", "\0", "\r\n", "\ud800", "é", new('x', 20_000), new(',', 20_000), "t=", "t=1,v1=", "sha256=", "Bearer a.b.c", "v1, v1,", "%zz", "=", "99999999999999999999", "999999999999", new('0', 64)];
        string[] bodies = ["", "{", "[[[[", "\"", "%", "&&==", "{\"a\":\"\\ud800\"}", "\uFEFF", "a=%zz&b", "\u001f\u008b", "{}{}", "&#xD800;&amp;", new('[', 5000)];
        for (var i = 0; i < 60; i++)
        {
            var request = genuine;
            for (var changes = random.Next(1, 4); changes > 0; changes--)
            {
                var header = request.Headers.Count > 0 ? request.Headers[random.Next(request.Headers.Count)].Key : "Host";
                request = random.Next(7) switch
                {
                    0 => request.Without(header),
                    1 => request.Without(header).Plus(header, values[random.Next(values.Length)]),
                    2 => request.Plus(header, values[random.Next(values.Length)]),
                    3 => request.Plus((string[])["Host", "X-Forwarded-Host", "Content-Encoding", "Content-Length", "X-Original-URL"] is var names ? names[random.Next(names.Length)] : "", values[random.Next(values.Length)]),
                    4 => request with { Body = Encoding.Latin1.GetBytes(bodies[random.Next(bodies.Length)]) },
                    5 => request with { Body = Flipped(request.Body, random) },
                    _ => request with { Target = ((string[])["", "?", "/", "*", "/api/webhooks/it?%", "/api/webhooks/it/x?a&b=%zz", "//"])[random.Next(7)] },
                };
            }

            var work = i % 2 == 0 ? Work.AtLeisure : Work.AtIngest;
            var finding = receiver.Examine(request, CatalogueSource.Now, work);
            Assert.InRange(work.Checks, 0, work.MostChecks);
            Assert.Equal(finding.Result == SignatureResult.Valid, finding.Causes.Count == 0);
            Assert.Equal(finding.Result == SignatureResult.Valid, CatalogueSource.Of(provider).Source.Verifier!.Verify(request.EnvelopeFor(receiver.Source), CatalogueSource.Now).IsValid);
        }
    }

    [Theory]
    [InlineData("stripe", "json")]
    [InlineData("github", "text")]
    [InlineData("discord", "json")]
    [InlineData("twilio", "form")]
    [InlineData("adyen", "json")]
    [InlineData("github", "nested")]
    [InlineData("github", "bomb")]
    public void The_largest_body_buys_no_more_than_a_moment(string provider, string kind)
    {
        byte[] body = kind switch
        {
            "json" => Encoding.UTF8.GetBytes("[" + string.Join(',', Enumerable.Repeat("{\"a\":\"é/<b>\"}", LargestBody / 17)) + "]"),
            "form" => Encoding.ASCII.GetBytes(string.Join('&', Enumerable.Range(0, 900).Select(i => $"k{i}={new string('x', LargestBody / 1000)}"))),
            // Indented, each comma would become a line of a hundred blanks.
            "nested" => Encoding.ASCII.GetBytes(new string('[', 60) + string.Join(',', Enumerable.Repeat("1", LargestBody / 2 - 200)) + new string(']', 60)),
            "bomb" => Bomb(),
            _ => new byte[LargestBody],
        };
        foreach (var work in new[] { Work.AtLeisure, Work.AtIngest })
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var finding = Configured(provider).Examine(CatalogueSource.Of(provider).Send() with { Body = body }, null, work);
            Assert.NotEqual(SignatureResult.Valid, finding.Result);
            Assert.InRange(work.Bytes, 0, work.MostBytes);
            Assert.InRange(finding.Signed?.Received.Length ?? 0, 0, 2000);
            if (work.IsBrief) Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MostAllocated);
            if (kind is "text" or "nested") Assert.Contains("not every usual mistake was tried", finding.Summary, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void From_an_address_that_is_not_allowed_the_address_is_the_cause()
    {
        var settings = CatalogueSource.SettingsOf("github");
        settings["AllowedIps:0"] = "192.0.2.0/24";
        var receiver = Receiver.Of((CatalogueSource.Name, settings));
        var envelope = CatalogueSource.Of("github").Send().EnvelopeFor(receiver.Source);
        Assert.Equal(SignatureResult.Valid, receiver.Examine(envelope with { RemoteAddress = IPAddress.Parse("192.0.2.7") }).Result);
        // Of a captured request nobody knows where it came from.
        Assert.Equal(SignatureResult.Valid, receiver.Examine(envelope).Result);
        var finding = receiver.Examine(envelope with { RemoteAddress = IPAddress.Parse("198.51.100.7") });
        Assert.Equal(SignatureResult.AddressNotAllowed, finding.Result);
        Assert.Equal(CauseKind.AddressNotAllowed, Assert.Single(finding.Causes).Kind);
        Assert.Contains("its signature holds", finding.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public void A_source_whose_configuration_has_a_fault_says_which()
    {
        var settings = CatalogueSource.SettingsOf("stripe");
        settings["Tolerance"] = "five minutes";
        var finding = Receiver.Of((CatalogueSource.Name, settings)).Examine(CatalogueSource.Of("stripe").Send());
        Assert.Equal(SignatureResult.NoUsableSecret, finding.Result);
        Assert.Contains("Tolerance", Assert.Single(finding.Causes).Fix, StringComparison.Ordinal);
    }

    private static Receiver Configured(string provider) => Receiver.Of((CatalogueSource.Name, CatalogueSource.SettingsOf(provider)));

    private static byte[] Flipped(ReadOnlyMemory<byte> body, Random random)
    {
        var flipped = body.ToArray();
        if (flipped.Length > 0) flipped[random.Next(flipped.Length)] ^= (byte)random.Next(1, 256);
        return flipped;
    }

    private static byte[] Bomb()
    {
        using var packed = new MemoryStream();
        using (var stream = new System.IO.Compression.GZipStream(packed, System.IO.Compression.CompressionLevel.Fastest))
        {
            var zeros = new byte[1024 * 1024];
            for (var i = 0; i < 512; i++) stream.Write(zeros);
        }

        return packed.ToArray();
    }
}
