using System.Text;
using Sluice.Events;
using Sluice.Providers;

namespace Sluice.Core.Tests.Providers.Keys;

/// <summary>Whatever the bytes are, no provider of the catalogue throws while it reads them.</summary>
public sealed class HostileBodyTests
{
    private static readonly byte[][] Bodies =
    [
        [], [0], [0xff, 0xfe, 0xfd], "null"u8.ToArray(), "5"u8.ToArray(), "[]"u8.ToArray(), "{"u8.ToArray(), "[[[["u8.ToArray(), "{\"id\":5,\"type\":[],\"event\":null}"u8.ToArray(), "{\"\\ud800\":\"\\udfff\"}"u8.ToArray(),
        "{\"type\":1e999}"u8.ToArray(), "{\"type\":99999999999999999999}"u8.ToArray(), "a=%"u8.ToArray(), "payload=%7B%22id%22%3A1e99%7D"u8.ToArray(), "payload=[1]"u8.ToArray(), "mandrill_events=[{},5,null,\"x\",[[]]]"u8.ToArray(),
        "bt_signature=a&bt_payload=PGE="u8.ToArray(), "bt_signature=a&bt_payload=%FF"u8.ToArray(), "MessageStatus=%ff%fe"u8.ToArray(), Encoding.UTF8.GetBytes(new string('[', 200_000)), Encoding.UTF8.GetBytes(new string('&', 200_000)), new byte[1_000_000],
    ];

    public static TheoryData<string> Providers => [.. ProviderCatalog.Default.Names];

    [Theory, MemberData(nameof(Providers))]
    public void Reading_it_never_throws(string name)
    {
        Assert.True(ProviderCatalog.Default.TryGet(name, out var provider));
        foreach (var body in Bodies)
        {
            foreach (var method in new[] { "POST", "GET", "HEAD", "OPTIONS" })
            {
                var envelope = new SentWebhook(new SentRequest { Method = method, Url = KeyedSource.Url, Body = body, ContentType = "application/json" }).Envelope;
                provider.Greet(envelope, SignedSource.Settings);
                provider.Handshake(envelope, SignedSource.Settings);
                provider.Describe(envelope, SignedSource.Settings);
                if (provider.IsBatch(envelope)) provider.Split(new WebhookEvent { Id = EventId.Of("it", "x"), Source = "it", Type = WebhookEvent.BatchType, IdempotencyKey = "x", ReceivedAt = KeyedSource.Now, Headers = HeaderList.Empty, Body = body });
            }
        }
    }
}
