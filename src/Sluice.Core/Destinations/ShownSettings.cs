using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sluice.Destinations;

/// <summary>
/// Settings of a registered destination as people may see them: secrets are shown as <see cref="Set"/>, those in a URL too. What is
/// registered again as it was shown stays as it was, so that one setting can be changed by whoever does not know the secrets.
/// </summary>
public static class ShownSettings
{
    /// <summary>What stands for a secret.</summary>
    public const string Set = "set";

    // What is not among these may be a secret of a later version.
    private static readonly HashSet<string> Open = new(StringComparer.OrdinalIgnoreCase)
    {
        "Handler", "Sources", "Types", "Filter", "Format", "Timeout", "Retry", "Statuses", "Limits", "Breaker", "DisableAfter", "Batch", "Order", "Owner", "Strict", "AllowPrivate",
    };

    /// <summary>No page shows them, and escapes would make three of one character.</summary>
    internal static JsonSerializerOptions Readable { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, TypeInfoResolver = DestinationViewJson.Default };

    public static JsonObject Of(JsonObject settings)
    {
        var shown = new JsonObject();
        foreach (var (name, value) in settings) shown[name] = Open.Contains(name) ? value?.DeepClone() : Is(name, "Url") ? Url(value) : Is(name, "Headers") && value is JsonObject headers ? Names(headers) : Set;
        return shown;
    }

    /// <summary>Null for what is no object, names something twice, or has a text that is no Unicode.</summary>
    internal static JsonObject? Parse(string json)
    {
        try
        {
            var settings = JsonNode.Parse(json) as JsonObject;
            LookAt(settings);
            return settings;
        }
        catch (Exception e) when (e is JsonException or ArgumentException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Puts what stands in the settings as it was shown back to what it was. Credentials only where they go to the same host as before. True where something was.</summary>
    internal static bool PutBack(JsonObject given, JsonObject registered)
    {
        var changed = false;
        if (Key(given, "Url") is { } url && Key(registered, "Url") is { } was && Text(given[url]) is { } text && text != Text(registered[was]) && text == Text(Url(registered[was])))
        {
            given[url] = registered[was]?.DeepClone();
            changed = true;
        }

        var sameHost = Host(given) is { } host && host == Host(registered);
        foreach (var (name, value) in registered)
        {
            if (Open.Contains(name) || Is(name, "Url") || Key(given, name) is not { } key) continue;
            if (given[key] is JsonObject headers && value is JsonObject known) changed |= sameHost && PutBackAll(headers, known);
            else if (Text(given[key]) == Set && (sameHost || Is(name, "SignSecrets")))
            {
                given[key] = value?.DeepClone();
                changed = true;
            }
        }

        return changed;
    }

    /// <summary>The name of a setting that is only shown as a secret, and is none; null where there is none.</summary>
    internal static string? Left(string settings)
    {
        foreach (var (name, value) in Parse(settings) ?? [])
        {
            if (Open.Contains(name)) continue;
            if (Text(value) == Set) return name;
            if (value is JsonObject inside && inside.FirstOrDefault(pair => Text(pair.Value) == Set).Key is { } header) return $"{name}:{header}";
        }

        return null;
    }

    // Names and texts are looked at only when somebody asks for them, and throw then.
    private static void LookAt(JsonNode? node)
    {
        if (node is JsonObject settings)
        {
            foreach (var (_, value) in settings) LookAt(value);
        }
        else if (node is JsonArray list)
        {
            foreach (var value in list) LookAt(value);
        }
        else
        {
            _ = Text(node);
        }
    }

    private static bool PutBackAll(JsonObject headers, JsonObject known)
    {
        var changed = false;
        foreach (var (header, value) in known)
        {
            if (Key(headers, header) is not { } same || Text(headers[same]) != Set) continue;
            headers[same] = value?.DeepClone();
            changed = true;
        }

        return changed;
    }

    private static JsonObject Names(JsonObject headers)
    {
        var names = new JsonObject();
        foreach (var (name, _) in headers) names[name] = Set;
        return names;
    }

    private static JsonNode? Url(JsonNode? value) => Text(value) is { } text ? ShownUrl.Of(text) : Set;

    private static string? Host(JsonObject settings) =>
        Key(settings, "Url") is { } key && Uri.TryCreate(Text(settings[key]), UriKind.Absolute, out var url) ? url.GetLeftPart(UriPartial.Authority) : null;

    private static string? Key(JsonObject settings, string name) => settings.Select(pair => pair.Key).FirstOrDefault(key => Is(key, name));

    private static string? Text(JsonNode? value) => value is JsonValue one && one.TryGetValue<string>(out var text) ? text : null;

    private static bool Is(string name, string other) => name.Equals(other, StringComparison.OrdinalIgnoreCase);
}
