using System.ComponentModel;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Contracts;
using Sluice.Events;
using Sluice.Hosts.Tests.Fixtures;

namespace Sluice.Hosts.Tests.Registering;

/// <summary>The code that docs/destinations.md gives receivers says of a real delivery what it should.</summary>
public sealed class ReceiverSnippetTests
{
    private static readonly string Secret = $"whsec_{Convert.ToBase64String(new byte[32])}";

    // The deliveries are of the test's own time.
    private const string Program = """
        const { time, request, body, secret } = JSON.parse(require('node:fs').readFileSync(0));
        Date.now = () => time;
        const bytes = Buffer.from(body, 'base64');
        console.log(JSON.stringify([
          isGenuine(request, bytes, secret), isGenuine(request, Buffer.concat([bytes, Buffer.from(' ')]), secret),
          isGenuine({ ...request, 'webhook-id': 'another' }, bytes, secret), isGenuine({ ...request, 'webhook-timestamp': 'NaN' }, bytes, secret)]));
        """;

    [Fact]
    public async Task It_takes_what_is_genuine_and_nothing_else()
    {
        await using var sink = await Sink.StartAsync();
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        await sluice.OpsAsync("destinations/crm", HttpMethod.Put, new JsonObject { ["Url"] = sink.Url.ToString(), ["AllowPrivate"] = true, ["SignSecrets"] = new JsonArray(Secret) }.ToJsonString());
        await sluice.UntilAsync(await sluice.AcceptAsync(), DeliveryStatus.Delivered, 1, "crm");
        var request = Assert.Single(sink.Requests);

        var page = Checkout.Read("docs/destinations.md");
        var start = page.IndexOf("```js\n", StringComparison.Ordinal) + "```js\n".Length;
        var said = await RunAsync(page[start..page.IndexOf("```", start, StringComparison.Ordinal)] + Program, JsonSerializer.Serialize(new
        {
            time = sluice.Now.ToUnixTimeMilliseconds(), secret = Secret, body = Convert.ToBase64String(request.Body), request = request.Headers.ToDictionary(header => header.Key.ToLowerInvariant(), header => header.Value),
        }));
        Assert.Equal("[true,false,false,false]", said.Trim());
    }

    private static async Task<string> RunAsync(string program, string input)
    {
        try
        {
            return (await ShortProcess.RunAsync(new("node", ["-e", program]), Encoding.UTF8.GetBytes(input))).Text;
        }
        catch (Win32Exception e)
        {
            Assert.Skip($"node cannot be started: {e.Message}");
            return "";
        }
    }
}
