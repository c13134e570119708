using System.Globalization;
using System.Text;
using System.Text.Json.Serialization;
using Sluice.Events;

namespace Sluice.LocalHost.Commands;

/// <summary>What a receiver answered to a sender's question.</summary>
/// <param name="Verdict">right, wrong or not checked.</param>
/// <param name="Fault">What is wrong with it.</param>
internal sealed record QuestionAnswer(int StatusCode, string? ContentType, string Body, IReadOnlyDictionary<string, string> Headers, double Ms, string Verdict, string? Fault)
{
    // What every answer has says nothing about this one.
    private static readonly string[] Usual = ["Date", "Server", "Connection", "Transfer-Encoding", "X-Content-Type-Options", "Keep-Alive"];

    [JsonIgnore]
    public bool IsGood => StatusCode is >= 200 and < 300 && Fault is null;

    /// <summary>Reads and judges it; the secret and the token that were sent are not shown where they come back.</summary>
    public static async Task<QuestionAnswer> ReadAsync(SendTarget sender, SendQuestion question, HttpResponseMessage response, TimeSpan took, string? token, CancellationToken cancellationToken)
    {
        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        var secret = sender.Secret.Value;
        var mask = sender.Mask(token);
        var fault = question.Expected is { } expected ? SendExpectation.Fault(sender.Provider, expected, (int)response.StatusCode, name => Header(response, name), body) : null;
        return new(
            (int)response.StatusCode,
            response.Content.Headers.ContentType?.ToString() is { } type ? mask.Cover(type) : null,
            mask.Cover(Encoding.UTF8.GetString(body)),
            response.Headers.Where(header => !Usual.Contains(header.Key, StringComparer.OrdinalIgnoreCase))
                .ToDictionary(header => header.Key, header => string.Join(", ", header.Value) is var value && value == secret ? "(the secret that was sent)" : mask.Cover(value)),
            took.TotalMilliseconds,
            question.Expected is null ? "not checked" : fault is null ? "right" : "wrong",
            fault);
    }

    /// <param name="title">What the sender is called.</param>
    public void Print(bool json, string title)
    {
        if (json)
        {
            Output.Json(this, QuestionJson.Default.QuestionAnswer);
            return;
        }

        Console.Out.WriteLine(string.Join(' ', [StatusCode.ToString(CultureInfo.InvariantCulture), .. ContentType is null ? (string[])[] : [SafeText.OneLine(ContentType)], string.Create(CultureInfo.InvariantCulture, $"({Ms:0.#} ms)")]));
        foreach (var (name, value) in Headers) Console.Out.WriteLine($"{SafeText.OneLine(name)}: {SafeText.OneLine(value)}");
        if (Body.Length > 0) Console.Out.WriteLine(SafeText.OneLine(Body, 2000));
        if (Fault is not null) Console.Out.WriteLine($"answered, but not what {title} expects: {Fault}");
        else if (Verdict == "not checked") Console.Out.WriteLine("not checked: what has to come back is made with the secret; name it with --secret");
    }

    private static string? Header(HttpResponseMessage response, string name) => response.Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : null;
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(QuestionAnswer))]
internal sealed partial class QuestionJson : JsonSerializerContext;
