using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Configuration;
using Sluice.Events;
using Sluice.Hosts.Tests.Fixtures;
using Sluice.Providers;

namespace Sluice.Hosts.Tests.Notices;

/// <summary>A receiver that operators have set up for notices, and that believes only what is signed.</summary>
internal sealed class Operator(Sink sink) : IAsyncDisposable
{
    public const string Secret = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

    public Sink Sink => sink;

    public static async Task<Operator> StartAsync(params Reply[] replies) => new(await Sink.StartAsync(replies));

    /// <summary>The settings of its destination.</summary>
    public static JsonObject Settings => new() { ["Sources"] = new JsonArray("sluice"), ["SignSecrets"] = new JsonArray(Secret) };

    /// <summary>What it was told, in order; each is signed, and stands here once however often it was sent.</summary>
    public IReadOnlyList<JsonElement> Told => [.. sink.Requests.DistinctBy(request => request.Headers["webhook-id"]).Select(Read)];

    /// <summary>The types of what it was told about a destination.</summary>
    public IReadOnlyList<string> TypesOf(string destination) => [.. Told.Where(told => told.GetProperty("data").GetProperty("destination").GetString() == destination).Select(told => told.GetProperty("type").GetString()!)];

    public ValueTask DisposeAsync() => sink.DisposeAsync();

    private static JsonElement Read(Received received)
    {
        var settings = new SourceSettings { Name = "sluice", Provider = "standard-webhooks", Secrets = [new SecretSettings(Secret)] };
        Assert.True(ProviderCatalog.Default.TryGet("standard-webhooks", out var provider));
        var verifier = provider.Scheme(settings, []).Prepare(settings, [])!;
        var at = DateTimeOffset.FromUnixTimeSeconds(long.Parse(received.Headers["webhook-timestamp"], System.Globalization.CultureInfo.InvariantCulture));
        var envelope = new Envelope { Method = "POST", Target = "/hook", Headers = new HeaderList([.. received.Headers]), Body = received.Body, ReceivedAt = at };
        Assert.Equal(SignatureResult.Valid, verifier.Verify(envelope, at).Result);
        return JsonDocument.Parse(received.Body).RootElement;
    }
}
