using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Configuration;

namespace Sluice.Configuration;

/// <summary>A section of the configuration as the JSON it was: a section of children 0, 1, 2 was a list. What were numbers are texts, since no configuration remembers; true and false it spells with a capital.</summary>
internal static class SectionJson
{
    public static string Write(IConfigurationSection section)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream)) Write(writer, section);
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static void Write(Utf8JsonWriter writer, IConfigurationSection section)
    {
        List<IConfigurationSection> children = [.. section.GetChildren()];
        if (children.Count == 0 && section.Value is "True" or "False") writer.WriteBooleanValue(section.Value == "True");
        else if (children.Count == 0) writer.WriteStringValue(section.Value ?? "");
        else if (children.All(child => child.Key.All(char.IsAsciiDigit)))
        {
            writer.WriteStartArray();
            foreach (var child in children.OrderBy(child => int.TryParse(child.Key, NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? index : int.MaxValue)) Write(writer, child);
            writer.WriteEndArray();
        }
        else
        {
            writer.WriteStartObject();
            foreach (var child in children)
            {
                writer.WritePropertyName(child.Key);
                Write(writer, child);
            }

            writer.WriteEndObject();
        }
    }
}
