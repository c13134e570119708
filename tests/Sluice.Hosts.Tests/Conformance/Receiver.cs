using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Sluice.Hosts.Tests.Conformance;

/// <summary>A receiver of Stripe's events as somebody might write it, without Sluice: verifies, keeps, answers, and says at /kept what it has.</summary>
internal class Receiver : IAsyncDisposable
{
    public const string Secret = "whsec_of_the_receiver";
    public const string NextSecret = "whsec_of_the_receiver_from_tomorrow";

    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    private readonly WebApplication app;
    private readonly ConcurrentDictionary<string, bool> known = new();
    private readonly ConcurrentQueue<string> kept = new();

    public Receiver()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0").UseShutdownTimeout(TimeSpan.Zero);
        app = builder.Build();
        app.Run(context => context.Request.Path == "/kept" ? context.Response.WriteAsync(JsonSerializer.Serialize(Observed())) : ReceiveAsync(context));
    }

    public Uri Url => new(app.Urls.Single() + "/hooks/stripe");

    public Uri KeptUrl => new(app.Urls.Single() + "/kept");

    public async Task<Receiver> StartAsync()
    {
        await app.StartAsync(TestContext.Current.CancellationToken);
        return this;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    /// <summary>Whether it is the first time that it sees this id.</summary>
    protected bool IsNew(string id) => known.TryAdd(id, true);

    protected void Keep(string id) => kept.Enqueue(id);

    protected virtual bool IsSigned(byte[] body, string time, string signature) => new[] { Secret, NextSecret }.Any(secret =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), (byte[])[.. Encoding.UTF8.GetBytes($"{time}."), .. body])) == signature);

    protected virtual bool IsTimely(DateTimeOffset time) => (TimeProvider.System.GetUtcNow() - time).Duration() <= Tolerance;

    /// <summary>Keeps an event once and says with which status.</summary>
    protected virtual int Take(string id)
    {
        if (IsNew(id)) Keep(id);
        return 200;
    }

    protected virtual string[] Observed() => [.. kept];

    private async Task ReceiveAsync(HttpContext context)
    {
        using var stream = new MemoryStream();
        await context.Request.Body.CopyToAsync(stream);
        var body = stream.ToArray();
        var pairs = context.Request.Headers["Stripe-Signature"].ToString().Split(',').Select(pair => pair.Split('=', 2)).Where(pair => pair.Length == 2).ToLookup(pair => pair[0], pair => pair[1]);
        var time = pairs["t"].FirstOrDefault() ?? "0";
        try
        {
            context.Response.StatusCode =
                !IsSigned(body, time, pairs["v1"].FirstOrDefault() ?? "") || !IsTimely(DateTimeOffset.FromUnixTimeSeconds(long.Parse(time, CultureInfo.InvariantCulture))) ? 401
                : Take(JsonNode.Parse(body)!["id"]!.GetValue<string>());
        }
        catch (JsonException)
        {
            context.Response.StatusCode = 400;
        }
    }
}

internal sealed class AcceptsAnything : Receiver
{
    protected override bool IsSigned(byte[] body, string time, string signature) => true;

    protected override bool IsTimely(DateTimeOffset time) => true;
}

internal sealed class ChecksParsedBody : Receiver
{
    protected override bool IsSigned(byte[] body, string time, string signature) => base.IsSigned(Encoding.UTF8.GetBytes(JsonNode.Parse(body)!.ToJsonString()), time, signature);
}

internal sealed class DedupesNothing : Receiver
{
    protected override int Take(string id)
    {
        Keep(id);
        return 200;
    }
}

/// <summary>Keeps what it has answered once it has been asked for it: later than the answer, without a clock.</summary>
internal sealed class AnswersBeforeKeeping : Receiver
{
    private readonly ConcurrentQueue<string> answered = new();

    protected override int Take(string id)
    {
        if (IsNew(id)) answered.Enqueue(id);
        return 200;
    }

    protected override string[] Observed()
    {
        var before = base.Observed();
        while (answered.TryDequeue(out var id)) Keep(id);
        return before;
    }
}

internal sealed class FailsOnDuplicates : Receiver
{
    protected override int Take(string id)
    {
        if (!IsNew(id)) return 500;
        Keep(id);
        return 200;
    }
}

internal sealed class IgnoresTime : Receiver
{
    protected override bool IsTimely(DateTimeOffset time) => true;
}

/// <summary>Verifies what is in its book already.</summary>
internal sealed class KeepsBeforeVerifying : Receiver
{
    protected override bool IsSigned(byte[] body, string time, string signature)
    {
        var id = JsonNode.Parse(body)!["id"]!.GetValue<string>();
        if (IsNew(id)) Keep(id);
        return base.IsSigned(body, time, signature);
    }
}

/// <summary>Takes everything and keeps nothing.</summary>
internal sealed class KeepsNothing : Receiver
{
    protected override int Take(string id) => 200;
}

internal sealed class Redirects : Receiver
{
    protected override int Take(string id) => 302;
}
