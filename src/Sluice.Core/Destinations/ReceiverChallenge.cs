using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Configuration;
using Sluice.Delivery;

namespace Sluice.Destinations;

/// <summary>
/// Asks a receiver whether it wants webhooks before the first one goes there: a POST with a random text in header <c>Sluice-Challenge</c> and in
/// its JSON has to be answered 2xx with that text, alone or as <c>challenge</c> of a JSON object. Whoever only repeats what it got, as a page
/// that echoes does, has not answered.
/// </summary>
public sealed class ReceiverChallenge(GuardedExchange exchange, OwnEvents own)
{
    public const string Header = "Sluice-Challenge";

    private const string Type = "sluice.challenge";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    /// <summary>Null where it was answered; otherwise why not, in one line.</summary>
    public async ValueTask<string?> AskAsync(DestinationSettings destination, CancellationToken cancellationToken)
    {
        var challenge = RandomNumberGenerator.GetHexString(32, lowercase: true);
        var webhook = own.Create(Type, new JsonObject { ["type"] = Type, ["challenge"] = challenge });
        // As it is, whatever form the destination's events have.
        var asked = destination with { Format = DeliveryFormat.Exact, Batch = null, Headers = [.. destination.Headers, new(Header, challenge)] };
        var answer = await exchange.SendAsync(webhook, OwnEvents.Delivery(webhook, asked), Limit, cancellationToken);
        return answer.Error is { } error ? $"the challenge was not answered: {error}" : Judge(answer.Status!.Value, answer.Text, challenge);
    }

    internal static string? Judge(int status, string text, string challenge)
    {
        if (status is >= 300 and < 400) return $"the challenge was answered {Number(status)}; redirects are not followed, so register the final address";
        if (status is < 200 or >= 300) return $"the challenge was answered {Number(status)}; answer 2xx with the text of header {Header}";
        if (text.Trim() == challenge) return null;
        return Read(text) switch
        {
            ({ } said, false) when said == challenge => null,
            (_, true) => $"the challenge was only repeated; answer with the text of header {Header} alone, or with {{\"challenge\": \"...\"}}",
            _ => $"the challenge was answered {Number(status)} without the challenge; answer with the text of header {Header} alone, or with {{\"challenge\": \"...\"}}",
        };
    }

    private static (string? Challenge, bool IsRepeated) Read(string text)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            if (json.RootElement.ValueKind == JsonValueKind.String) return (json.RootElement.GetString(), false);
            if (json.RootElement.ValueKind != JsonValueKind.Object) return (null, false);
            var said = json.RootElement.TryGetProperty("challenge", out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
            return (said, json.RootElement.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String && type.ValueEquals(Type));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return (null, false);
        }
    }

    private static string Number(int status) => status.ToString(CultureInfo.InvariantCulture);
}
