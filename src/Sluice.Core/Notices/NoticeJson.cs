using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sluice.Notices;

/// <summary>The body of a notice's event.</summary>
/// <param name="Text">Where Slack's incoming webhooks, and those of others that follow them, look for the line to show.</param>
public sealed record NoticeBody(string Type, string Text, DateTimeOffset At, NoticeData Data);

/// <summary>The JSON of notices.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(NoticeBody))]
internal sealed partial class NoticeJson : JsonSerializerContext
{
    // People read it: what JSON does not ask to be escaped is not.
    private static readonly NoticeJson Plain = new(new JsonSerializerOptions { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    public static byte[] Write(Notice notice) => JsonSerializer.SerializeToUtf8Bytes(new(notice.Type, notice.Text, notice.At, notice.Data), Plain.NoticeBody);
}
