using Sluice.Delivery;
using Sluice.Events;

namespace Sluice.Configuration;

/// <summary>Reads which events go one after another: <c>"Order": { "Key": "json:data.object.id", "Hold": false, "Time": "header:X-Sent-At" }</c>.</summary>
internal static class OrderReader
{
    private const string Header = "header:";
    private const string Json = "json:";

    /// <returns>Null where there is no order.</returns>
    public static OrderOptions? Read(SectionReader destination)
    {
        var section = destination.Section("Order");
        if (section.Value is { Length: > 0 })
        {
            destination.Fault("Order", "is a text; write { \"Key\": \"json:data.object.id\" }");
            return null;
        }

        if (!destination.Has("Order")) return null;
        var reader = destination.Inside(section);
        reader.Required("Key", "say where the order key is, such as json:data.object.id");
        var key = ReadPlace(reader, "Key");
        var order = new OrderOptions { Key = key ?? new(null, null), Hold = reader.Flag("Hold", false), Time = ReadPlace(reader, "Time") };
        reader.Rest([]);
        return key is null ? null : order;
    }

    private static ValueAt? ReadPlace(SectionReader reader, string key)
    {
        if (reader.Text(key) is not { } text) return null;
        string? error = null;
        if (text.StartsWith(Header, StringComparison.Ordinal))
        {
            if (HeaderReader.IsName(text[Header.Length..])) return new(text[Header.Length..], null);
        }
        else if (text.StartsWith(Json, StringComparison.Ordinal) && JsonPath.Parse(text[Json.Length..], out error) is { } path)
        {
            return new(null, path);
        }

        reader.Fault(key, $"is '{SafeText.OneLine(text, 60)}'; {(error is null ? "" : $"{error}; ")}write header:NAME or json:PATH, such as json:data.object.id");
        return null;
    }
}
