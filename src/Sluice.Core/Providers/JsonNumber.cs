using System.Text.Json;

namespace Sluice.Providers;

/// <summary>Reads a whole number out of a body, for senders that write their kinds and ids so.</summary>
internal static class JsonNumber
{
    /// <summary>The number of that name at the top; of a name that stands twice the last counts. False when the bytes are not JSON as a whole, or there is none.</summary>
    public static bool TryReadTop(ReadOnlySpan<byte> json, ReadOnlySpan<byte> name, out long number)
    {
        number = 0;
        var found = false;
        var reader = new Utf8JsonReader(json);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return false;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var wanted = reader.ValueTextEquals(name);
                reader.Read();
                if (wanted) found = reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out number);
                reader.Skip();
            }

            return !reader.Read() && found;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }
    }
}
