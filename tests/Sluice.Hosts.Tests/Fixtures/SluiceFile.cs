using System.Text.Json.Nodes;

namespace Sluice.Hosts.Tests.Fixtures;

/// <summary>A sluice.json under construction. What a test does not say is the simplest that works: three attempts, 5 and 20 seconds apart, no jitter.</summary>
internal sealed class SluiceFile
{
    private readonly JsonObject sources = [];
    private readonly JsonObject destinations = [];
    private readonly JsonObject section;

    public SluiceFile() => section = new JsonObject
    {
        ["Sources"] = sources,
        ["Destinations"] = destinations,
        ["Retry"] = new JsonObject { ["MaxAttempts"] = 3, ["BaseDelay"] = "00:00:05", ["Factor"] = 4, ["Jitter"] = 0 },
        ["Ops"] = new JsonObject { ["Token"] = RunningSluice.OpsToken },
    };

    /// <summary>One source named stripe.</summary>
    public static SluiceFile Stripe => new SluiceFile().Source();

    public SluiceFile Source(string name = "stripe", string provider = "stripe", JsonObject? settings = null)
    {
        var source = new JsonObject { ["Provider"] = provider, ["Secrets"] = new JsonArray(Sender.SecretOf(provider)) };
        return Put(sources, name, source, settings);
    }

    public SluiceFile Destination(string name, Uri url, JsonObject? settings = null) =>
        Put(destinations, name, new JsonObject { ["Handler"] = "http", ["Url"] = url.ToString() }, settings);

    public SluiceFile Destination(string name, string handler, JsonObject? settings = null) =>
        Put(destinations, name, new JsonObject { ["Handler"] = handler }, settings);

    public SluiceFile With(string setting, JsonNode value)
    {
        section[setting] = value;
        return this;
    }

    public override string ToString() => new JsonObject { ["Sluice"] = section.DeepClone() }.ToJsonString();

    private SluiceFile Put(JsonObject into, string name, JsonObject entry, JsonObject? settings)
    {
        foreach (var (key, value) in settings ?? []) entry[key] = value?.DeepClone();
        into[name] = entry;
        return this;
    }
}
