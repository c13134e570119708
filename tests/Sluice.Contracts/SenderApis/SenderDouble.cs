using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Sluice.Contracts.SenderApis;

/// <summary>A sender's API on this machine, after its documentation: what it lists, how it pages, whom it lets in, and how often.</summary>
public abstract class SenderDouble : IAsyncDisposable
{
    private readonly ConcurrentQueue<(string Line, DateTimeOffset At)> requests = new();
    private readonly CancellationTokenSource closing = new();
    private WebApplication? app;

    /// <param name="time">The clock of the test.</param>
    /// <param name="token">What it lets in.</param>
    protected SenderDouble(TimeProvider time, string token) => (Time, Token) = (time, token);

    public TimeProvider Time { get; }

    public string Token { get; }

    public Uri Url { get; private set; } = null!;

    /// <summary>Method, path and query of every request.</summary>
    public IReadOnlyList<string> Requests => [.. requests.Select(request => request.Line)];

    /// <summary>The shortest time between two POSTs.</summary>
    public TimeSpan LeastPause
    {
        get
        {
            var posts = requests.Where(request => request.Line.StartsWith("POST", StringComparison.Ordinal)).Select(request => request.At).ToList();
            return posts.Zip(posts.Skip(1), static (first, second) => second - first).DefaultIfEmpty(TimeSpan.MaxValue).Min();
        }
    }

    /// <summary>Answers in place of the API when it says true.</summary>
    public Func<HttpContext, Task<bool>>? Instead { get; set; }

    protected DateTimeOffset Now => Time.GetUtcNow();

    public async Task ListenAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0").UseShutdownTimeout(TimeSpan.Zero);
        app = builder.Build();
        app.Run(async context =>
        {
            requests.Enqueue(($"{context.Request.Method} {context.Request.Path}{context.Request.QueryString}", Now));
            if (Instead is not { } instead || !await instead(context)) await AnswerAsync(context);
        });
        await app.StartAsync();
        Url = new Uri(app.Urls.First());
    }

    /// <summary>Takes the request and never answers.</summary>
    public async Task<bool> HangAsync(HttpContext context)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, closing.Token);
        await Task.Delay(Timeout.Infinite, both.Token).ContinueWith(static _ => { }, TaskScheduler.Default);
        return true;
    }

    public async ValueTask DisposeAsync()
    {
        await closing.CancelAsync();
        if (app is not null) await app.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected abstract Task AnswerAsync(HttpContext context);

    protected bool IsLetIn(HttpContext context) => context.Request.Headers.Authorization == $"Bearer {Token}";

    protected static Task SayAsync(HttpContext context, int status, string json)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(json);
    }

    protected static string? Query(HttpContext context, string name) => context.Request.Query[name] is [{ Length: > 0 } text, ..] ? text : null;

    protected static int Number(HttpContext context, string name, int otherwise) =>
        Query(context, name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    protected static string Moment(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}
