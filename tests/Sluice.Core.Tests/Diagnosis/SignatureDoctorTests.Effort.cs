using System.Text;
using Sluice.Contracts.Catalogue;
using Sluice.Diagnosis;
using Sluice.Events;
using Sluice.Ingestion;
using Sluice.Providers;

namespace Sluice.Core.Tests.Diagnosis;

/// <summary>What a stranger's request costs while it is refused: a fixed number of checks and of bytes, whatever it is made of.</summary>
public sealed partial class SignatureDoctorTests
{
    private const long MostAllocated = 32L * 1024 * 1024;

    private static readonly Dictionary<string, Func<int, byte[]>> Costly = new()
    {
        // Each of its letters may have to be escaped.
        ["letters"] = size => Encoding.UTF8.GetBytes("{\"a\":\"" + string.Concat(Enumerable.Repeat("é/<'", size / 5)) + "\"}"),
        ["objects"] = size => Encoding.UTF8.GetBytes("[" + string.Join(',', Enumerable.Repeat("{\"b\":\"é\",\"a\":\"/\"}", size / 20)) + "]"),
        ["numbers"] = size => Encoding.ASCII.GetBytes("[" + string.Join(',', Enumerable.Repeat("1", size / 2)) + "]"),
        // Something for every mistake of the body.
        ["lines"] = size => Encoding.UTF8.GetBytes("{\"é\":1,\r\n" + string.Concat(Enumerable.Repeat("\"a\":\"&lt;%41;\\\"/é\",\n", size / 20)) + "\"b\":2}"),
        ["form"] = size => Encoding.ASCII.GetBytes(string.Join('&', Enumerable.Range(0, 900).Select(i => $"k{i}={string.Concat(Enumerable.Repeat("%C3%a9 +~", size / 8100))}"))),
        ["noise"] = size => Noise(size),
    };

    public static TheoryData<string, string, int> CostlyRequests =>
    [
        .. from provider in (string[])["stripe", "shopify", "twilio", "adyen", "msgraph", "paypal", "discord", "travisci"]
           from body in Costly.Keys
           from size in (int[])[100, 20_000, 300_000, 3_000_000]
           select (provider, body, size),
    ];

    [Theory, MemberData(nameof(CostlyRequests))]
    public void A_refused_request_costs_a_bounded_effort_and_memory(string provider, string body, int size)
    {
        var source = Configured(provider).Source;
        var counted = new Counted(source.Verifier!);
        var envelope = (CatalogueSource.Of(provider).Send(key: 1) with { Body = Costly[body](size) }).EnvelopeFor(source);
        var (doctor, work) = (Configured(provider).Doctor, Work.AtIngest);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var finding = doctor.Examine(source with { Verifier = counted }, envelope, CatalogueSource.Now, work);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MostAllocated);
        Assert.NotEqual(SignatureResult.Valid, finding.Result);
        Assert.InRange(work.Bytes, 0, work.MostBytes);
        // One more than was asked for: whether there is anything to look for.
        Assert.InRange(counted.Checks, 1, work.Checks + 1);
        Assert.InRange((long)counted.Checks * envelope.Body.Length, 0, work.MostBytes + envelope.Body.Length);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Many_signatures_for_many_public_keys_buy_no_more_checks_than_one(bool hasSecret)
    {
        var settings = CatalogueSource.SettingsOf("standard-webhooks");
        if (!hasSecret) settings.Remove("Secrets:0");
        for (var i = 0; i < 2; i++) settings[$"PublicKeys:{i}"] = TestKeys.Ed25519("standard-webhooks", i).Checks;
        var receiver = Receiver.Of((CatalogueSource.Name, settings));
        // Readable, each under its own R, so that every one of them has to be checked with every key.
        var signatures = string.Join(' ', Enumerable.Range(1, 16).Select(i => "v1a," + Convert.ToBase64String([.. Ed25519.PublicKey([.. Enumerable.Repeat((byte)i, 32)]), .. new byte[32]])));
        var genuine = CatalogueSource.Of("standard-webhooks").Send();
        foreach (var header in new[] { signatures, signatures.Split(' ')[0] })
        {
            var request = genuine.With("webhook-signature", header) with { Body = new byte[100] };
            var counted = new Counted(receiver.Source.Verifier!);
            var work = Work.AtIngest;
            receiver.Doctor.Examine(receiver.Source with { Verifier = counted }, request.EnvelopeFor(receiver.Source), CatalogueSource.Now, work);
            Assert.InRange(work.PublicKeyChecks, 1, 128);
            // What is checked with both keys of the source is all counted, but for the first look.
            Assert.InRange(2 * counted.Signatures, 1, work.PublicKeyChecks + (2 * header.Split(' ').Length));
        }
    }

