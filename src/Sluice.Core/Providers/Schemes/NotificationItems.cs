using System.Text;
using System.Text.Json;

namespace Sluice.Providers;

/// <summary>
/// Reads what Adyen signs out of a body that nobody has verified: bounded, and strict enough that every parser finds the same values
/// in the same bytes. A name that stands twice, or in another case, could be read in one way here and in another by a handler.
/// </summary>
internal static class NotificationItems
{
    /// <summary>Adyen sends one. More than this is nothing of Adyen's.</summary>
    public const int Most = 64;

    private static readonly string[] Fields = ["pspReference", "originalReference", "merchantAccountCode", "merchantReference", "value", "currency", "eventCode", "success"];
    private static readonly string[] OfRoot = ["notificationItems"];
    private static readonly string[] OfWrapper = ["NotificationRequestItem"];
    private static readonly string[] OfItem = ["pspReference", "originalReference", "merchantAccountCode", "merchantReference", "eventCode", "success", "amount", "additionalData"];
    private static readonly string[] OfAmount = ["value", "currency"];
    private static readonly string[] OfAdditionalData = ["hmacSignature"];

    // The one value that the merchant chooses: the others are told apart by the colons, so that they have none.
    private const int MerchantReference = 3;

    /// <summary>The items, or a finding of what is wrong.</summary>
    public static SignatureResult Read(ReadOnlySpan<byte> json, out List<Item> items)
    {
        items = [];
        var reader = new Utf8JsonReader(json);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return SignatureResult.MalformedSignature;
            var found = ReadRoot(ref reader, items);
            if (found != SignatureResult.Valid) return found;
            return reader.Read() ? SignatureResult.MalformedSignature : items.Count == 0 ? SignatureResult.MissingSignature : SignatureResult.Valid;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a string with a lone surrogate cannot be read as text.
            return SignatureResult.MalformedSignature;
        }
    }

    private static SignatureResult ReadRoot(ref Utf8JsonReader reader, List<Item> items)
    {
        var seen = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (!TryReadName(ref reader, OfRoot, out var name)) return SignatureResult.MalformedSignature;
            if (name is null)
            {
                reader.Skip();
                continue;
            }

            if (seen++ > 0 || reader.TokenType != JsonTokenType.StartArray) return SignatureResult.MalformedSignature;
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                if (items.Count == Most || reader.TokenType != JsonTokenType.StartObject) return SignatureResult.MalformedSignature;
                var found = ReadWrapper(ref reader, items);
                if (found != SignatureResult.Valid) return found;
            }
        }

        return SignatureResult.Valid;
    }

    private static SignatureResult ReadWrapper(ref Utf8JsonReader reader, List<Item> items)
    {
        var before = items.Count;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (!TryReadName(ref reader, OfWrapper, out var name)) return SignatureResult.MalformedSignature;
            if (name is null)
            {
                reader.Skip();
                continue;
            }

            if (items.Count > before || reader.TokenType != JsonTokenType.StartObject) return SignatureResult.MalformedSignature;
            var values = new string?[Fields.Length];
            var seen = new HashSet<string>(StringComparer.Ordinal);
            string? signature = null;
            if (!TryReadItem(ref reader, OfItem, values, seen, ref signature)) return SignatureResult.MalformedSignature;
            if (string.IsNullOrEmpty(signature)) return SignatureResult.MissingSignature;
            if (values.Where((value, i) => i != MerchantReference && value?.Contains(':', StringComparison.Ordinal) == true).Any()) return SignatureResult.MalformedSignature;
            items.Add(new(Encoding.UTF8.GetBytes(string.Join(':', values)), signature));
        }

        return items.Count == before + 1 ? SignatureResult.Valid : SignatureResult.MalformedSignature;
    }

    // The values at this depth: of the item itself, of its amount, of its additional data.
    private static bool TryReadItem(ref Utf8JsonReader reader, string[] wanted, string?[] values, HashSet<string> seen, ref string? signature)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (!TryReadName(ref reader, wanted, out var name)) return false;
            if (name is null)
            {
                reader.Skip();
                continue;
            }

            if (!seen.Add(name)) return false;
            if (Array.IndexOf(Fields, name) is >= 0 and var field)
            {
                if (!TryReadValue(ref reader, name, out values[field])) return false;
            }
            else if (name == "hmacSignature")
            {
                if (reader.TokenType != JsonTokenType.String) return false;
                signature = reader.GetString();
            }
            else if (reader.TokenType == JsonTokenType.StartObject)
            {
                if (!TryReadItem(ref reader, name == "amount" ? OfAmount : OfAdditionalData, values, seen, ref signature)) return false;
            }
            else if (reader.TokenType != JsonTokenType.Null)
            {
                return false;
            }
        }

        return true;
    }

    private static bool TryReadValue(ref Utf8JsonReader reader, string name, out string? value)
    {
        (var isRead, value) = reader.TokenType switch
        {
            JsonTokenType.Null => (true, null),
            JsonTokenType.Number when name == "value" => (true, Encoding.ASCII.GetString(reader.ValueSpan)),
            JsonTokenType.True or JsonTokenType.False when name == "success" => (true, reader.TokenType == JsonTokenType.True ? "true" : "false"),
            JsonTokenType.String when name != "value" => (true, reader.GetString()),
            _ => (false, null),
        };
        return isRead;
    }

    /// <summary>Reads a name, which is null when it is none of those that are wanted, and moves to its value; false for one that a careless parser would take for one of them.</summary>
    private static bool TryReadName(ref Utf8JsonReader reader, string[] wanted, out string? name)
    {
        var text = reader.GetString()!;
        reader.Read();
        name = Array.Find(wanted, ours => ours.Equals(text, StringComparison.OrdinalIgnoreCase));
        return name is null || name == text;
    }

    /// <summary>What was signed and the signature that stands with it.</summary>
    public sealed record Item(byte[] Signed, string Signature);
}
