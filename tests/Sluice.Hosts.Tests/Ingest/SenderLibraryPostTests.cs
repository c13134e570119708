using System.Text;
using System.Text.Json;
using Sluice.Contracts;
using Sluice.Hosts.Tests.Fixtures;

namespace Sluice.Hosts.Tests.Ingest;

/// <summary>Posts what the senders' own libraries signed to the running host. Skipped where Node or the libraries are missing.</summary>
public sealed class SenderLibraryPostTests
{
    private const string Text = """{"id":"evt_1","type":"invoice.paid","event_id":"Ev1"}""";

    public static TheoryData<string, string> Senders => new()
    {
        { "stripe", "stripe" }, { "github", "github" }, { "slack", "slack" }, { "shopify", "shopify" }, { "standard_webhooks", "standard-webhooks" }, { "svix", "standard-webhooks" },
    };

    [Theory]
    [MemberData(nameof(Senders))]
    public async Task What_the_senders_library_signed_is_accepted_and_one_changed_byte_is_refused(string sender, string provider)
    {
        await using var sluice = await RunningSluice.StartAsync(new SluiceFile().Source("it", provider));
        var signed = await SignAsync(sender, provider, sluice.Now);

        Assert.Equal(401, (await sluice.PostAsync(signed.Carrying(Text.Replace("paid", "paie", StringComparison.Ordinal)))).Status);
        foreach (var spoilt in SpoiltHeaders(signed)) Assert.Equal(401, (await sluice.PostAsync(spoilt)).Status);
        await sluice.AcceptAsync(signed);
        Assert.Equal(1, (await sluice.StatsAsync()).Events);
    }

    // The last digit of what is signed changes: of the signature, and of the timestamp where there is one.
    private static IEnumerable<Webhook> SpoiltHeaders(Webhook signed)
    {
        foreach (var (name, value) in signed.Headers)
        {
            if (name.Contains("Signature", StringComparison.OrdinalIgnoreCase) && !name.Equals("X-Hub-Signature", StringComparison.OrdinalIgnoreCase))
            {
                yield return signed.With(name, Spoil(value, value.TrimEnd('=').Length - 2));
                if (value.StartsWith("t=", StringComparison.Ordinal)) yield return signed.With(name, Spoil(value, value.IndexOf(',', StringComparison.Ordinal) - 1));
            }
            else if (name.Contains("Hmac", StringComparison.OrdinalIgnoreCase))
            {
                yield return signed.With(name, Spoil(value, 0));
            }
            else if (name.EndsWith("timestamp", StringComparison.OrdinalIgnoreCase))
            {
                yield return signed.With(name, Spoil(value, value.Length - 1));
            }
        }
    }

    private static string Spoil(string value, int at) => value[..at] + (value[at] == '1' ? '2' : '1') + value[(at + 1)..];

    private static async Task<Webhook> SignAsync(string sender, string provider, DateTimeOffset now)
    {
        await using var signer = NodeProgram.Start("sign.mjs", out var missing);
        Assert.SkipWhen(signer is null, missing);
        var line = JsonSerializer.Serialize(new
        {
            provider = sender, secret = Sender.SecretOf(provider), body = Convert.ToBase64String(Encoding.UTF8.GetBytes(Text)), timestamp = now.ToUnixTimeSeconds(), id = "msg_1", type = "invoice.paid",
        });
        var answer = Assert.Single(await signer!.AskAsync([line], TestContext.Current.CancellationToken));
        using var json = JsonDocument.Parse(answer);
        return new Webhook("/api/webhooks/it", [.. json.RootElement.GetProperty("headers").EnumerateObject().Select(header => KeyValuePair.Create(header.Name, header.Value.GetString()!))], Encoding.UTF8.GetBytes(Text));
    }
}
