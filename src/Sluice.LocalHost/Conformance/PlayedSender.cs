using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Sluice.Events;
using Sluice.LocalHost.Commands;
using Sluice.Providers;

namespace Sluice.LocalHost.Conformance;

/// <summary>How the bodies of a run are written.</summary>
internal enum BodyForm
{
    /// <summary>As the sender writes them.</summary>
    AsSent,

    /// <summary>As no serializer would write them.</summary>
    Odd,

    /// <summary>As a program writes them that has parsed them: the only ones that a receiver takes that checks what it has parsed.</summary>
    Rewritten,
}

/// <summary>One sender as it is played: makes events, proves them, sends them to the one URL and records what came back.</summary>
internal sealed class PlayedSender(SendTarget target, Uri url, string type, HttpClient client, TimeProvider time, Random random, IKeptObserver? observer)
{
    private readonly string run = Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(8));
    private int made;

    public SendTarget Target => target;

    public ProviderFacts Facts => target.Provider.Facts;

    public TimeProvider Time => time;

    public Random Random => random;

    /// <summary>Null where nobody can say what the receiver keeps.</summary>
    public IKeptObserver? Observer => observer;

    /// <summary>How bodies are written unless a scenario says otherwise.</summary>
    public BodyForm Form { get; set; }

    /// <summary>Whether nothing more is worth sending.</summary>
    public bool IsClosed { get; set; }

    /// <summary>Host and port of the receiver.</summary>
    public string Address => url.Authority;

    /// <summary>What to do where nobody answers; null where nobody has said so.</summary>
    public string? Fix { get; init; }

    /// <summary>How long the sender's own schedule is waited for, as a part of the real time.</summary>
    public required double Scale { get; init; }

    /// <summary>How long a receiver may take to keep what it has answered.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>What signs besides the first secret, and should be taken.</summary>
    public required IReadOnlyList<string> NextSecrets { get; init; }

    /// <summary>What signed once, and should not be taken any more.</summary>
    public required IReadOnlyList<string> RetiredSecrets { get; init; }

    public DateTimeOffset Now => time.GetUtcNow();

    /// <summary>How far a signed time may be from now; null where this sender signs none that is judged.</summary>
    public TimeSpan? Tolerance => target.Settings.Tolerance ?? target.Scheme.Tolerance;

    /// <summary>An event of a scenario, still to be sent.</summary>
    /// <param name="ago">How long ago it happened.</param>
    public PlayedEvent NewEvent(ScenarioRecord record, bool isForged = false, TimeSpan ago = default)
    {
        var played = NewUnsent(isForged, ago);
        record.Add(played);
        return played;
    }

    /// <summary>An event to look at, that nobody sends.</summary>
    public PlayedEvent NewUnsent(bool isForged = false, TimeSpan ago = default)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"{run}{++made:x8}");
        return new PlayedEvent(id, target.Provider.CreateSample(type, id, Now - ago), isForged);
    }

    /// <summary>The request of an event without its proof.</summary>
    /// <param name="repeat">Which repeat it is; 0 is the first attempt.</param>
    public SentRequest Unproven(PlayedEvent played, int repeat = 0, BodyForm? form = null)
    {
        var sample = played.Sample;
        var body = Repeated(sample.Body, repeat);
        return new SentRequest
        {
            Url = target.Settings.PublicUrl ?? url,
            Body = (form ?? Form) switch
            {
                BodyForm.Odd => OddBody.Of(body, sample.ContentType),
                BodyForm.Rewritten => OddBody.Rewritten(body) ?? body,
                _ => body,
            },
            ContentType = sample.ContentType,
            Headers = Repeated(sample.Headers, repeat),
            Id = $"msg_{played.Id}",
        };
    }

    /// <summary>The request of an event as the sender makes it.</summary>
    /// <param name="at">The time that is signed; now where nothing is said.</param>
    public SentRequest Proven(PlayedEvent played, int repeat = 0, BodyForm? form = null, DateTimeOffset? at = null, SendSecret? secret = null) =>
        (secret ?? target.Secret).Sign(Unproven(played, repeat, form), target.Settings, at ?? Now);

    /// <summary>A request as its receiver sees it.</summary>
    public Envelope EnvelopeOf(SentRequest request) => SendRequest.EnvelopeOf(target, request, Now);

    /// <summary>Sends an event as the sender does.</summary>
    public Task<Exchange> SendAsync(ScenarioRecord record, PlayedEvent played, CancellationToken cancellationToken, int repeat = 0) =>
        SendAsync(record, played, Proven(played, repeat), cancellationToken);

    public async Task<Exchange> SendAsync(ScenarioRecord record, PlayedEvent played, SentRequest request, CancellationToken cancellationToken)
    {
        played.Sending(EventNames.Of(target.Provider, target.Settings, EnvelopeOf(request)));
        using var message = SendRequest.Create(SendRequest.Towards(target, url, request));
        var started = time.GetTimestamp();
        Exchange exchange;
        try
        {
            using var response = await client.SendAsync(message, cancellationToken);
            var text = await response.Content.ReadAsStringAsync(cancellationToken);
            var code = (int)response.StatusCode;
            exchange = new(code, IsSuccess(code), time.GetElapsedTime(started));
            if (exchange.IsSuccess) played.Succeeded(IdIn(text));
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            exchange = new(null, false, time.GetElapsedTime(started), e is OperationCanceledException ? "timed out" : SafeText.OneLine(e.Message, 200)) { IsTimeout = e is OperationCanceledException };
        }

        record.Add(exchange);
        return exchange;
    }

    /// <summary>Sends a request and hangs up as soon as its last byte is on its way.</summary>
    /// <param name="hard">With a reset rather than a farewell.</param>
    public async Task BreakOffAsync(ScenarioRecord record, PlayedEvent played, bool hard, CancellationToken cancellationToken)
    {
        var request = Proven(played);
        played.Sending(EventNames.Of(target.Provider, target.Settings, EnvelopeOf(request)));
        var started = time.GetTimestamp();
        string? error = null;
        try
        {
            await BrokenConnection.SendAsync(SendRequest.Towards(target, url, request), hard, cancellationToken);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            error = SafeText.OneLine(e.Message, 200);
        }

        record.Add(new Exchange(null, false, time.GetElapsedTime(started), error) { IsBrokenOff = true });
    }

    private bool IsSuccess(int code) => Facts.SuccessCodes?.Contains(code) ?? code is >= 200 and < 300;

    // A Sluice says by which id it keeps the event.
    private static EventId? IdIn(string answer)
    {
        try
        {
            return answer.StartsWith('{') && EventId.TryParse(JsonSerializer.Deserialize(answer, SendJson.Default.KeptAnswer)?.Id, out var id) ? id : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private ReadOnlyMemory<byte> Repeated(byte[] body, int repeat) => repeat > 0 && Facts.RetryText is var (first, again)
        ? Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(body).Replace(first, Filled(again, repeat), StringComparison.Ordinal))
        : body;

    private KeyValuePair<string, string>[] Repeated(KeyValuePair<string, string>[] headers, int repeat) => repeat == 0 || Facts.RetryHeaders.Count == 0 ? headers :
    [
        .. headers.Where(header => !Facts.RetryHeaders.Any(own => own.Key.Equals(header.Key, StringComparison.OrdinalIgnoreCase))),
        .. Facts.RetryHeaders.Select(own => KeyValuePair.Create(own.Key, Filled(own.Value, repeat))),
    ];

    private static string Filled(string text, int repeat) => text
        .Replace("{n}", repeat.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
        .Replace("{attempt}", (repeat + 1).ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
}
