using System.Globalization;
using System.Text;
using Sluice.Configuration;
using Sluice.Events;

namespace Sluice.Delivery;

/// <summary>
/// Handler <c>http</c>: posts the exact bytes to the destination's Url. 2xx is success; 408, 429, 3xx, 5xx and network faults are
/// tried again; other 4xx are dead letters. Redirects are never followed and at most 64 KiB of an answer are read.
/// </summary>
public sealed class HttpHandler(HttpMessageInvoker client, TimeProvider time) : IHandler
{
    private const int MostOfAnswer = 64 * 1024;
    private const int MostOfReason = 200;

    public string Name => "http";

    public IEnumerable<string> Check(DestinationSettings destination)
    {
        if (destination.Url is null) yield return "has no Url; handler http needs the address to post to";
    }

    /// <summary>The client as this handler needs it: no redirects, no proxy, no cookies, no decompression, bounded headers, connections that are renewed.</summary>
    public static HttpMessageInvoker CreateClient() => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        // As they came: without this, a header beyond ASCII throws and its event can never be delivered.
        RequestHeaderEncodingSelector = static (_, _) => Encoding.UTF8,
        ConnectTimeout = TimeSpan.FromSeconds(10),
        MaxResponseHeadersLength = 32,
        MaxResponseDrainSize = MostOfAnswer,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    });

    public async ValueTask<Outcome> HandleAsync(WebhookEvent webhook, DeliveryContext context, CancellationToken cancellationToken)
    {
        using var request = CreateRequest(webhook, context);
        try
        {
            using var response = await client.SendAsync(request, cancellationToken);
            return await JudgeAsync(response, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return Outcome.Retry(string.Create(CultureInfo.InvariantCulture, $"no answer within {context.Destination.Timeout.TotalSeconds:0.###} s"));
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            return Outcome.Retry(SafeText.OneLine(e.InnerException is { } inner ? $"{e.Message} ({inner.Message})" : e.Message));
        }
    }

    private static HttpRequestMessage CreateRequest(WebhookEvent webhook, DeliveryContext context)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, context.Destination.Url) { Content = new ReadOnlyMemoryContent(webhook.Body) };
        if (webhook.ContentType is { } contentType && ForwardedHeaders.IsOneLine(contentType)) request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        foreach (var (name, value) in webhook.Headers)
        {
            if (ForwardedHeaders.Allows(name, value, context.SenderHeaders)) request.Headers.TryAddWithoutValidation(name, value);
        }

        if (webhook.Headers.First(Reconciliation.Reconciler.FetchedHeader) is { } provider) request.Headers.TryAddWithoutValidation(Reconciliation.Reconciler.FetchedHeader, provider);
        request.Headers.TryAddWithoutValidation("Sluice-Event", webhook.Id.ToString());
        request.Headers.TryAddWithoutValidation("Sluice-Source", webhook.Source);
        request.Headers.TryAddWithoutValidation("Sluice-Type", ForwardedHeaders.Encode(webhook.Type));
        request.Headers.TryAddWithoutValidation("Sluice-Attempt", context.Attempt.ToString(CultureInfo.InvariantCulture));
        request.Headers.TryAddWithoutValidation("Sluice-Delivery", context.IdempotencyKey);
        return request;
    }

    private async ValueTask<Outcome> JudgeAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        if (status is >= 200 and < 300) return Outcome.Done with { StatusCode = status };

        var reason = $"answered {status.ToString(CultureInfo.InvariantCulture)}";
        if (status is >= 300 and < 400) reason += "; redirects are not followed, so set Url to the final address";
        else if (await ReadStartAsync(response, cancellationToken) is { Length: > 0 } text) reason += $": {text}";

        var transient = status is 408 or 429 or (>= 300 and < 400) or >= 500;
        return (transient ? Outcome.Retry(reason, RetryAfter(response)) : Outcome.DeadLetter(reason)) with { StatusCode = status };
    }

    private TimeSpan? RetryAfter(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date - time.GetUtcNow(),
        _ => null,
    };

    // An answer is read to its end, so that the connection can serve again, but never beyond the cap.
    private static async ValueTask<string> ReadStartAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var buffer = new byte[4096];
        var kept = 0;
        try
        {
            await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
            for (var total = 0; total < MostOfAnswer;)
            {
                var read = await stream.ReadAsync(buffer.AsMemory(total < MostOfReason ? kept : MostOfReason), cancellationToken);
                if (read == 0) break;
                total += read;
                kept = Math.Min(total, MostOfReason);
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            // The status has said what matters; what could not be read of the rest changes nothing.
        }

        return SafeText.OneLine(Encoding.UTF8.GetString(buffer, 0, kept).Trim(), MostOfReason);
    }
}
