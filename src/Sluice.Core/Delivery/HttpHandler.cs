using System.Globalization;
using System.Net;
using System.Text;
using Sluice.Configuration;
using Sluice.Events;

namespace Sluice.Delivery;

/// <summary>
/// Handler <c>http</c>: posts the exact bytes to the destination's Url. 2xx is success; 408, 429, 3xx, 5xx and network faults are
/// tried again; other 4xx are dead letters. Redirects are never followed and at most 64 KiB of an answer are read.
/// </summary>
public sealed class HttpHandler(HttpClients clients, TimeProvider time) : IBatchHandler
{
    private const int MostOfReason = 200;

    /// <summary>Where a strict destination may listen: no port that speaks anything but HTTPS as a rule.</summary>
    private static readonly int[] StrictPorts = [443, 8443];

    public string Name => "http";

    public IEnumerable<string> Check(DestinationSettings destination)
    {
        if (destination.Url is not { } url)
        {
            yield return "has no Url; handler http needs the address to post to";
            yield break;
        }

        if (!destination.Strict) yield break;
        if (url.Scheme != Uri.UriSchemeHttps) yield return "is Strict and its Url is not https; write https, or remove Strict for a destination of your own";
        else if (!StrictPorts.Contains(url.Port)) yield return $"is Strict and its Url names port {url.Port.ToString(CultureInfo.InvariantCulture)}; strict destinations listen on {string.Join(" or ", StrictPorts)}";
        if (IPAddress.TryParse(url.DnsSafeHost, out var address) && PublicAddresses.WhyNot(address) is { } what) yield return $"is Strict and its Url leads to {address}, which is {what}; name a host in the public internet";
    }

    public ValueTask<Outcome> HandleAsync(WebhookEvent webhook, DeliveryContext context, CancellationToken cancellationToken) =>
        WhyNotSigned(context.Destination) is { } outcome ? ValueTask.FromResult(outcome) : SendAsync(OutgoingRequest.Create(webhook, context, time.GetUtcNow()), context.Destination, cancellationToken);

    public ValueTask<Outcome> HandleAsync(DeliveryBatch batch, CancellationToken cancellationToken) =>
        WhyNotSigned(batch.Destination) is { } outcome ? ValueTask.FromResult(outcome) : SendAsync(OutgoingRequest.Create(batch, time.GetUtcNow()), batch.Destination, cancellationToken);

    private Outcome? WhyNotSigned(DestinationSettings destination) =>
        destination.Signer?.IsUsable(time.GetUtcNow()) == false ? Outcome.Retry("none of its SignSecrets is valid now; nothing is sent unsigned that should be signed") : null;

    private async ValueTask<Outcome> SendAsync(HttpRequestMessage message, DestinationSettings destination, CancellationToken cancellationToken)
    {
        using var request = message;
        try
        {
            using var response = await clients.For(destination).SendAsync(request, cancellationToken);
            return await JudgeAsync(response, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return Outcome.Retry(string.Create(CultureInfo.InvariantCulture, $"no answer within {destination.Timeout.TotalSeconds:0.###} s"));
        }
        catch (HttpRequestException e) when (e.InnerException is AddressRefusedException refused)
        {
            // Who it is that a name leads to does not heal by asking again, and asking again is what an attacker would like.
            return Outcome.DeadLetter(refused.Message);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            return Outcome.Retry(SafeText.OneLine(e.InnerException is { } inner ? $"{e.Message} ({inner.Message})" : e.Message));
        }
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
            for (var total = 0; total < HttpClients.MostOfAnswer;)
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
