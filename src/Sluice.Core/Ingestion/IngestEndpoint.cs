using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Sluice.Configuration;
using Sluice.Events;
using Sluice.Inspection;
using Sluice.Providers;
using Sluice.Quarantine;
using Sluice.Storage;

namespace Sluice.Ingestion;

/// <summary>The URL that senders post to: from a request to an envelope, and from what became of it to a status.</summary>
public sealed partial class IngestEndpoint(LiveConfiguration configuration, Ingestor ingestor, Rejections rejections, OwnAnswers answers, TimeProvider time, ILogger<IngestEndpoint> logger)
{
    /// <summary>Where the sources stand, each under its name.</summary>
    public const string Path = "/api/webhooks/";

    /// <summary>Handles every method on <c>/api/webhooks/{source}</c> and writes the answer. Never throws for what a stranger sends.</summary>
    /// <param name="secret">The part of the path behind the source's name, where there is one.</param>
    public async Task HandleAsync(HttpContext context, string name, string? secret = null)
    {
        var response = context.Response;
        // A secret where none belongs is an unknown URL: it is not for strangers to find out more.
        if (!configuration.Current.TryGetSource(name, out var source) || (secret is not null && !source.Scheme.IsInPath))
        {
            Answers.Error(response, StatusCodes.Status404NotFound, "unknown source");
            return;
        }

        var started = time.GetTimestamp();
        using var activity = Telemetry.Activities.StartActivity("sluice ingest", ActivityKind.Server);
        activity?.SetTag("sluice.source", source.Name);
        try
        {
            if (await ReadAsync(context.Request, source, secret, context.RequestAborted) is { } envelope)
            {
                // Not cancelled with the request: a sender that hung up has sent a whole webhook all the same.
                var ingested = await ingestor.IngestAsync(source, envelope, CancellationToken.None);
                if (ingested.Result == IngestResult.Rejected) await rejections.TakeAsync(source, envelope, ingested.Signature);
                if (await answers.OfAsync(source, ingested, started) is { } own) Answers.Own(response, own);
                else Answer(response, source, ingested);
            }
        }
        catch (BadHttpRequestException e)
        {
            Answers.Error(response, e.StatusCode, "malformed request");
        }
        catch (Exception e) when (e is OperationCanceledException or IOException && context.RequestAborted.IsCancellationRequested)
        {
            // Mostly the sender hung up and nobody is left to answer. But a host that ends an invocation leaves a sender waiting:
            // what was not kept must never look like the 200 that a response begins with.
            Answers.Error(response, StatusCodes.Status503ServiceUnavailable, "the request did not arrive completely; try again");
        }
        catch (StoreUnavailableException e)
        {
            Telemetry.Unavailable.Add(1, new KeyValuePair<string, object?>("source", source.Name));
            Log.Unavailable(logger, source.Name, e.Message);
            Answers.Error(response, StatusCodes.Status503ServiceUnavailable, "cannot keep events now; try again");
        }

        Telemetry.Answer.Record(time.GetElapsedTime(started).TotalSeconds, new KeyValuePair<string, object?>("source", source.Name));
    }

