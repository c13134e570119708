using System.Text;
using System.Text.Json;
using Sluice.Contracts;
using Sluice.Contracts.Catalogue;

namespace Sluice.Core.Tests.Senders;

/// <summary>The senders' own libraries, in Node. Tests that need them are skipped where they are not installed.</summary>
public sealed class SenderLibraries : IAsyncLifetime
{
    private NodeProgram? signer;
    private NodeProgram? verifier;
    private string missing = "";

    /// <summary>As tests/senders names them. Those of providers that are not there wait for them.</summary>
    public static IReadOnlyDictionary<string, SenderEntry> Senders { get; } = new Dictionary<string, SenderEntry>
    {
        ["stripe"] = new("stripe"),
        ["github"] = new("github"),
        ["slack"] = new("slack"),
        ["shopify"] = new("shopify") { Headers = [new("X-Shopify-Topic", "orders/create"), new("X-Shopify-Shop-Domain", "example.myshopify.com"), new("X-Shopify-API-Version", "2026-04"), new("X-Shopify-Webhook-Id", "1")] },
        ["standard_webhooks"] = new("standard-webhooks"),
        ["svix"] = new("standard-webhooks"),
        ["square"] = new("square"),
        ["paddle"] = new("paddle"),
        ["discord"] = new("discord"),
        ["sendgrid"] = new("sendgrid") { Share = 0.25 },
        ["adyen"] = new("adyen") { Bodies = AdyenCases.Bodies },
        ["twilio"] = new("twilio") { ContentType = Form, Bodies = ["MessageSid=SM1&Body=Hi&From=%2B14158675309", "", "b=2&a=1&a=3", "Body=caf%C3%A9+%E2%98%95%0A&x=", "Body=%00&Body=%00"] },
        ["braintree"] = new("braintree") { ContentType = Form, Sent = xml => $"bt_payload={Uri.EscapeDataString(Convert.ToBase64String(Encoding.UTF8.GetBytes(xml)) + "\n")}", Bodies = ["<notification><timestamp type=\"datetime\">2026-11-22T12:00:00Z</timestamp><kind>check</kind></notification>", "é☕", new('x', 10_000)] },
    };

    public static TheoryData<string> Names => [.. Senders.Where(sender => CatalogueTable.Names.Contains(sender.Value.Provider)).Select(sender => sender.Key)];

    private const string Form = "application/x-www-form-urlencoded";

    public ValueTask InitializeAsync()
    {
        signer = NodeProgram.Start("sign.mjs", out missing);
        verifier = signer is null ? null : NodeProgram.Start("verify.mjs", out missing);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        if (signer is not null) await signer.DisposeAsync();
        if (verifier is not null) await verifier.DisposeAsync();
    }

    public void SkipWhereMissing() => Assert.SkipWhen(missing.Length > 0, missing);

    /// <summary>Requests as the sender makes them.</summary>
    public async Task<CatalogueRequest[]> SignAsync(string sender, string secret, DateTimeOffset at, params IReadOnlyList<string> bodies)
    {
        var answers = await signer!.AskAsync([.. bodies.Select(body => JsonSerializer.Serialize(new
        {
            provider = sender,
            secret,
            body = Convert.ToBase64String(Encoding.UTF8.GetBytes(body)),
            timestamp = at.ToUnixTimeSeconds(),
            url = CatalogueSource.PublicUrl,
        }))], TestContext.Current.CancellationToken);
        return [.. answers.Zip(bodies, (answer, body) => Request(answer, body))];
    }

    /// <summary>What the sender's library says of each case.</summary>
    public async Task<(bool Accepted, string Why)[]> VerifyAsync(IReadOnlyList<SenderCase> cases)
    {
        var answers = await verifier!.AskAsync([.. cases.Select(item => item.Line)], TestContext.Current.CancellationToken);
        return [.. answers.Select(answer =>
        {
            using var json = JsonDocument.Parse(answer);
            return (json.RootElement.GetProperty("accepted").GetBoolean(), json.RootElement.GetProperty("why").GetString()!);
        })];
    }

    private static CatalogueRequest Request(string answer, string body)
    {
        using var json = JsonDocument.Parse(answer);
        Assert.True(json.RootElement.TryGetProperty("headers", out var headers), answer);
        var url = json.RootElement.TryGetProperty("url", out var changed) ? changed.GetString()! : CatalogueSource.PublicUrl;
        var bytes = json.RootElement.TryGetProperty("body", out var rewritten) ? rewritten.GetBytesFromBase64() : Encoding.UTF8.GetBytes(body);
        return new("POST", new Uri(url).PathAndQuery, [.. headers.EnumerateObject().Select(header => KeyValuePair.Create(header.Name, header.Value.GetString()!))], bytes);
    }
}

[CollectionDefinition(nameof(SenderLibraries))]
public sealed class SenderLibrariesCollection : ICollectionFixture<SenderLibraries>;
