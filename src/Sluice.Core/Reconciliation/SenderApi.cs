using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Sluice.Events;

namespace Sluice.Reconciliation;

/// <summary>
/// A sender's API during one run. It asks no other host than the one that it was made for, follows no redirect, reads a bounded answer in
/// bounded time, and keeps to the limits that the sender tells: it waits for them if there is time, and otherwise says when it may go on.
/// </summary>
public sealed class SenderApi(SenderClient client, string sender, Uri url, TimeProvider time)
{
    /// <summary>16 MiB: a page of a hundred large events.</summary>
    public const int MostOfAnswer = 16 * 1024 * 1024;

    private const int MostTries = 3;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    // Answers nest as deep as the events in them: 64 levels, and what stands around them.
    private static readonly JsonDocumentOptions Depth = new() { MaxDepth = 72 };

    private readonly string address = url.GetLeftPart(UriPartial.Path).TrimEnd('/');
    private DateTimeOffset notBefore;

    /// <summary>What is shown to the sender with every request, once it is known.</summary>
    public AuthenticationHeaderValue? Authorization { get; set; }

    /// <summary>Further headers of every request, such as the API's version.</summary>
    public List<KeyValuePair<string, string>> Headers { get; } = [];

    /// <summary>When it has to be done.</summary>
    public DateTimeOffset Until { get; set; } = DateTimeOffset.MaxValue;

    public DateTimeOffset Now => time.GetUtcNow();

    /// <summary>When something was last posted.</summary>
    public DateTimeOffset LastAsked { get; private set; }

    /// <summary>Gets JSON.</summary>
    /// <exception cref="SenderLogException">There is no good answer.</exception>
    public Task<SenderAnswer> GetAsync(string path, CancellationToken cancellationToken) => SendAsync(HttpMethod.Get, path, null, cancellationToken);

    /// <summary>Posts something and reads what comes back, which may be empty.</summary>
    /// <exception cref="SenderLogException">There is no good answer.</exception>
    public Task<SenderAnswer> PostAsync(string path, Func<HttpContent>? content, CancellationToken cancellationToken) => SendAsync(HttpMethod.Post, path, content, cancellationToken);

    /// <summary>Waits, if the run has the time for it.</summary>
    /// <exception cref="SenderLogException">It has not.</exception>
    public async Task WaitAsync(DateTimeOffset moment, string why, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (moment <= now) return;
        if (moment >= Until) throw new SenderLogException($"{why}; it may go on at {Moment(moment)}", moment);
        await Task.Delay(moment - now, time, cancellationToken);
    }

    private async Task<SenderAnswer> SendAsync(HttpMethod method, string path, Func<HttpContent>? content, CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            await WaitAsync(notBefore, $"{sender} allows no more requests for now", cancellationToken);
            if (time.GetUtcNow() >= Until) throw new SenderLogException("the time for one run is over", time.GetUtcNow());
            if (await TryAsync(method, path, content, cancellationToken) is { } answer) return answer;
            if (tries == MostTries) throw new SenderLogException($"{sender} allows no more requests for now; it may go on at {Moment(notBefore)}", notBefore);
        }
    }

    // Null when it came too soon.
    private async Task<SenderAnswer?> TryAsync(HttpMethod method, string path, Func<HttpContent>? content, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, $"{address}/{path}") { Content = content?.Invoke() };
        request.Headers.Authorization = Authorization;
        request.Headers.TryAddWithoutValidation("User-Agent", "Sluice");
        request.Headers.TryAddWithoutValidation("Accept", "application/json");
        foreach (var (name, value) in Headers) request.Headers.TryAddWithoutValidation(name, value);
        using var patience = new CancellationTokenSource(Patience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        try
        {
            if (method == HttpMethod.Post) LastAsked = time.GetUtcNow();
            using var response = await client.SendAsync(request, both.Token);
            var now = time.GetUtcNow();
            notBefore = RateLimit.NotBefore(response.StatusCode, response.Headers, now) ?? notBefore;
            if (RateLimit.IsLimited(response.StatusCode, response.Headers)) return null;
            if (!response.IsSuccessStatusCode) throw Refused(response.StatusCode);
            return Parse(await ReadAsync(response.Content, both.Token), response.Headers);
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new SenderLogException($"{sender}'s API did not answer within {Patience.TotalSeconds.ToString("0", CultureInfo.InvariantCulture)} s; the next run tries again");
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new SenderLogException($"{sender}'s API cannot be reached: {SafeText.OneLine(e.Message, 200)}");
        }
    }

    // Never what it says: that may repeat what it was asked with.
    private SenderLogException Refused(HttpStatusCode status) => (int)status switch
    {
        401 => new($"{sender} does not know the token (401); put a valid one into Reconcile:Token"),
        403 => new($"{sender} does not allow this token to ask (403); give it the rights that docs/reconcile.md names"),
        404 => new($"{sender} knows no such thing, or does not show it to this token (404); check Reconcile:Hook, Reconcile:ApiUrl and the token's rights", isFinal: false),
        >= 300 and < 400 => new($"{sender}'s API answered {(int)status}, a redirect; redirects are not followed, so set Reconcile:ApiUrl to where the API is"),
        >= 500 => new($"{sender}'s API answered {(int)status}; the next run tries again"),
        var other => new($"{sender}'s API answered {other}", isFinal: false),
    };

    private async Task<byte[]> ReadAsync(HttpContent content, CancellationToken cancellationToken)
    {
        if (content.Headers.ContentLength > MostOfAnswer) throw TooMuch();
        await using var stream = await content.ReadAsStreamAsync(cancellationToken);
        using var bytes = new MemoryStream();
        var buffer = new byte[64 * 1024];
        for (int read; (read = await stream.ReadAsync(buffer, cancellationToken)) > 0;)
        {
            if (bytes.Length + read > MostOfAnswer) throw TooMuch();
            bytes.Write(buffer, 0, read);
        }

        return bytes.ToArray();
    }

    private SenderLogException TooMuch() => new($"{sender}'s API answered more than {MostOfAnswer / (1024 * 1024)} MiB at once, which is not read");

    private SenderAnswer Parse(byte[] bytes, HttpResponseHeaders headers)
    {
        try
        {
            return new SenderAnswer(bytes, bytes.Length == 0 ? JsonDocument.Parse("null") : JsonDocument.Parse(bytes, Depth), headers.TryGetValues("Link", out var links) ? string.Join(", ", links) : null);
        }
        catch (JsonException)
        {
            throw Unreadable();
        }
    }

    /// <summary>An answer that is not what the sender's documentation says.</summary>
    public SenderLogException Unreadable() => new($"{sender}'s API answered something that its documentation does not know; check Reconcile:ApiUrl");

    private static string Moment(DateTimeOffset moment) => moment.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
