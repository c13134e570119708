using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Sluice.Bench.Load;

namespace Sluice.Bench;

/// <summary>Requests as the server hands them over: parsed, body at hand, nothing read yet. Every id is used once, and the signature was made just before.</summary>
public static class SignedContexts
{
    public const string Secret = "whsec_bench";

    private const string Path = "/api/webhooks/stripe";

    private static readonly byte[] _key = Encoding.ASCII.GetBytes(Secret);
    private static long _lastId;

    public static HttpContext[] Make(int count, IServiceProvider services)
    {
        var contexts = new HttpContext[count];
        var timestamp = DateTimeOffset.UtcNow.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        for (var i = 0; i < count; i++) contexts[i] = Make($"evt_{++_lastId:x24}", timestamp, services);
        return contexts;
    }

    private static DefaultHttpContext Make(string id, string timestamp, IServiceProvider services)
    {
        byte[] body = [.. StripeEvent.Template];
        Encoding.ASCII.GetBytes(id, body.AsSpan(StripeEvent.IdOffset));
        var signature = Convert.ToHexStringLower(HMACSHA256.HashData(_key, (byte[])[.. Encoding.ASCII.GetBytes(timestamp + "."), .. body]));

        var context = new DefaultHttpContext { RequestServices = services };
        var request = context.Request;
        (request.Method, request.Path, request.Body) = (HttpMethods.Post, Path, new MemoryStream(body));
        context.Features.Get<IHttpRequestFeature>()!.RawTarget = Path;
        request.Headers.Host = "sluice.azurewebsites.net";
        request.Headers.UserAgent = "Stripe/1.0 (+https://stripe.com/docs/webhooks)";
        request.Headers.Accept = "*/*; q=0.5, application/xml";
        request.Headers.ContentType = "application/json; charset=utf-8";
        request.Headers["Stripe-Signature"] = $"t={timestamp},v1={signature}";
        request.Headers.ContentLength = body.Length;
        return context;
    }
}
