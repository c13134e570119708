using System.Text;
using Sluice.Configuration;
using Sluice.Events;

namespace Sluice.Delivery;

/// <summary>One request to a destination outside of any delivery, to look what it answers: written and sent as a delivery's, through the same client.</summary>
public sealed class GuardedExchange(HttpClients clients, TimeProvider time)
{
    /// <summary>How much of the answer is read, in bytes.</summary>
    private const int MostOfAnswer = 4096;

    /// <param name="limit">How long it may take in all.</param>
    public async ValueTask<Exchanged> SendAsync(WebhookEvent webhook, DeliveryContext context, TimeSpan limit, CancellationToken cancellationToken)
    {
        if (OutgoingRequest.WhyNone(context.Destination, time.GetUtcNow()) is { } reason) return new(null, "", reason, TimeSpan.Zero);
        using var timeout = new CancellationTokenSource(limit, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        using var request = OutgoingRequest.Create(webhook, context, time.GetUtcNow());
        var started = time.GetTimestamp();
        try
        {
            using var response = await clients.For(context.Destination).SendAsync(request, both.Token);
            var text = await ReadStartAsync(response, both.Token);
            return new((int)response.StatusCode, text, null, time.GetElapsedTime(started));
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return Failed(ConnectionError.Late(limit));
        }
        catch (HttpRequestException e) when (e.InnerException is AddressRefusedException refused)
        {
            return Failed(AddressRules.Refusal(context.Destination, refused));
        }
        // A connection that takes too long to open ends as if somebody had cancelled it.
        catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return Failed(ConnectionError.Of(e));
        }

        Exchanged Failed(string error) => new(null, "", error, time.GetElapsedTime(started));
    }

    private static async ValueTask<string> ReadStartAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var buffer = new byte[MostOfAnswer];
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        return Encoding.UTF8.GetString(buffer, 0, await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken));
    }
}

/// <summary>What came of it.</summary>
/// <param name="Status">Null where no answer came.</param>
/// <param name="Text">The start of the answer's body, as the receiver wrote it.</param>
/// <param name="Error">Why no answer came, in one line.</param>
public sealed record Exchanged(int? Status, string Text, string? Error, TimeSpan Took)
{
    /// <summary>The answer's first line, fit to be shown; null where there is none.</summary>
    /// <param name="destination">Where it was sent: a receiver may repeat what only it should know.</param>
    public string? FirstLine(DestinationSettings destination) =>
        Text.Trim() is { Length: > 0 } text ? SafeText.OneLine(Credentials.StrikeOut(text.Split('\n', 2)[0].TrimEnd('\r'), destination), 200) : null;
}
