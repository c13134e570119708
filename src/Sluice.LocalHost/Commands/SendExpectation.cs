using System.Net;
using System.Text;
using System.Text.Json;
using Sluice.Providers;

namespace Sluice.LocalHost.Commands;

/// <summary>Whether an answer to a sender's question is the one it looks for.</summary>
internal static class SendExpectation
{
    // What a sender reads and does not insist on.
    private static readonly string[] Optional = ["Allow", "WebHook-Allowed-Rate"];

    /// <summary>What is wrong, without the proof that would be right; null where nothing is.</summary>
    /// <param name="expected">What a Sluice answers.</param>
    /// <param name="header">The value of a header of the answer, or null.</param>
    public static string? Fault(IProvider provider, Answer expected, int statusCode, Func<string, string?> header, byte[] body)
    {
        // Where a body has to come back, its status is the one they name; a 204 is asked for by name too.
        var isFree = expected.Body.IsEmpty && expected.StatusCode == 200 && statusCode is >= 200 and < 300;
        if (statusCode != expected.StatusCode && !isFree) return $"its status is {statusCode}, not {expected.StatusCode}";
        foreach (var (name, value) in expected.Headers)
        {
            if (Optional.Contains(name)) continue;
            if (header(name) is not { } given) return $"its header {name} is missing";
            // CloudEvents: any origin.
            if (given != value && !(given == "*" && name == "WebHook-Allowed-Origin")) return $"its header {name} is not what was asked";
        }

        if (expected.Body.IsEmpty || body.AsSpan().SequenceEqual(expected.Body.Span)) return null;
        if (expected.Body.Span[0] == '{') return Missing(expected.Body, body);
        var challenge = Encoding.UTF8.GetString(expected.Body.Span);
        if (provider is SlackProvider && IsSlacks(challenge, body)) return null;
        return Encoding.UTF8.GetString(body).Trim() == challenge ? "its body has blanks or an end of line around what was asked for" : "its body is not the answer to the challenge";
    }

    private static string? Missing(ReadOnlyMemory<byte> expected, byte[] body)
    {
        using var right = JsonDocument.Parse(expected);
        var names = string.Join(" and ", right.RootElement.EnumerateObject().Select(property => property.Name));
        try
        {
            using var given = JsonDocument.Parse(body);
            if (given.RootElement.ValueKind != JsonValueKind.Object) return $"its body is no JSON object with {names}";
            foreach (var property in right.RootElement.EnumerateObject())
            {
                if (!given.RootElement.TryGetProperty(property.Name, out var value)) return $"its body has no {property.Name}";
                if (!JsonElement.DeepEquals(value, property.Value)) return $"its {property.Name} is wrong";
            }

            return null;
        }
        catch (JsonException)
        {
            return $"its body is no JSON object with {names}";
        }
    }

    // Slack takes its challenge in JSON and in a form too (docs.slack.dev, url_verification, read 2026-11-22).
    private static bool IsSlacks(string challenge, byte[] body)
    {
        var text = Encoding.UTF8.GetString(body);
        if (text.StartsWith("challenge=", StringComparison.Ordinal)) return WebUtility.UrlDecode(text["challenge=".Length..]) == challenge;
        try
        {
            using var given = JsonDocument.Parse(body);
            return given.RootElement.ValueKind == JsonValueKind.Object && given.RootElement.TryGetProperty("challenge", out var value) && value.ValueKind == JsonValueKind.String && value.GetString() == challenge;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
