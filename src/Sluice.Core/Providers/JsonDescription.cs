using Sluice.Events;

namespace Sluice.Providers;

/// <summary>Reads id and type of an event from its body.</summary>
internal static class JsonDescription
{
    /// <summary>The strings at one or two places as id and type; nothing when the body is not JSON.</summary>
    public static EventDescription Read(Envelope envelope, ReadOnlySpan<JsonFields.Place> places)
    {
        var found = new Found();
        Span<string?> values = found;
        return JsonFields.TryRead(envelope.Body.Span, places, values[..places.Length]) ? new(values[0], values[1]) : default;
    }

    /// <summary>What the source's <c>IdHeader</c> and <c>TypeHeader</c> say. Without the first the bytes' hash is the id, without the second the body's <c>type</c> is the type.</summary>
    public static EventDescription BySettings(Envelope envelope, Configuration.SourceSettings settings) => new(
        settings.IdHeader is null ? null : envelope.Headers.Single(settings.IdHeader, out _),
        settings.TypeHeader is null ? JsonAt.Text(envelope.Body.Span, "type") : envelope.Headers.Single(settings.TypeHeader, out _));

    /// <summary>An id for events whose sender gives them none, of the parts that make them one; null when one of them is missing.</summary>
    public static string? IdOf(params ReadOnlySpan<string?> parts)
    {
        foreach (var part in parts)
        {
            if (part is null) return null;
        }

        return Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(string.Join('\n', parts!))));
    }

    [System.Runtime.CompilerServices.InlineArray(2)]
    private struct Found
    {
        private string? first;
    }
}

/// <summary>Writes strings into JSON. What is no text (half of a surrogate pair) is replaced; nothing throws.</summary>
internal static class Json
{
    public static string Text(string value) => '"' + System.Text.Encodings.Web.JavaScriptEncoder.Default.Encode(value) + '"';

    /// <summary>A whole number made of an id, for senders whose ids are numbers.</summary>
    public static long Number(string id) => Convert.ToInt64(EventId.Of("sample", id).ToString()[..13], 16);
}