    private async ValueTask<Envelope?> ReadAsync(HttpRequest request, Source source, string? secret, CancellationToken cancellationToken)
    {
        if (request.Headers.ContentEncoding is { Count: > 0 } encoding && !encoding.ToString().Equals("identity", StringComparison.OrdinalIgnoreCase))
        {
            Answers.Error(request.HttpContext.Response, StatusCodes.Status415UnsupportedMediaType, "send the body without Content-Encoding");
            return null;
        }

        if (source.Settings.ContentTypes is { } types && request.Method == "POST" && request.ContentLength != 0 && !MediaTypes.Allows(types, request.ContentType))
        {
            Answers.Error(request.HttpContext.Response, StatusCodes.Status415UnsupportedMediaType, "this source takes bodies of other types");
            return null;
        }

        if (Delivery.Hops.Read(request.Headers[Delivery.Hops.Header]) >= Delivery.Hops.Most)
        {
            Answers.Error(request.HttpContext.Response, StatusCodes.Status400BadRequest, "this has gone through Sluice five times: one of its destinations leads back to a source");
            return null;
        }

        if (await RequestBody.ReadAsync(request, source.Settings.MaxBodyBytes, cancellationToken) is not { } body)
        {
            Answers.Error(request.HttpContext.Response, StatusCodes.Status413PayloadTooLarge, $"body larger than {source.Settings.MaxBodyBytes} bytes");
            return null;
        }

        var now = time.GetUtcNow();
        var target = request.HttpContext.Features.Get<IHttpRequestFeature>()!.RawTarget;
        return new Envelope
        {
            Method = request.Method,
            Target = target,
            Url = source.Settings.UrlOf(target),
            PathSecret = secret,
            Headers = Headers(request.Headers),
            Body = body,
            ReceivedAt = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMillisecond)),
            RemoteAddress = SenderAddress.Of(request.HttpContext.Connection.RemoteIpAddress, request.Headers["X-Forwarded-For"], source.Settings.TrustedProxies),
        };
    }

    private static HeaderList Headers(IHeaderDictionary headers)
    {
        var list = new List<KeyValuePair<string, string>>(headers.Count);
        foreach (var (name, values) in headers)
        {
            for (var i = 0; i < values.Count; i++) list.Add(new(name, values[i] ?? ""));
        }

        return new HeaderList([.. list]);
    }

    private void Answer(HttpResponse response, Source source, Ingested ingested)
    {
        switch (ingested.Result)
        {
            case IngestResult.Accepted or IngestResult.Duplicate when source.Provider.Success is { } success:
                Answers.Own(response, success);
                break;
            case IngestResult.Accepted:
                Answers.Accepted(response, ingested.Id);
                break;
            case IngestResult.Duplicate:
                Answers.Duplicate(response, ingested.Id);
                break;
            case IngestResult.NotAllowed:
                response.Headers.Allow = "POST";
                Answers.Error(response, StatusCodes.Status405MethodNotAllowed, "send webhooks with POST");
                break;
            case IngestResult.Answered:
                Answers.Own(response, ingested.Answer!);
                break;
            case IngestResult.Closed:
                Answers.Error(response, StatusCodes.Status503ServiceUnavailable, "this source accepts nothing now");
                break;
            case IngestResult.Rejected when ingested.Signature == SignatureResult.KeyUnavailable || !source.IsUsable(time.GetUtcNow()):
                Answers.Error(response, StatusCodes.Status503ServiceUnavailable, "this source accepts nothing now");
                break;
            default:
                Answers.Error(response, StatusCodes.Status401Unauthorized, source.Settings.ExplainRejections ? $"signature refused: {ingested.Signature}" : "signature refused");
                break;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "{Source}: a webhook could not be kept and was answered 503: {Reason}")]
        public static partial void Unavailable(ILogger logger, string source, string reason);
    }
}

public static class IngestRoutes
{
    /// <summary>Maps <c>/api/webhooks/{source}</c> and <c>/api/webhooks/{source}/{secret}</c>.</summary>
    public static void MapWebhooks(this IEndpointRouteBuilder routes)
    {
        var endpoint = routes.ServiceProvider.GetRequiredService<IngestEndpoint>();
        routes.Map($"{IngestEndpoint.Path}{{source}}", (RequestDelegate)(context => endpoint.HandleAsync(context, Part(context, "source")!)));
        routes.Map($"{IngestEndpoint.Path}{{source}}/{{secret}}", (RequestDelegate)(context => endpoint.HandleAsync(context, Part(context, "source")!, Part(context, "secret"))));
    }

    private static string? Part(HttpContext context, string name) => context.Request.RouteValues[name] as string;
}