    [Fact]
    public void A_head_as_large_as_a_host_takes_costs_a_moment()
    {
        foreach (var provider in (string[])["stripe", "twilio", "hubspot", "standard-webhooks", "gitlab", "jwt"])
        {
            var receiver = Configured(provider);
            var genuine = CatalogueSource.Of(provider).Send(key: 1);
            var proof = receiver.Source.Scheme.HeaderNames.Concat(receiver.Source.Scheme.CredentialNames).ToList();
            var bare = proof.Aggregate(genuine, (request, name) => request.Without(name));
            CatalogueRequest[] heads =
            [
                // One name, of prefixes that proxies add.
                bare.Plus(string.Concat(Enumerable.Repeat("x-", 15_500)), "1"),
                bare.Plus(string.Concat(Enumerable.Repeat("X-Forwarded-", 2_500)), "1"),
                // As many as there may be, each nearly the proof.
                Enumerable.Range(0, 90).Aggregate(bare, (request, i) => request.Plus($"{string.Concat(Enumerable.Repeat("x-", 40))}{i}", $"sha256={i}{new string('a', 200)}")),
                Enumerable.Range(0, 90).Aggregate(bare, (request, i) => request.Plus($"X-{i}", $"t=1,v1={i}{new string('0', 62)}, v1,{new string('%', 100)}")),
                // One value, of as many parts as it has room for.
                .. from value in (string[])[string.Concat(Enumerable.Repeat(", a", 10_000)), string.Concat(Enumerable.Repeat("v1,a ", 6_000)), string.Concat(Enumerable.Repeat("v1=,", 7_500)), new string('%', 30_000), new string(';', 30_000), string.Concat(Enumerable.Repeat("%41 =,", 1_300))]
                   from name in proof.Concat(["Host", "X-Forwarded-Host", "X-Original-URL", "Cookie", "Content-Encoding"])
                   select genuine.With(name, value),
                .. from query in (string[])["a&", "?", "%41", "a=+%20&", "access_token="]
                   select genuine with { Target = "/api/webhooks/it?" + string.Concat(Enumerable.Repeat(query, 8_000 / query.Length)) },
            ];
            foreach (var head in heads)
            {
                var work = Work.AtIngest;
                var before = GC.GetAllocatedBytesForCurrentThread();
                var finding = receiver.Examine(head with { Body = "{\"a\":1}"u8.ToArray() }, null, work);
                Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MostAllocated);
                Assert.NotEqual(SignatureResult.Valid, finding.Result);
                Assert.InRange(work.Bytes, 0, work.MostBytes);
            }
        }
    }

    private static byte[] Noise(int size)
    {
        var bytes = new byte[size];
        new Random(20261122).NextBytes(bytes);
        return bytes;
    }

    /// <summary>The source's own verifier, and how often it was asked.</summary>
    private sealed class Counted(ISignatureVerifier own) : ISignatureVerifier
    {
        public int Checks { get; private set; }

        /// <summary>Those for public keys in the requests that it was asked about.</summary>
        public int Signatures { get; private set; }

        public int Keys => own.Keys;

        public bool IsUsable(DateTimeOffset now) => own.IsUsable(now);

        public SignatureCheck Verify(Envelope envelope, DateTimeOffset now)
        {
            Checks++;
            Signatures += envelope.Headers.Single("webhook-signature", out _)?.Split(' ').Count(text => text.StartsWith("v1a,", StringComparison.Ordinal)) ?? 0;
            return own.Verify(envelope, now);
        }
    }
}
