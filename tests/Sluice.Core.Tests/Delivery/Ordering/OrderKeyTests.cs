using System.Security.Cryptography;
using System.Text;
using Sluice.Configuration;
using Sluice.Delivery;
using Sluice.Events;

namespace Sluice.Core.Tests.Delivery.Ordering;

/// <summary>Which events are in order with one another.</summary>
public sealed class OrderKeyTests
{
    private const string Body = """
        { "id": "cus_1", "n": 42, "one": 1, "one_point": 1.0, "text": "42", "escaped": "cus\u005f1", "empty": "", "nothing": null, "yes": true, "data": { "list": [ "cus_1" ] }, "lone": "\ud800", "other": "\ud801" }
        """;

    [Fact]
    public void The_key_is_the_start_of_the_hash_of_the_value_and_never_the_value()
    {
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData("cus_1"u8))[..32], Json("id"));
        Assert.Equal(32, Header(new string('x', 100_000))!.Length);
    }

    [Theory]
    [InlineData("id", "escaped")]
    [InlineData("id", "data.list.0")]
    [InlineData("n", "text")]
    public void The_same_text_is_the_same_key(string path, string other) => Assert.Equal(Json(path), Json(other));

    [Theory]
    [InlineData("id", "n")]
    [InlineData("one", "one_point")]
    [InlineData("yes", "id")]
    [InlineData("lone", "other")]
    public void Other_texts_are_other_keys(string path, string other) => Assert.NotEqual(Json(path), Json(other));

    [Theory]
    [InlineData("none")]
    [InlineData("empty")]
    [InlineData("nothing")]
    [InlineData("data")]
    [InlineData("data.list")]
    public void Without_a_value_there_is_no_key(string path) => Assert.Null(Json(path));

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("no json")]
    [InlineData("[1,2")]
    public void Without_JSON_there_is_no_key(string body) => Assert.Null(OrderKey.Of(At("id"), Event(body)));

    [Fact]
    public void A_header_gives_the_same_key_as_the_same_text_in_the_body()
    {
        Assert.Equal(Json("id"), Header("cus_1"));
        Assert.Null(Header(""));
        Assert.Null(OrderKey.Of(new ValueAt("X-Other", null), Event("{}")));
    }

    [Theory]
    [InlineData("\"2026-03-01T12:00:00Z\"", "2026-03-01T12:00:00.0000000+00:00")]
    [InlineData("\"2026-03-01T13:00:00.5+01:00\"", "2026-03-01T12:00:00.5000000+00:00")]
    [InlineData("\"2026-03-01T12:00:00\"", "2026-03-01T12:00:00.0000000+00:00")]
    [InlineData("\"Sun, 01 Mar 2026 12:00:00 GMT\"", "2026-03-01T12:00:00.0000000+00:00")]
    [InlineData("1772366400", "2026-03-01T12:00:00.0000000+00:00")]
    [InlineData("1772366400.25", "2026-03-01T12:00:00.2500000+00:00")]
    [InlineData("\"1772366400\"", "2026-03-01T12:00:00.0000000+00:00")]
    [InlineData("1772366400123", "2026-03-01T12:00:00.1230000+00:00")]
    [InlineData("1772366400123456", "2026-03-01T12:00:00.1234560+00:00")]
    [InlineData("\"soon\"", null)]
    [InlineData("-1", null)]
    [InlineData("1e99", null)]
    [InlineData("99999999999999999999999999999999999", null)]
    [InlineData("{}", null)]
    public void The_senders_time_is_read_as_senders_write_it(string value, string? expected) =>
        Assert.Equal(expected, SentTime.Of(At("t"), Event($$"""{"t":{{value}}}"""))?.ToString("O"));

    private static string? Json(string path) => OrderKey.Of(At(path), Event(Body));

    private static string? Header(string value) => OrderKey.Of(new ValueAt("x-customer", null), Event("{}") with { Headers = new HeaderList([new("X-Customer", value)]) });

    private static ValueAt At(string path) => new(null, JsonPath.Parse(path, out _));

    private static WebhookEvent Event(string body) => Poster.Webhook with { Body = Encoding.UTF8.GetBytes(body) };
}
