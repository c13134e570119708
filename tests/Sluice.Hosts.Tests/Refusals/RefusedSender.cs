using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Hosts.Tests.Fixtures;

namespace Sluice.Hosts.Tests.Refusals;

/// <summary>A Stripe whose secret the source has wrong, and what an operator asks about its refused requests.</summary>
internal static class RefusedSender
{
    public const string WrongSecret = "the secret of another endpoint";

    /// <summary>A configuration with the wrong secret.</summary>
    /// <param name="quarantine">What <c>Quarantine</c> says: on where nothing is named.</param>
    public static SluiceFile Wrong(JsonNode? quarantine = null, Uri? destination = null) => File(WrongSecret, quarantine ?? true, destination);

    /// <summary>The same, mended.</summary>
    public static SluiceFile Right(JsonNode? quarantine = null, Uri? destination = null) => File(Sender.SecretOf("stripe"), quarantine ?? true, destination);

    /// <summary>Changes the configuration and waits until it is in force.</summary>
    public static async Task TakeUpAsync(this RunningSluice sluice, SluiceFile file)
    {
        var before = sluice.Log.Lines.Count(IsTakenUp);
        sluice.Write(file.ToString());
        // In small steps: after a long time that passed at once nobody knows when the watcher looks next.
        await sluice.UntilAsync(() =>
        {
            sluice.Time.Advance(TimeSpan.FromMilliseconds(100));
            return sluice.Log.Lines.Count(IsTakenUp) > before;
        });
    }

    public static async Task RefusedAsync(this RunningSluice sluice, Webhook webhook) => Assert.Equal(401, (await sluice.PostAsync(webhook)).Status);

    public static async Task<List<JsonElement>> QuarantineAsync(this RunningSluice sluice, string list = "quarantine?limit=500")
    {
        var found = new List<JsonElement>();
        for (var path = list; ;)
        {
            var page = await sluice.OpsJsonAsync(path);
            found.AddRange(page.GetProperty("items").EnumerateArray());
            if (page.GetProperty("next").GetString() is not { } next) return found;
            path = $"{list}&before={next}";
        }
    }

    /// <summary>Runs a whole job; the results in their order.</summary>
    public static async Task<List<JsonElement>> JobAsync(this RunningSluice sluice, string job, int limit = 2)
    {
        var items = new List<JsonElement>();
        for (var before = ""; ;)
        {
            var step = await sluice.OpsJsonAsync($"quarantine/{job}?limit={limit}{before}", HttpMethod.Post);
            items.AddRange(step.GetProperty("items").EnumerateArray());
            if (step.GetProperty("next").GetString() is not { } next) return items;
            before = $"&before={next}";
        }
    }

    public static string Text(this JsonElement element, string name) => element.GetProperty(name).GetString()!;

    private static bool IsTakenUp(CapturedLog.Line line) => line.Message.Contains("configuration is in force", StringComparison.Ordinal);

    private static SluiceFile File(string secret, JsonNode quarantine, Uri? destination)
    {
        var file = new SluiceFile().Source(settings: new() { ["Secrets"] = new JsonArray(secret), ["Quarantine"] = quarantine.DeepClone() });
        return destination is null ? file : file.Destination("billing", destination);
    }
}
