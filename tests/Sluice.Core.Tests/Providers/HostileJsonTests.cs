using System.Diagnostics;
using System.Text;
using Sluice.Contracts;
using Sluice.Events;
using Sluice.Providers;

namespace Sluice.Core.Tests.Providers;

/// <summary>Bodies made to cost (A22): describing them never throws and takes time in proportion to their size.</summary>
public sealed class HostileJsonTests
{
    private static readonly Dictionary<string, Func<byte[]>> Bodies = new()
    {
        ["100,000 arrays deep"] = () => Text(new string('[', 100_000) + new string(']', 100_000)),
        ["100,000 objects deep"] = () => Text(string.Concat(Enumerable.Repeat("{\"event\":", 100_000)) + "1" + new string('}', 100_000)),
        ["100,000 objects open"] = () => Text(string.Concat(Enumerable.Repeat("{\"id\":", 100_000))),
        ["100,000 keys"] = () => Text("{" + string.Join(',', Enumerable.Range(0, 100_000).Select(i => $"\"k{i}\":{i}")) + "}"),
        ["100,000 times the key id"] = () => Text("{" + string.Join(',', Enumerable.Range(0, 100_000).Select(i => $"\"id\":\"{i}\"")) + "}"),
        ["100,000 times the key event"] = () => Text("{" + string.Join(',', Enumerable.Repeat("\"event\":{\"type\":\"x\"}", 100_000)) + "}"),
        ["100,000 escaped keys"] = () => Text("{" + string.Join(',', Enumerable.Repeat("\"\\u0069\\u0064x\":1", 100_000)) + "}"),
        ["1 MB string"] = () => Text($$"""{"id":"{{new string('x', 1_000_000)}}","type":"t"}"""),
        ["1 MB of escapes"] = () => Text($$"""{"id":"{{string.Concat(Enumerable.Repeat("\\u0041", 170_000))}}","type":"t"}"""),
        ["1 MB key"] = () => Text($$"""{"{{new string('x', 1_000_000)}}":"t"}"""),
        ["1 MB number"] = () => Text($$"""{"id":{{new string('9', 1_000_000)}}}"""),
        ["1 MB of spaces"] = () => Text(new string(' ', 1_000_000) + "{}"),
        ["lone surrogate as id"] = () => Text("""{"id":"\ud800","type":"t"}"""),
        ["lone surrogate as a key"] = () => Text("""{"\ud800":"x","\udc00\ud800":1,"i\ud800":"y","type":"t"}"""),
        ["half of a surrogate pair of bytes"] = () => [.. "{\"id\":\""u8, 0xed, 0xa0, 0x80, .. "\"}"u8],
        ["BOM"] = () => Text("\uFEFF{}"),
        ["UTF-16"] = () => Encoding.Unicode.GetBytes("{\"id\":\"x\"}"),
        ["NUL"] = () => new byte[1000],
        ["100,000 entries"] = () => Text("{\"entry\":[" + string.Join(',', Enumerable.Repeat("{\"changes\":[{}]}", 100_000)) + "]}"),
        ["100,000 events"] = () => Text("{\"events\":[" + string.Join(',', Enumerable.Repeat("{}", 100_000)) + "]}"),
        ["100,000 objects"] = () => Text("[" + string.Join(',', Enumerable.Repeat("{}", 100_000)) + "]"),
        ["100,000 notification items"] = () => Text("{\"notificationItems\":[" + string.Join(',', Enumerable.Repeat("{\"NotificationRequestItem\":{}}", 100_000)) + "]}"),
        ["things within much"] = () => Text("{\"entry\":[{\"changes\":[{\"value\":{\"contacts\":\"" + new string('x', 500_000) + "\",\"messages\":[" + string.Join(',', Enumerable.Repeat("{}", 10_000)) + "]}}]}]}"),
        ["an empty list of each name"] = () => Text("""{"entry":[],"events":[],"notificationItems":[]}"""),
        ["numbers in each list"] = () => Text("""{"entry":[1,{"changes":[1,{"value":1},{"value":{"messages":[1,"x",null]}}],"messaging":[1,{"message":1}]}],"events":[1],"notificationItems":[1,{}]}"""),
        ["objects where texts belong"] = () => Text("""{"notificationItems":[{"NotificationRequestItem":1}],"events":[{"resource":1,"action":{}}],"challenge":{},"subscription":1,"payload":1,"event":{}}"""),
        ["url_verification deep"] = () => Text("{\"url_verification\":" + new string('[', 100_000)),
    };

    public static TheoryData<string, string> Cases
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var provider in SignedSource.HmacProviders)
            {
                foreach (var body in Bodies.Keys) data.Add(provider, body);
            }

            return data;
        }
    }

    [Attack("A18")]
    [Theory, MemberData(nameof(Cases))]
    public void Describing_a_hostile_body_never_throws_and_is_fast(string provider, string body)
    {
        Assert.True(ProviderCatalog.Default.TryGet(provider, out var known));
        var envelope = new SignedRequest([], Bodies[body]()).Envelope;
        var started = Stopwatch.GetTimestamp();
        ReadAll(known, envelope);
        Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(2), $"{Stopwatch.GetElapsedTime(started)}");
    }

    [Theory, MemberData(nameof(All))]
    public void Describing_random_json_like_bytes_never_throws(string provider)
    {
        var random = new Random(42);
        Assert.True(ProviderCatalog.Default.TryGet(provider, out var known));
        string[] pieces = ["\"entry\":[", "\"changes\":[{\"value\":{", "\"messages\":[{\"id\":", "\"events\":[{", "\"notificationItems\":[{\"NotificationRequestItem\":{", "\"eventCode\"", "endpoint.url_validation", "{", "}", "[", "]", ":", ",", "\"id\"", "\"type\"", "\"event\"", "\"challenge\"", "\"url_verification\"", "\"action\"", "\"\\ud800\"", "\"\\u00e9\"", "null", "true", "1e999", "-0", " ", "\n", "\u0000", "\"", "\\", "é"];
        for (var i = 0; i < 5000; i++)
        {
            var body = Text("{" + string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => pieces[random.Next(pieces.Length)])));
            var envelope = new SignedRequest([], body).Envelope;
            ReadAll(known, envelope);
        }
    }

    private static void ReadAll(IProvider provider, Envelope envelope)
    {
        var settings = SignedSource.Settings with { Secrets = [new("6a6a")] };
        provider.Scheme(settings, []).Prepare(settings, [])?.Verify(envelope, SignedSource.Now);
        provider.Greet(envelope, settings);
        provider.Handshake(envelope, settings);
        provider.Describe(envelope, settings);
        provider.IsBatch(envelope);
        provider.Split(Batch.Of(envelope));
    }

    public static TheoryData<string> All => [.. ProviderCatalog.Default.Names];

    private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);
}
