using System.Text.Json;
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

    [System.Runtime.CompilerServices.InlineArray(2)]
    private struct Found
    {
        private string? first;
    }
}

/// <summary>Writes strings into sample bodies.</summary>
internal static class Json
{
    public static string Text(string value) => '"' + JsonEncodedText.Encode(value).ToString() + '"';
}
