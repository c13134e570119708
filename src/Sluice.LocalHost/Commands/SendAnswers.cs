using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Sluice.Events;

namespace Sluice.LocalHost.Commands;

/// <summary>What the answers were, one by one or in sum.</summary>
internal sealed class SendAnswers(bool json, int count, SendTarget sender)
{
    private const int LongestStart = 120;

    private readonly ConcurrentBag<Sent> answers = [];

    // Who is shown a secret may show it again.
    private readonly SecretMask mask = sender.Mask();

    public void Add(int statusCode, string body, TimeSpan took)
    {
        var shown = mask.Cover(body);
        var isOwnForm = sender.Provider.Success is { } success && success.StatusCode == statusCode && Encoding.UTF8.GetString(success.Body.Span) == body;
        var kept = isOwnForm ? null : Read(shown);
        answers.Add(new Sent(statusCode, kept?.Status, kept?.Id, kept?.Error, isOwnForm || kept is not null ? null : Start(shown), took.TotalMilliseconds) { IsOwnForm = isOwnForm });
    }

    /// <summary>Exit code 1 when one was not a success.</summary>
    public int Print()
    {
        var all = answers.ToArray();
        if (json) Output.Json(all, SendJson.Default.SentArray);
        else if (count == 1) PrintOne(all[0]);
        else PrintSum(all);
        return all.All(answer => answer.StatusCode is >= 200 and < 300) ? 0 : 1;
    }

    // Another receiver's answer need not be a Sluice's.
    private static KeptAnswer? Read(string body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, SendJson.Default.KeptAnswer) is { } kept && (kept.Status ?? kept.Error) is { Length: > 0 } ? kept : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Start(string body)
    {
        // A page of somebody's may be long and have no text at its start.
        var text = string.Join(' ', body[..Math.Min(body.Length, 10 * LongestStart)].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return text.Length == 0 ? null : text.Length > LongestStart ? $"{SafeText.OneLine(text, LongestStart)}..." : SafeText.OneLine(text);
    }

    private static void PrintOne(Sent answer) => Console.Out.WriteLine(Line(answer.StatusCode, answer.Said, answer.Id is { Length: > 0 } id ? SafeText.OneLine(id) : null, string.Create(CultureInfo.InvariantCulture, $"({answer.Ms:0.#} ms)")));

    private static void PrintSum(Sent[] all)
    {
        foreach (var group in all.GroupBy(answer => (answer.StatusCode, answer.Said)).OrderBy(group => group.Key.StatusCode))
        {
            var times = group.Select(answer => answer.Ms).Order().ToArray();
            Console.Out.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{Line(group.Key.StatusCode, group.Key.Said)}: {times.Length} (median {times[times.Length / 2]:0.#} ms, slowest {times[^1]:0.#} ms)"));
        }
    }

    private static string Line(int statusCode, params string?[] parts) => string.Join(' ', [statusCode.ToString(CultureInfo.InvariantCulture), .. parts.Where(part => part is not null)]);
}

/// <summary>One answer.</summary>
/// <param name="Body">The start of an answer that is no Sluice's.</param>
internal sealed record Sent(int StatusCode, string? Status, string? Id, string? Error, string? Body, double Ms)
{
    /// <summary>Whether it is what this sender takes for success, which has no place for an id.</summary>
    [JsonIgnore]
    public bool IsOwnForm { get; init; }

    [JsonIgnore]
    public string? Said => IsOwnForm ? "accepted in this sender's own form" : (Status ?? Error) is { } text ? SafeText.OneLine(text) : Body;
}

internal sealed record KeptAnswer(string? Status, string? Id, string? Error);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Sent[]))]
[JsonSerializable(typeof(KeptAnswer))]
internal sealed partial class SendJson : JsonSerializerContext;
