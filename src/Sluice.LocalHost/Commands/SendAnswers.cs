using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Sluice.Events;

namespace Sluice.LocalHost.Commands;

/// <summary>What the answers were, one by one or in sum.</summary>
internal sealed class SendAnswers(bool json, int count)
{
    private readonly ConcurrentBag<Sent> answers = [];

    public void Add(int statusCode, string body, TimeSpan took)
    {
        KeptAnswer? kept = null;
        try
        {
            kept = JsonSerializer.Deserialize(body, SendJson.Default.KeptAnswer);
        }
        catch (JsonException)
        {
            // Another receiver's answer need not be ours.
        }

        answers.Add(new Sent(statusCode, kept?.Status, kept?.Id, kept?.Error, took.TotalMilliseconds));
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

    private static void PrintOne(Sent answer) => Console.Out.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"{answer.StatusCode} {SafeText.OneLine(answer.Status ?? answer.Error ?? "")} {SafeText.OneLine(answer.Id ?? "")} ({answer.Ms:0.#} ms)"));

    private static void PrintSum(Sent[] all)
    {
        foreach (var group in all.GroupBy(answer => (answer.StatusCode, Text: answer.Status ?? answer.Error ?? "")).OrderBy(group => group.Key.StatusCode))
        {
            var times = group.Select(answer => answer.Ms).Order().ToArray();
            Console.Out.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{group.Key.StatusCode} {SafeText.OneLine(group.Key.Text)}: {times.Length} (median {times[times.Length / 2]:0.#} ms, slowest {times[^1]:0.#} ms)"));
        }
    }
}

internal sealed record Sent(int StatusCode, string? Status, string? Id, string? Error, double Ms);

internal sealed record KeptAnswer(string? Status, string? Id, string? Error);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Sent[]))]
[JsonSerializable(typeof(KeptAnswer))]
internal sealed partial class SendJson : JsonSerializerContext;
