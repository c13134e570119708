using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Sluice.Hosts.Tests.Processes;

/// <summary>Sends webhooks as Stripe does, over its own connections and with its own signing.</summary>
internal sealed class StripeSender(string url, string secret = WorkFolder.Secret, bool keepsConnections = true) : IDisposable
{
    private readonly HttpClient client = new(new SocketsHttpHandler
    {
        UseProxy = false, PooledConnectionLifetime = keepsConnections ? Timeout.InfiniteTimeSpan : TimeSpan.Zero,
    }) { Timeout = TimeSpan.FromSeconds(20) };

    /// <summary>What the sender learns: an answer, that nobody listens, or that the connection broke.</summary>
    public async Task<Sent> SendAsync(string id, string type = "invoice.paid", byte[]? body = null)
    {
        body ??= Encoding.UTF8.GetBytes($$"""{"id":"{{id}}","type":"{{type}}"}""");
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{url}/api/webhooks/stripe") { Content = new ByteArrayContent(body) };
        request.Headers.TryAddWithoutValidation("Stripe-Signature", Sign(body));
        try
        {
            using var answer = await client.SendAsync(request);
            var text = await answer.Content.ReadAsStringAsync();
            return answer.StatusCode == HttpStatusCode.OK
                ? new Sent(id, answer.StatusCode, JsonNode.Parse(text)!["id"]!.GetValue<string>())
                : new Sent(id, answer.StatusCode, Text: text, RetryAfter: answer.Headers.RetryAfter?.Delta);
        }
        catch (HttpRequestException e)
        {
            return new Sent(id, Text: e.ToString(), WasRefused: e.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused });
        }
        catch (TaskCanceledException e)
        {
            return new Sent(id, Text: e.Message);
        }
    }

    public void Dispose() => client.Dispose();

    private string Sign(byte[] body)
    {
        var time = DateTimeOffset.UtcNow.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        byte[] signed = [.. Encoding.UTF8.GetBytes($"{time}."), .. body];
        return $"t={time},v1={Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), signed))}";
    }
}

/// <param name="Id">The sender's own id.</param>
/// <param name="Status">Null when there was no answer.</param>
/// <param name="Event">The event's id, when it was acknowledged.</param>
internal sealed record Sent(string Id, HttpStatusCode? Status = null, string? Event = null, string? Text = null, TimeSpan? RetryAfter = null, bool WasRefused = false)
{
    public bool IsAcknowledged => Status == HttpStatusCode.OK;
}
