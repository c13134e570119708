using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Sluice.Configuration;
using Sluice.Events;

namespace Sluice.Delivery;

/// <summary>
/// The order key of an event, as the book keeps it: the first 16 bytes of SHA-256 over the value's text, as hex. What a sender wrote is so
/// never part of a key of the store, and no longer than others. A number and a string of the same text are one key, since some senders write
/// both for one thing: two lines that should be one would break the order, one that could be two is only slower. Numbers are taken as written.
/// </summary>
public static class OrderKey
{
    private const int Bytes = 16;
    private const int OnStack = 1024;

    /// <summary>The key, read from the bytes; null where there is no value, or it is empty, null, an object or an array.</summary>
    public static string? Of(ValueAt place, WebhookEvent webhook)
    {
        if (place.Header is { } name) return webhook.Headers.First(name) is { } header ? Of(header) : null;
        if (!place.Json!.TryFind(webhook.Body.Span, out var found)) return null;
        return found.TokenType switch
        {
            JsonTokenType.String when found.ValueIsEscaped => Unescaped(ref found),
            JsonTokenType.String or JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False => Hash(found.ValueSpan),
            _ => null,
        };
    }

    private static string? Of(string text)
    {
        var most = Encoding.UTF8.GetMaxByteCount(text.Length);
        var bytes = most <= OnStack ? stackalloc byte[most] : new byte[most];
        return Hash(bytes[..Encoding.UTF8.GetBytes(text, bytes)]);
    }

    private static string? Unescaped(ref Utf8JsonReader value)
    {
        var bytes = value.ValueSpan.Length <= OnStack ? stackalloc byte[OnStack] : new byte[value.ValueSpan.Length];
        try
        {
            return Hash(bytes[..value.CopyString(bytes)]);
        }
        catch (InvalidOperationException)
        {
            // A lone surrogate is no text, and still the same each time.
            return Hash(value.ValueSpan);
        }
    }

    private static string? Hash(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty) return null;
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text, hash);
        return Convert.ToHexStringLower(hash[..Bytes]);
    }
}
