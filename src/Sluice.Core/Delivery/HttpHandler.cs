using System.Globalization;
using System.Text;
using Sluice.Configuration;
using Sluice.Events;

namespace Sluice.Delivery;

/// <summary>
/// Handler <c>http</c>: posts the exact bytes to the destination's Url. What a status means is said by the destination's
/// <see cref="StatusRules"/>; network faults are tried again. Redirects are never followed and at most 64 KiB of an answer are read.
/// </summary>
public sealed class HttpHandler(HttpClients clients, TimeProvider time) : IBatchHandler
{
    private const int MostOfReason = 200;

    public string Name => "http";

    public IEnumerable<string> Check(DestinationSettings destination) => destination.Url is { } url
        ? AddressRules.Faults(destination, url)
        : ["has no Url; handler http needs the address to post to"];

    public ValueTask<Outcome> HandleAsync(WebhookEvent webhook, DeliveryContext context, CancellationToken cancellationToken) =>
        OutgoingRequest.WhyNone(context.Destination, time.GetUtcNow()) is { } reason ? new(Outcome.Retry(reason)) : SendAsync(OutgoingRequest.Create(webhook, context, time.GetUtcNow()), context.Destination, cancellationToken);

    public ValueTask<Outcome> HandleAsync(DeliveryBatch batch, CancellationToken cancellationToken) =>
        OutgoingRequest.WhyNone(batch.Destination, time.GetUtcNow()) is { } reason ? new(Outcome.Retry(reason)) : SendAsync(OutgoingRequest.Create(batch, time.GetUtcNow()), batch.Destination, cancellationToken);

    private async ValueTask<Outcome> SendAsync(HttpRequestMessage message, DestinationSettings destination, CancellationToken cancellationToken)
    {
        using var request = message;
        try
        {
            using var response = await clients.For(destination).SendAsync(request, cancellationToken);
            return await JudgeAsync(response, destination, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return Outcome.Retry(ConnectionError.Late(destination.Timeout));
        }
        catch (HttpRequestException e) when (e.InnerException is AddressRefusedException refused)
        {
            // Who it is that a name leads to does not heal by asking again, and asking again is what an attacker would like.
            return Outcome.DeadLetter(AddressRules.Refusal(destination, refused));
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            return Outcome.Retry(ConnectionError.Of(e));
        }
    }

    private async ValueTask<Outcome> JudgeAsync(HttpResponseMessage response, DestinationSettings destination, CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        var meaning = destination.Statuses.Of(status);
        if (meaning == StatusMeaning.Delivered) return Outcome.Done with { StatusCode = status };

        var reason = $"answered {status.ToString(CultureInfo.InvariantCulture)}";
        if (status is >= 300 and < 400) reason += "; redirects are not followed, so set Url to the final address";
        else if (await ReadStartAsync(response, cancellationToken) is { Length: > 0 } text) reason += $": {SafeText.OneLine(Credentials.StrikeOut(text, destination), MostOfReason)}";

        var outcome = meaning == StatusMeaning.Retry ? Outcome.Retry(reason, RetryAfter(response)) : Outcome.DeadLetter(reason);
        return outcome with { StatusCode = status, Disables = meaning == StatusMeaning.Disable };
    }

    private TimeSpan? RetryAfter(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date - time.GetUtcNow(),
        _ => IsBeyondMeasure(response) ? TimeSpan.MaxValue : null,
    };

    // More seconds than .NET reads are a wish all the same.
    private static bool IsBeyondMeasure(HttpResponseMessage response) =>
        response.Headers.NonValidated.TryGetValues("Retry-After", out var values) && values.ToString() is { Length: > 0 } text && text.AsSpan().TrimStart('0').Length > 9 && !text.AsSpan().ContainsAnyExceptInRange('0', '9');

    // An answer is read to its end, so that the connection can serve again, but never beyond the cap.
    private static async ValueTask<string> ReadStartAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        // More than is told: what is struck out of it has to be there as a whole.
        var buffer = new byte[8192];
        var kept = 0;
        try
        {
            await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
            for (var total = 0; total < HttpClients.MostOfAnswer;)
            {
                var read = await stream.ReadAsync(buffer.AsMemory(kept), cancellationToken);
                if (read == 0) break;
                total += read;
                kept = Math.Min(total, buffer.Length / 2);
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            // The status has said what matters; what could not be read of the rest changes nothing.
        }

        return Encoding.UTF8.GetString(buffer, 0, kept).Trim();
    }
}
