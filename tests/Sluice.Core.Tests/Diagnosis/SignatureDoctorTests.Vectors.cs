using System.Text.Json.Nodes;
using Sluice.Contracts.Catalogue;
using Sluice.Core.Tests.Providers;
using Sluice.Diagnosis;
using Sluice.Providers;

namespace Sluice.Core.Tests.Diagnosis;

/// <summary>The same with what the senders themselves have published, signed by nobody here.</summary>
public sealed partial class SignatureDoctorTests
{
    [Theory, MemberData(nameof(VectorTests.Published), MemberType = typeof(VectorTests))]
    public void A_published_example_is_diagnosed_as_one_of_ours(string provider)
    {
        var (key, signed, at) = VectorTests.Read(provider);
        var request = new CatalogueRequest("POST", "/api/webhooks/it", [.. signed.Headers], signed.Body);
        Assert.Equal(SignatureResult.Valid, With(key).Examine(request, at).Result);

        Broken(With($"'{key}'"), request, at, CauseKind.SecretQuotes);
        Broken(With(key + " "), request, at, CauseKind.SecretWhitespace);
        Broken(With(key), request with { Body = (byte[])[.. request.Body.Span, (byte)'\r', (byte)'\n'] }, at, CauseKind.BodyLineEnds);
        Broken(With(key), request with { Body = (byte[])[0xef, 0xbb, 0xbf, .. request.Body.Span] }, at, CauseKind.BodyByteOrderMark);
        var source = With(key).Source;
        if (source.Scheme.Tolerance is not null) Broken(With(key), request, at.AddHours(2), CauseKind.ClockSkew);
        if (request.Body.Span[0] != '{') return;
        // What express.json() and JSON.stringify make of it; Stripe's example ends with a line end, which is lost too.
        var parsed = System.Text.Encoding.UTF8.GetBytes(JsonNode.Parse(request.Body.Span)!.ToJsonString());
        Broken(With(key), request with { Body = parsed }, at, request.Body.Span[^1] == '\n' ? [CauseKind.BodyLineEnds, CauseKind.BodyReserialised] : [CauseKind.BodyReserialised]);

        Receiver With(string secret)
        {
            var settings = CatalogueSource.SettingsOf(provider);
            settings["Secrets:0"] = secret;
            return Receiver.Of((CatalogueSource.Name, settings));
        }

        static void Broken(Receiver receiver, CatalogueRequest arrived, DateTimeOffset now, params CauseKind[] causes)
        {
            var finding = receiver.Examine(arrived, now);
            Assert.NotEqual(SignatureResult.Valid, finding.Result);
            Assert.True(causes.SequenceEqual(finding.Causes.Select(cause => cause.Kind)), finding.Summary);
        }
    }
}
