using System.Buffers;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Configuration;
using Sluice.Events;

namespace Sluice.Providers;

/// <summary>
/// Adyen's: every item in the body carries the HMAC-SHA256 of eight of its own values, in base64. What is not among the eight is not signed.
/// All items have to hold, by the same secret, which is hex.
/// </summary>
public sealed record NotificationItemsScheme : SignatureScheme
{
    private const string NoItems = "cannot sign: the body has no notificationItems as Adyen sends them";

    public override string Kind => "HMAC-SHA256 of each item";

    public override IReadOnlyList<string> HeaderNames => [];

    public override ISignatureVerifier? Prepare(SourceSettings settings, ICollection<ConfigurationError> errors)
    {
        RequireSecret(settings, errors);
        return DatedKeys.Read(settings, errors, ReadKey) is { } keys ? new Verifier(keys) : null;
    }

    public override byte[]? SignedText(Envelope envelope) =>
        NotificationItems.Read(envelope.Body.Span, out var items) == SignatureResult.Valid ? [.. items.SelectMany((item, i) => i == 0 ? item.Signed : [(byte)'\n', .. item.Signed])] : null;

    public override SentRequest Sign(SentRequest request, SourceSettings settings, string secret, DateTimeOffset at)
    {
        var (key, error) = ReadKey(secret);
        if (key is null) throw new FormatException(error);
        if (Parse(request.Body) is not JsonObject root || root["notificationItems"] is not JsonArray wrappers) throw new FormatException(NoItems);
        var additions = wrappers.Select(wrapper => AdditionalData(wrapper as JsonObject)).ToList();
        foreach (var addition in additions) addition["hmacSignature"] = "unsigned";
        if (NotificationItems.Read(Encoding.UTF8.GetBytes(root.ToJsonString()), out var items) != SignatureResult.Valid) throw new FormatException(NoItems);
        foreach (var (addition, item) in additions.Zip(items)) addition["hmacSignature"] = Convert.ToBase64String(HMACSHA256.HashData(key, item.Signed));
        return request with { Body = Encoding.UTF8.GetBytes(root.ToJsonString()) };
    }

    private static JsonNode? Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            return JsonNode.Parse(body.Span, documentOptions: new() { AllowDuplicateProperties = false });
        }
        catch (JsonException e)
        {
            throw new FormatException(NoItems, e);
        }
    }

    private static JsonObject AdditionalData(JsonObject? wrapper)
    {
        if (wrapper?["NotificationRequestItem"] is not JsonObject item) throw new FormatException(NoItems);
        if (item["additionalData"] is JsonObject there) return there;
        var made = new JsonObject();
        item["additionalData"] = made;
        return made;
    }

    private static (byte[]? Key, string? Error) ReadKey(string secret)
    {
        var key = new byte[secret.Length / 2];
        return secret.Length % 2 == 0 && Convert.FromHexString(secret, key, out _, out _) == OperationStatus.Done
            ? (key, null)
            : (null, "is not hex; set it to the HMAC key exactly as the Customer Area shows it");
    }

    private sealed class Verifier(IReadOnlyList<DatedKey<byte[]>> keys) : ISignatureVerifier
    {
        public int Keys => keys.Count;

        public bool IsUsable(DateTimeOffset now) => DatedKeys.IsUsable(keys, now);

        public SignatureCheck Verify(Envelope envelope, DateTimeOffset now)
        {
            var found = NotificationItems.Read(envelope.Body.Span, out var items);
            return found == SignatureResult.Valid ? DatedKeys.Find(keys, now, items, Matches) : new(found);
        }

        private static bool Matches(byte[] key, List<NotificationItems.Item> items)
        {
            var all = true;
            Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
            Span<char> expected = stackalloc char[44];
            foreach (var item in items)
            {
                HMACSHA256.HashData(key, item.Signed, hash);
                Convert.TryToBase64Chars(hash, expected, out _);
                all &= CryptographicOperations.FixedTimeEquals(MemoryMarshal.AsBytes(item.Signature.AsSpan()), MemoryMarshal.AsBytes(expected));
            }

            return all;
        }
    }
}
