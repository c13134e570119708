using System.Text;
using System.Text.Json;
using Sluice.Events;
using Sluice.Ingestion;

namespace Sluice.Core.Tests.Ingestion;

public sealed class AnswerTemplateTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("{id}", "id")]
    [InlineData("{type}{type}", "t.at.a")]
    [InlineData("{json:a/b}", "deep")]
    [InlineData("{json:n}", "12.50")]
    [InlineData("[{json:nothing/here}{json:a}{json:list}]", "[]")]
    [InlineData("{ \"a\": {}, {{id}} {ID} {json}", "{ \"a\": {}, {id} {ID} {json}")]
    [InlineData("", "")]
    public void Placeholders_stand_for_the_events_values(string body, string expected) =>
        Assert.Equal(expected, Fill(body, "text/plain", """{"a":{"b":"deep"},"n":12.50,"list":[1]}""").Replace(Id.ToString(), "id", StringComparison.Ordinal));

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/vnd.api+json; charset=utf-8")]
    public void Values_are_escaped_for_json(string contentType)
    {
        var json = JsonDocument.Parse(Fill("""{"v":"{json:v}"}""", contentType, """{"v":"\"},{\"x\":\"<script>é\u2028\\\ud83d\ude00"}"""));
        Assert.Equal("\"},{\"x\":\"<script>é\u2028\\\ud83d\ude00", json.RootElement.GetProperty("v").GetString());
        Assert.Single(json.RootElement.EnumerateObject());
    }

    [Theory]
    [InlineData("text/xml")]
    [InlineData("application/xml")]
    [InlineData("application/ssml+xml")]
    [InlineData("text/html")]
    public void Values_are_escaped_for_xml(string contentType)
    {
        var xml = Fill("<Say voice='{json:v}'>{json:v}</Say>", contentType, """{"v":"</Say>&'\"<!--\u0000\u0008"}""");
        var say = System.Xml.Linq.XElement.Parse(xml);
        Assert.Equal(("</Say>&'\"<!--??", "</Say>&'\"<!--??"), (say.Value, say.Attribute("voice")!.Value));
    }

    [Fact]
    public void What_senders_write_is_bounded()
    {
        var value = new string('\u00e9', 1_000_000);
        Assert.Equal(1000, JsonDocument.Parse(Fill("\"{json:v}\"", "application/json", $$"""{"v":"{{value}}"}""")).RootElement.GetString()!.Length);
        var many = string.Concat(Enumerable.Repeat("{json:v}", 1500));
        Assert.InRange(Encoding.UTF8.GetByteCount(Fill(many, "text/plain", $$"""{"v":"{{value}}"}""")), 1000, AnswerTemplate.LongestAnswer);
    }

    [Fact]
    public void What_does_not_fit_is_left_out_and_what_was_written_down_stays()
    {
        var template = "[" + string.Concat(Enumerable.Repeat("\"{json:v}\",", 1200)) + "0]";
        var filled = JsonDocument.Parse(Fill(template, "application/json", $$"""{"v":"{{new string('<', 1000)}}"}""")).RootElement;
        Assert.Equal(1201, filled.GetArrayLength());
        Assert.Equal(("<", ""), (filled[0].GetString()![..1], filled[1199].GetString()));
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("")]
    [InlineData("""{"v":"\ud800"}""")]
    [InlineData("""{"v":{"v":1}}""")]
    public void A_value_that_is_not_there_is_empty(string body) => Assert.Equal("[]", Fill("[{json:v}]", "text/plain", body));

    [Theory]
    [InlineData(""" "Answer": { "ContentType": "text/plain" } """, "Answer:Body is missing; write the text of the answer")]
    [InlineData(""" "Answer": { "Body": "{json:}" } """, "Answer:Body has a {json: or {form: without a name and its }; write one such as {json:data/name}")]
    [InlineData(""" "Answer": { "Body": "{json:a" } """, "Answer:Body has a {json: or {form: without a name and its }; write one such as {json:data/name}")]
    [InlineData(""" "Answer": { "Body": "x", "ContentType": "text" } """, "Answer:ContentType is no type; write one such as application/json")]
    [InlineData(""" "Answer": { "Body": "x", "ContentType": "text/plain\r\nX: y" } """, "Answer:ContentType is no type; write one such as application/json")]
    [InlineData(""" "Answer": { "Body": "x", "Status": 302 } """, "Answer:Status is '302'; write a number from 200 to 299")]
    [InlineData(""" "Answer": { "Body": "x", "Status": 204 } """, "Answer:Status is 204, which has no body; write 200, or leave Answer away")]
    [InlineData(""" "Answer": { "Body": "x", "Colour": "red" } """, "Answer:Colour is no setting; there are Body, ContentType, Status")]
    [InlineData(""" "AllowedIps": [] """, "AllowedIps is empty; name what is allowed, or remove it to allow all")]
    [InlineData(""" "AllowedIps": ["10.0.0.1/8"] """, "AllowedIps '10.0.0.1/8' does not begin a range of that size; write 10.0.0.0/8")]
    [InlineData(""" "AllowedIps": "10.0.0.0/8" """, """AllowedIps is '10.0.0.0/8'; write a list: ["10.0.0.0/8"]""")]
    [InlineData(""" "TrustedProxies": ["proxy"] """, "TrustedProxies 'proxy' is no address; write one such as 203.0.113.7 or 2001:db8::1, or a range such as 203.0.113.0/24")]
    [InlineData(""" "ContentTypes": ["json"] """, "ContentTypes 'json' is no type of a body; write one such as application/json, or text/* for all of a kind")]
    [InlineData(""" "ContentTypes": ["*/*"] """, "ContentTypes '*/*' is no type of a body; write one such as application/json, or text/* for all of a kind")]
    [InlineData(""" "AcceptLate": "sometimes" """, "AcceptLate is 'sometimes'; write true or false")]
    [InlineData(""" "VerifyToken": "env:NOT_THERE" """, "VerifyToken names the environment variable NOT_THERE, which is not set or empty; set it")]
    public void A_fault_of_these_settings_is_named_with_its_fix(string settings, string error) =>
        Configuration.SettingsText.OfSource($$""" "Provider": "stripe", "Secrets": ["x"], {{settings}} """).Fails("Sluice:Sources:it:" + error);

    private static EventId Id => EventId.Of("it", "x");

    private static string Fill(string template, string contentType, string body)
    {
        var parsed = AnswerTemplate.Parse(template, contentType, 200, (setting, error) => Assert.Fail($"{setting} {error}"))!;
        var answer = parsed.Fill(Id, new WebhookEvent { Id = Id, Source = "it", Type = "t.a", IdempotencyKey = "x", ReceivedAt = default, Headers = HeaderList.Empty, Body = Encoding.UTF8.GetBytes(body) });
        Assert.Equal((200, contentType), (answer.StatusCode, answer.ContentType));
        return Encoding.UTF8.GetString(answer.Body.Span);
    }
}
