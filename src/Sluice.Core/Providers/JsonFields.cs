using System.Text.Json;

namespace Sluice.Providers;

/// <summary>Reads a few strings out of a body in one pass, without building an object graph.</summary>
public static class JsonFields
{
    /// <summary>
    /// Reads the strings at the given places: <c>name</c>, or <c>outer/name</c> one level down. A place that is absent or holds
    /// no string stays null; of a name that stands twice the last counts, as in the senders' own parsers.
    /// False when the bytes are not JSON as a whole (or nested deeper than 64).
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> json, ReadOnlySpan<Place> places, Span<string?> values)
    {
        values.Clear();
        var reader = new Utf8JsonReader(json);
        try
        {
            if (!reader.Read()) return false;
            if (reader.TokenType == JsonTokenType.StartObject) ReadObject(ref reader, places, values, default);
            else reader.Skip();
            return !reader.Read();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a string with a lone surrogate cannot be read as text.
            values.Clear();
            return false;
        }
    }

    private static void ReadObject(ref Utf8JsonReader reader, ReadOnlySpan<Place> places, Span<string?> values, ReadOnlySpan<byte> outer)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var wanted = -1;
            Place inside = default;
            for (var i = 0; i < places.Length; i++)
            {
                if (outer.SequenceEqual(places[i].Outer) && reader.ValueTextEquals(places[i].Name)) wanted = i;
                else if (outer.IsEmpty && places[i].Outer.Length > 0 && reader.ValueTextEquals(places[i].Outer)) inside = places[i];
            }

            reader.Read();
            if (wanted >= 0) values[wanted] = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
            if (inside.Outer is not null) Forget(places, values, inside.Outer);
            if (inside.Outer is not null && reader.TokenType == JsonTokenType.StartObject) ReadObject(ref reader, places, values, inside.Outer);
            else reader.Skip();
        }
    }

    // Of an object that stands twice the last counts, with all that is in it.
    private static void Forget(ReadOnlySpan<Place> places, Span<string?> values, ReadOnlySpan<byte> outer)
    {
        for (var i = 0; i < places.Length; i++)
        {
            if (outer.SequenceEqual(places[i].Outer)) values[i] = null;
        }
    }

    /// <summary>Where a string stands.</summary>
    public readonly struct Place
    {
        public Place(string path)
        {
            var slash = path.IndexOf('/', StringComparison.Ordinal);
            Outer = slash < 0 ? [] : System.Text.Encoding.UTF8.GetBytes(path[..slash]);
            Name = System.Text.Encoding.UTF8.GetBytes(path[(slash + 1)..]);
        }

        public byte[] Outer { get; }

        public byte[] Name { get; }
    }
}
