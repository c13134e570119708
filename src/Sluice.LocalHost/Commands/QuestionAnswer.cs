using System.Globalization;
using System.Text.Json.Serialization;
using Sluice.Events;

namespace Sluice.LocalHost.Commands;

/// <summary>What a receiver answered to a sender's question.</summary>
internal sealed record QuestionAnswer(int StatusCode, string? ContentType, string Body, IReadOnlyDictionary<string, string> Headers, double Ms)
{
    // What every answer has says nothing about this one.
    private static readonly string[] Usual = ["Date", "Server", "Connection", "Transfer-Encoding", "X-Content-Type-Options", "Keep-Alive"];

    /// <param name="secret">What is not printed where it comes back; null where nothing is.</param>
    public static async Task<QuestionAnswer> ReadAsync(HttpResponseMessage response, TimeSpan took, string? secret, CancellationToken cancellationToken) => new(
        (int)response.StatusCode,
        response.Content.Headers.ContentType?.ToString(),
        await response.Content.ReadAsStringAsync(cancellationToken),
        response.Headers.Where(header => !Usual.Contains(header.Key, StringComparer.OrdinalIgnoreCase)).ToDictionary(header => header.Key, header => string.Join(", ", header.Value) is var value && value == secret ? "(the secret that was sent)" : value),
        took.TotalMilliseconds);

    public void Print(bool json)
    {
        if (json)
        {
            Output.Json(this, QuestionJson.Default.QuestionAnswer);
            return;
        }

        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{StatusCode} {SafeText.OneLine(ContentType ?? "")} ({Ms:0.#} ms)"));
        foreach (var (name, value) in Headers) Console.Out.WriteLine($"{SafeText.OneLine(name)}: {SafeText.OneLine(value)}");
        if (Body.Length > 0) Console.Out.WriteLine(SafeText.OneLine(Body, 2000));
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(QuestionAnswer))]
internal sealed partial class QuestionJson : JsonSerializerContext;
