using Microsoft.AspNetCore.Http;
using Sluice.Providers;

namespace Sluice.Ingestion;

/// <summary>Writes the answers of the webhook endpoint.</summary>
internal static class Answers
{
    /// <summary>How long a sender is asked to wait before it tries again, in seconds.</summary>
    private const string RetryAfter = "5";

    public static void Accepted(HttpResponse response, EventId id) => Kept(response, "{\"status\":\"accepted\",\"id\":\""u8, id);

    public static void Duplicate(HttpResponse response, EventId id) => Kept(response, "{\"status\":\"duplicate\",\"id\":\""u8, id);

    /// <summary>An error in one line. <paramref name="error"/> is ours and needs no escaping.</summary>
    public static void Error(HttpResponse response, int status, string error)
    {
        if (status == StatusCodes.Status503ServiceUnavailable) response.Headers.RetryAfter = RetryAfter;
        var text = $"{{\"error\":\"{error}\"}}";
        Begin(response, status, "application/json", text.Length);
        var span = response.BodyWriter.GetSpan(text.Length);
        response.BodyWriter.Advance(System.Text.Encoding.ASCII.GetBytes(text, span));
    }

    /// <summary>A provider's own answer.</summary>
    public static void Own(HttpResponse response, Answer answer)
    {
        response.Headers.XContentTypeOptions = "nosniff";
        foreach (var (name, value) in answer.Headers) response.Headers[name] = value;
        Begin(response, answer.StatusCode, answer.ContentType, answer.Body.Length);
        System.Buffers.BuffersExtensions.Write(response.BodyWriter, answer.Body.Span);
    }

    private static void Kept(HttpResponse response, ReadOnlySpan<byte> start, EventId id)
    {
        Span<char> hex = stackalloc char[32];
        id.Format(hex);
        var length = start.Length + hex.Length + 2;
        Begin(response, StatusCodes.Status200OK, "application/json", length);
        var span = response.BodyWriter.GetSpan(length);
        start.CopyTo(span);
        System.Text.Encoding.ASCII.GetBytes(hex, span[start.Length..]);
        "\"}"u8.CopyTo(span[(start.Length + hex.Length)..]);
        response.BodyWriter.Advance(length);
    }

    private static void Begin(HttpResponse response, int status, string contentType, int length)
    {
        response.StatusCode = status;
        response.ContentType = contentType;
        response.ContentLength = length;
    }
}
