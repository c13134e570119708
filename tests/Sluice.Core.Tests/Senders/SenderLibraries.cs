using System.Text;
using System.Text.Json;
using Sluice.Contracts;
using Sluice.Core.Tests.Providers;

namespace Sluice.Core.Tests.Senders;

/// <summary>The senders' own libraries, in Node. Tests that need them are skipped where they are not installed.</summary>
public sealed class SenderLibraries : IAsyncLifetime
{
    private NodeProgram? signer;
    private NodeProgram? verifier;
    private string missing = "";

    /// <summary>As tests/senders names them, and the provider of ours.</summary>
    public static IReadOnlyDictionary<string, string> Senders { get; } = new Dictionary<string, string>
    {
        ["stripe"] = "stripe",
        ["github"] = "github",
        ["slack"] = "slack",
        ["shopify"] = "shopify",
        ["standard_webhooks"] = "standard-webhooks",
        ["svix"] = "standard-webhooks",
    };

    public static TheoryData<string> Names => [.. Senders.Keys];

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
    public async Task<SignedRequest[]> SignAsync(string sender, string secret, DateTimeOffset at, params string[] bodies)
    {
        var answers = await signer!.AskAsync([.. bodies.Select(body => JsonSerializer.Serialize(new
        {
            provider = sender,
            secret,
            body = Convert.ToBase64String(Encoding.UTF8.GetBytes(body)),
            timestamp = at.ToUnixTimeSeconds(),
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

    private static SignedRequest Request(string answer, string body)
    {
        using var json = JsonDocument.Parse(answer);
        Assert.True(json.RootElement.TryGetProperty("headers", out var headers), answer);
        return new([.. headers.EnumerateObject().Select(header => KeyValuePair.Create(header.Name, header.Value.GetString()!))], Encoding.UTF8.GetBytes(body));
    }
}

[CollectionDefinition(nameof(SenderLibraries))]
public sealed class SenderLibrariesCollection : ICollectionFixture<SenderLibraries>;
